// BasicVar: the scalar variable. `Var` is the one of double.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <ostream>
#include <type_traits>

#include <autograd/core/source_location.hpp>
#include <autograd/reverse/scalar_tape.hpp>

namespace autograd {

namespace core {
// How an expression of Vars is recorded on a tape that keeps every operation; in elementary.hpp.
template <class E>
Var record_elementary(const E& e, SourceLocation where);
}  // namespace core

/// A number that may be on a tape: its value, its index there and the number of the tape; 16 bytes for double.
/// Assigning an expression to one records a statement; without a tape in scope it only computes.
template <class T>
class BasicVar {
 public:
  using value_type = T;

  BasicVar() = default;
  /// A constant.
  template <class U>
    requires(std::is_arithmetic_v<U> || std::is_same_v<U, T>)
  BasicVar(const U& value) : value_(static_cast<T>(value)) {}
  /// Names an expression: evaluates it and records one statement. Throws TapeError for variables of another tape.
  template <class E>
    requires ScalarExpression<E, T>
  BasicVar(const E& e, SourceLocation where = SourceLocation::current()) {
    assign(e, where);
  }
  /// For tapes: a variable with a given identity.
  BasicVar(T value, std::uint32_t index, std::uint32_t tag) : value_(value), index_(index), tag_(tag) {}

  /// The number, without its history.
  const T& value() const { return value_; }
  /// The index on its tape, 0 for a constant.
  std::uint32_t index() const { return index_; }
  /// The number of its tape, 0 for a constant.
  std::uint32_t tag() const { return tag_; }

  template <class U>
  BasicVar& operator+=(const U& u) {
    return *this = BasicVar(*this + u);
  }
  template <class U>
  BasicVar& operator-=(const U& u) {
    return *this = BasicVar(*this - u);
  }
  template <class U>
  BasicVar& operator*=(const U& u) {
    return *this = BasicVar(*this * u);
  }
  template <class U>
  BasicVar& operator/=(const U& u) {
    return *this = BasicVar(*this / u);
  }

  friend std::ostream& operator<<(std::ostream& out, const BasicVar& x) { return out << x.value_; }

 private:
  struct Read {
    template <std::size_t>
    const T& operator()(const BasicVar& x) const {
      return x.value_;
    }
  };

  template <class E>
  void assign(const E& e, SourceLocation where) {
    auto* tape = BasicTape<T>::active();
    if (!tape) {
      value_ = core::value_of<T>(e, Read{});
      return;
    }
    if constexpr (std::is_same_v<T, double>) {
      if (tape->elementary()) [[unlikely]] {
        *this = core::record_elementary(e, where);
        return;
      }
    }
    const auto in = core::interior_of<T>(e, Read{});
    const std::uint32_t index = tape->record(e, in);
    value_ = in.value;
    index_ = index;
    tag_ = index ? tape->tag() : 0;
  }

  T value_{};
  std::uint32_t index_ = 0, tag_ = 0;
};

/// The gradient of a scalar, as a value: g[x] is df/dx for every variable and every named result of the tape.
template <class T>
class BasicGradients {
 public:
  BasicGradients(std::vector<T> adjoints, std::uint32_t tag) : adjoints_(std::move(adjoints)), tag_(tag) {}
  /// df/dx. Throws TapeError when x is a constant or belongs to another tape.
  T operator[](const BasicVar<T>& x) const {
    if (x.tag() != tag_ || x.index() >= adjoints_.size())
      throw TapeError("gradient", "asked for the gradient with respect to something that is not on its tape",
                      "Make it with tape.variable(...).");
    return adjoints_[x.index()];
  }

 private:
  std::vector<T> adjoints_;
  std::uint32_t tag_;
};

template <class T>
BasicGradients<T> BasicTape<T>::gradient(const BasicVar<T>& f) const {
  if (f.tag() != tag_ || f.index() >= scalar_statements_.headers.size())
    throw TapeError("gradient", "the result does not depend on a variable of this tape",
                    "Make the inputs with tape.variable(...) and compute with those.");
  std::vector<T> adjoints(scalar_statements_.headers.size());
  adjoints[f.index()] = T(1);
  Position at = position();
  scalar_statements_.sweep(at, 1, adjoints.data());
  return {std::move(adjoints), tag_};
}

/// A plain value for one that may be a variable: itself for a number.
template <class T>
const T& value_of(const BasicVar<T>& x) {
  return x.value();
}

}  // namespace autograd
