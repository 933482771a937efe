// What each elementwise op should give: the C library's functions, or the textbook formula, in long double.
//
// `ulp` is how far the op itself, in double, may be from that, and `float_ulp` how far its float32 kernel may be
// from its double reading: 4, but for formulas that square or shift their argument before a steep function.
#pragma once

#include <cmath>

#include <autograd/autograd.hpp>

namespace battery {

namespace op = autograd::op;
using Long = long double;

/// A new elementwise op says here what it should compute: one line.
template <class Op>
struct Reference;

struct Exact {
  static constexpr double ulp = 4, float_ulp = 4;
};

// clang-format off
#define XGRAD_UNARY(Op, formula) \
  template <> struct Reference<op::Op> : Exact { \
    static Long value(const op::Op&, Long x) { return formula; } \
  };
#define XGRAD_BINARY(Op, formula) \
  template <> struct Reference<op::Op> : Exact { \
    static Long value(const op::Op&, Long x, Long y) { return formula; } \
  };

XGRAD_BINARY(Add, x + y)                XGRAD_BINARY(Subtract, x - y)
XGRAD_BINARY(Multiply, x * y)           XGRAD_BINARY(Divide, x / y)
XGRAD_UNARY(Negate, -x)                 XGRAD_UNARY(Square, x * x)
XGRAD_UNARY(Reciprocal, 1 / x)          XGRAD_UNARY(Sqrt, std::sqrt(x))
XGRAD_UNARY(Cbrt, std::cbrt(x))         XGRAD_BINARY(Pow, std::pow(x, y))
XGRAD_UNARY(Exp, std::exp(x))           XGRAD_UNARY(Exp2, std::exp2(x))
XGRAD_UNARY(Expm1, std::expm1(x))       XGRAD_UNARY(Log, std::log(x))
XGRAD_UNARY(Log2, std::log2(x))         XGRAD_UNARY(Log10, std::log10(x))
XGRAD_UNARY(Log1p, std::log1p(x))       XGRAD_BINARY(Xlogy, x * std::log(y))
XGRAD_UNARY(Sin, std::sin(x))           XGRAD_UNARY(Cos, std::cos(x))
XGRAD_UNARY(Tan, std::tan(x))           XGRAD_UNARY(Asin, std::asin(x))
XGRAD_UNARY(Acos, std::acos(x))         XGRAD_UNARY(Atan, std::atan(x))
XGRAD_UNARY(Sinh, std::sinh(x))         XGRAD_UNARY(Cosh, std::cosh(x))
XGRAD_UNARY(Tanh, std::tanh(x))         XGRAD_UNARY(Asinh, std::asinh(x))
XGRAD_UNARY(Acosh, std::acosh(x))       XGRAD_UNARY(Atanh, std::atanh(x))
XGRAD_BINARY(Atan2, std::atan2(x, y))   XGRAD_BINARY(Hypot, std::hypot(x, y))
XGRAD_UNARY(Erf, std::erf(x))           XGRAD_UNARY(Erfc, std::erfc(x))
XGRAD_UNARY(Lgamma, std::lgamma(x))
XGRAD_UNARY(Sigmoid, 1 / (1 + std::exp(-x)))
XGRAD_UNARY(LogSigmoid, -std::log1p(std::exp(-x)))
XGRAD_UNARY(Softplus, std::log1p(std::exp(x)))
XGRAD_UNARY(Relu, x > 0 ? x : 0)
XGRAD_UNARY(Silu, x / (1 + std::exp(-x)))
XGRAD_UNARY(Abs, std::fabs(x))          XGRAD_UNARY(Sign, x > 0 ? 1 : x < 0 ? -1 : 0)
XGRAD_UNARY(Floor, std::floor(x))       XGRAD_UNARY(Ceil, std::ceil(x))
XGRAD_UNARY(Round, std::round(x))
XGRAD_BINARY(Maximum, std::fmax(x, y))  XGRAD_BINARY(Minimum, std::fmin(x, y))
XGRAD_BINARY(Less, x < y)               XGRAD_BINARY(LessEqual, x <= y)
XGRAD_BINARY(Greater, x > y)            XGRAD_BINARY(GreaterEqual, x >= y)
XGRAD_BINARY(Equal, x == y)             XGRAD_BINARY(NotEqual, x != y)
#undef XGRAD_UNARY
#undef XGRAD_BINARY
    // clang-format on

    /// erfc(-x / sqrt 2) is steep: half an ULP in its argument costs x^2 ULP of the result.
    template <>
    struct Reference<op::Gelu> {
  static constexpr double ulp = 16, float_ulp = 16;
  static Long value(const op::Gelu&, Long x) { return x / 2 * std::erfc(-x / std::sqrt(Long(2))); }
};
template <>
struct Reference<op::PowConstant> : Exact {
  static Long value(const op::PowConstant& p, Long x) { return std::pow(x, Long(p.exponent)); }
};
template <>
struct Reference<op::LeakyRelu> : Exact {
  static Long value(const op::LeakyRelu& r, Long x) { return x > 0 ? x : Long(r.slope) * x; }
};
template <>
struct Reference<op::Elu> : Exact {
  static Long value(const op::Elu& e, Long x) { return x > 0 ? x : Long(e.alpha) * std::expm1(x); }
};
template <>
struct Reference<op::Clamp> : Exact {
  static Long value(const op::Clamp&, Long x, Long low, Long high) { return std::fmin(std::fmax(x, low), high); }
};
template <>
struct Reference<op::Where> : Exact {
  static Long value(const op::Where&, Long condition, Long yes, Long no) { return condition != 0 ? yes : no; }
};

/// psi_n(x) for x > 0: up by the recurrence to 40, then the asymptotic series (Abramowitz and Stegun 6.4.11).
inline Long polygamma_of_positive(int n, Long x) {
  Long sum = 0, factorial = std::tgamma(Long(n) + 1);  // n!, and (n - 1)! below
  for (; x < 40; x += 1) sum += n == 0 ? -1 / x : factorial * std::pow(x, Long(-n - 1));
  constexpr Long bernoulli[] = {1 / 6.0L, -1 / 30.0L, 1 / 42.0L, -1 / 30.0L, 5 / 66.0L};
  Long tail = n == 0 ? -std::log(x) + 1 / (2 * x)
                     : factorial / n * std::pow(x, Long(-n)) + factorial / 2 * std::pow(x, Long(-n - 1));
  for (int k = 1; k <= 5; ++k)
    tail +=
        bernoulli[k - 1] * std::tgamma(Long(2 * k + n)) / std::tgamma(Long(2 * k + 1)) * std::pow(x, Long(-2 * k - n));
  if (n == 0) return sum - tail;
  return (n % 2 ? 1 : -1) * (sum + tail);
}

template <>
struct Reference<op::Digamma> {
  static constexpr double ulp = 8, float_ulp = 4;
  static Long value(const op::Digamma&, Long x) { return polygamma_of_positive(0, x); }
};
template <>
struct Reference<op::Trigamma> : Exact {
  static Long value(const op::Trigamma&, Long x) { return polygamma_of_positive(1, x); }
};
/// Sums of powers with an integer exponent, each good to an ULP.
template <>
struct Reference<op::Polygamma> {
  static constexpr double ulp = 16, float_ulp = 4;
  static Long value(const op::Polygamma& p, Long x) { return polygamma_of_positive(p.order, x); }
};

}  // namespace battery
