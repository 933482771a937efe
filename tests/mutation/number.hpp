// Number<T>: a number that a formula takes for an ordinary one, and that gets one of its operations wrong.
//
// A formula is read with Numbers; each operation it performs has a place in their order and some ways to be wrong:
// + may be -, or forget a term; a comparison may hold at its bound too; sin may be cos. Which one is wrong is chosen at
// run time. So the mutants of a formula are all those that one slip of the pen can make, whoever wrote it and however.
#pragma once

#include <initializer_list>
#include <string>
#include <type_traits>
#include <vector>

#include <autograd/autograd.hpp>

namespace mutation {

namespace ag = autograd;

/// Where a formula is wrong: the number of the operation in the order of evaluation, and in which way (from 1).
struct Slip {
  int operation = -1, way = 0;
};

struct Reading {
  Slip slip;
  int count = 0;                                          // operations read so far
  std::vector<std::vector<const char*>>* ways = nullptr;  // what could be wrong with each, when asked for
};
inline Reading reading;

/// The way in which this operation is wrong, 0 if it is not.
inline int wrong(std::initializer_list<const char*> ways) {
  const int at = reading.count++;
  if (reading.ways) reading.ways->emplace_back(ways);
  return at == reading.slip.operation ? reading.slip.way : 0;
}

template <class T>
struct Number;

/// What a comparison gives: `where` of two literals must still be a Number.
template <class T>
struct Truth {
  bool holds;

  friend Number<T> where(Truth condition, const Number<T>& yes, const Number<T>& no) {
    switch (wrong({"where: the other one", "where: always the first", "where: always the second"})) {
      case 1:
        return condition.holds ? no : yes;
      case 2:
        return yes;
      case 3:
        return no;
      default:
        return condition.holds ? yes : no;
    }
  }
};

template <class T>
struct Number {
  T v{};

  Number() = default;
  /// A literal of the formula.
  template <class U>
    requires std::is_arithmetic_v<U>
  Number(U literal) : v(static_cast<double>(literal)) {
    const int way = wrong({"a constant off by 1e-6", "a constant off by 1e-9", "1 added to a constant"});
    if (way == 1) v = v * (1 + 1e-6);
    if (way == 2) v = v * (1 + 1e-9);
    if (way == 3) v = v + 1.0;
  }
  /// A value that comes from outside.
  static Number of(const T& value) {
    Number n;
    n.v = value;
    return n;
  }

  friend Number operator+(const Number& a, const Number& b) {
    switch (wrong({"- for +", "second term dropped", "first term dropped", "* for +"})) {
      case 1:
        return of(a.v - b.v);
      case 2:
        return a;
      case 3:
        return b;
      case 4:
        return of(a.v * b.v);
      default:
        return of(a.v + b.v);
    }
  }
  friend Number operator-(const Number& a, const Number& b) {
    switch (wrong({"+ for -", "second term dropped", "first term dropped", "terms of - swapped"})) {
      case 1:
        return of(a.v + b.v);
      case 2:
        return a;
      case 3:
        return of(-b.v);
      case 4:
        return of(b.v - a.v);
      default:
        return of(a.v - b.v);
    }
  }
  friend Number operator*(const Number& a, const Number& b) {
    switch (wrong({"/ for *", "second factor dropped", "first factor dropped", "+ for *"})) {
      case 1:
        return of(a.v / b.v);
      case 2:
        return a;
      case 3:
        return b;
      case 4:
        return of(a.v + b.v);
      default:
        return of(a.v * b.v);
    }
  }
  friend Number operator/(const Number& a, const Number& b) {
    switch (wrong({"* for /", "divisor dropped", "dividend dropped", "dividend and divisor swapped"})) {
      case 1:
        return of(a.v * b.v);
      case 2:
        return a;
      case 3:
        return of(1.0 / b.v);
      case 4:
        return of(b.v / a.v);
      default:
        return of(a.v / b.v);
    }
  }
  friend Number operator-(const Number& a) { return wrong({"minus dropped"}) == 1 ? a : of(-a.v); }

  friend Truth<T> operator<(const Number& a, const Number& b) {
    const int way = wrong({"<= for <", "> for <"});
    return {way == 1 ? a.v <= b.v : way == 2 ? a.v > b.v : a.v < b.v};
  }
  friend Truth<T> operator>(const Number& a, const Number& b) {
    const int way = wrong({">= for >", "< for >"});
    return {way == 1 ? a.v >= b.v : way == 2 ? a.v < b.v : a.v > b.v};
  }
  friend Truth<T> operator<=(const Number& a, const Number& b) {
    const int way = wrong({"< for <=", ">= for <="});
    return {way == 1 ? a.v < b.v : way == 2 ? a.v >= b.v : a.v <= b.v};
  }
  friend Truth<T> operator>=(const Number& a, const Number& b) {
    const int way = wrong({"> for >=", "<= for >="});
    return {way == 1 ? a.v > b.v : way == 2 ? a.v <= b.v : a.v >= b.v};
  }
  friend Truth<T> operator==(const Number& a, const Number& b) {
    return {wrong({"!= for =="}) == 1 ? a.v != b.v : a.v == b.v};
  }
  friend Truth<T> operator!=(const Number& a, const Number& b) {
    return {wrong({"== for !="}) == 1 ? a.v == b.v : a.v != b.v};
  }
};

// The value of a function, or one of the ways in which people get it wrong.
#define XGRAD_MUTANT(name, other)                                                                  \
  template <class T>                                                                               \
  Number<T> name(const Number<T>& x) {                                                             \
    switch (wrong({#name "(x): x", #name ": " #other, #name ": -" #name, #name " off by 1e-9"})) { \
      case 1:                                                                                      \
        return x;                                                                                  \
      case 2:                                                                                      \
        return Number<T>::of(ag::other(x.v));                                                      \
      case 3:                                                                                      \
        return Number<T>::of(-ag::name(x.v));                                                      \
      case 4:                                                                                      \
        return Number<T>::of(ag::name(x.v) * (1 + 1e-9));                                          \
      default:                                                                                     \
        return Number<T>::of(ag::name(x.v));                                                       \
    }                                                                                              \
  }
// clang-format off
XGRAD_MUTANT(sqrt, cbrt)       XGRAD_MUTANT(cbrt, sqrt)     XGRAD_MUTANT(exp, expm1)     XGRAD_MUTANT(exp2, exp)
XGRAD_MUTANT(expm1, exp)       XGRAD_MUTANT(log, log1p)     XGRAD_MUTANT(log2, log)      XGRAD_MUTANT(log10, log)
XGRAD_MUTANT(log1p, log)       XGRAD_MUTANT(sin, cos)       XGRAD_MUTANT(cos, sin)       XGRAD_MUTANT(tan, tanh)
XGRAD_MUTANT(sinh, cosh)       XGRAD_MUTANT(cosh, sinh)     XGRAD_MUTANT(tanh, tan)      XGRAD_MUTANT(atan, tanh)
XGRAD_MUTANT(asin, atan)       XGRAD_MUTANT(acos, asin)     XGRAD_MUTANT(asinh, atan)    XGRAD_MUTANT(acosh, asinh)
XGRAD_MUTANT(atanh, asinh)     XGRAD_MUTANT(erf, erfc)      XGRAD_MUTANT(erfc, erf)      XGRAD_MUTANT(lgamma, digamma)
XGRAD_MUTANT(digamma, trigamma) XGRAD_MUTANT(trigamma, digamma) XGRAD_MUTANT(abs, sign)  XGRAD_MUTANT(sign, abs)
// clang-format on
#undef XGRAD_MUTANT
                            template <class T>
                            Number<T> square(const Number<T>& x) {
  return x * x;
}
template <class T>
Number<T> polygamma(int n, const Number<T>& x) {
  const int way = wrong({"polygamma: order + 1", "polygamma: order - 1", "polygamma off by 1e-9"});
  const T y = ag::polygamma(way == 1 ? n + 1 : way == 2 ? n - 1 : n, x.v);
  return Number<T>::of(way == 3 ? T(y * (1 + 1e-9)) : y);
}
template <class T>
Number<T> pow(const Number<T>& x, const Number<T>& y) {
  switch (wrong({"pow: arguments swapped", "pow: exponent dropped", "pow off by 1e-9"})) {
    case 1:
      return Number<T>::of(ag::pow(y.v, x.v));
    case 2:
      return x;
    case 3:
      return Number<T>::of(ag::pow(x.v, y.v) * (1 + 1e-9));
    default:
      return Number<T>::of(ag::pow(x.v, y.v));
  }
}
template <class T>
Number<T> hypot(const Number<T>& x, const Number<T>& y) {
  switch (wrong({"hypot: second argument dropped", "hypot: first argument dropped", "hypot off by 1e-9"})) {
    case 1:
      return Number<T>::of(ag::abs(x.v));
    case 2:
      return Number<T>::of(ag::abs(y.v));
    case 3:
      return Number<T>::of(ag::hypot(x.v, y.v) * (1 + 1e-9));
    default:
      return Number<T>::of(ag::hypot(x.v, y.v));
  }
}
template <class T>
Number<T> pow(const Number<T>& x, double y) {
  return pow(x, Number<T>(y));
}
template <class T>
Number<T> hypot(const Number<T>& x, double y) {
  return hypot(x, Number<T>(y));
}

}  // namespace mutation
