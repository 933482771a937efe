// BasicVar: the scalar variable. `Var` is the one of double.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <ostream>
#include <type_traits>

#include <autograd/core/pool.hpp>
#include <autograd/core/source_location.hpp>
#include <autograd/reverse/scalar_tape.hpp>

namespace autograd {

namespace core {
// How an expression of Vars is recorded on a tape that keeps every operation; in elementary.hpp.
template <class E>
Var record_elementary(const E& e, SourceLocation where);
}  // namespace core

/// A number that may be on a tape: its value, its index there and the number of the tape; 16 bytes for double.
/// Assigning an expression to one records a statement; without a tape in scope it only computes. A Var belongs to the
/// thread of its tape. One that was moved from keeps its value as a constant.
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
  [[gnu::always_inline]] BasicVar(const E& e, SourceLocation where = SourceLocation::current()) {
    assign(e, where);
  }
  /// For tapes: a variable with a given identity.
  BasicVar(T value, std::uint32_t index, std::uint32_t tag)
      : value_(value), index_(tag ? index | unread : 0), tag_(tag) {}
  /// A second handle on a node.
  BasicVar(T value, std::uint32_t index, std::uint32_t tag, ReadElsewhere) : value_(value), index_(index), tag_(tag) {}

  BasicVar(const BasicVar& o) noexcept : value_(o.value_), index_(o.mark_read()), tag_(o.tag_) {}
  BasicVar(BasicVar&& o) noexcept : value_(o.value_), index_(o.index_), tag_(o.tag_) { o.forget(); }
  BasicVar& operator=(const BasicVar& o) noexcept {
    index_ = o.mark_read();
    value_ = o.value_;
    tag_ = o.tag_;
    return *this;
  }
  BasicVar& operator=(BasicVar&& o) noexcept {
    const std::uint32_t index = o.index_, tag = o.tag_;
    o.forget();
    value_ = o.value_;
    index_ = index;
    tag_ = tag;
    return *this;
  }

  /// The number, without its history.
  const T& value() const { return value_; }
  /// The index on its tape, 0 for a constant.
  std::uint32_t index() const { return index_ & ~unread; }
  /// The number of its tape, 0 for a constant.
  std::uint32_t tag() const { return tag_; }
  /// What an expression holds of it.
  [[gnu::always_inline]] core::ScalarLeaf<T> leaf() const { return {value_, mark_read(), tag_}; }
  /// Says that the node is used elsewhere, so that += makes a new one; see Note [Accumulating in place]. Gives its
  /// index.
  [[gnu::always_inline]] std::uint32_t mark_read() const {
    if (index_ & unread) index_ &= ~unread;
    return index_;
  }

  template <class U>
  [[gnu::always_inline]] BasicVar& operator+=(const U& u) {
    return accumulates(u, one) ? *this : *this = BasicVar(*this + u);
  }
  template <class U>
  [[gnu::always_inline]] BasicVar& operator-=(const U& u) {
    return accumulates(u, minus_one) ? *this : *this = BasicVar(*this - u);
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
  static constexpr std::uint32_t unread = 1u << 31;

  struct Read {
    template <std::size_t>
    const T& operator()(const core::ScalarLeaf<T>& x) const {
      return x.value;
    }
  };

  void forget() {
    index_ = 0;
    tag_ = 0;
  }

  // Adds u, or subtracts it, without a new node if that is possible; false if it is not.
  template <class U, class Sign>
  [[gnu::always_inline]] bool accumulates(const U& u, Sign sign) {
    if (!(index_ & unread)) return false;
    auto* tape = BasicTape<T>::active();
    if (!tape || tape->tag() != tag_ || tape->elementary()) return false;
    if constexpr (std::is_arithmetic_v<U> || std::is_same_v<U, T>) {
      add(T(u), sign);
      return true;
    } else if constexpr (std::is_same_v<U, BasicVar>) {
      return &u != this && accumulates(u.leaf(), sign);
    } else if constexpr (std::is_same_v<U, core::ScalarLeaf<T>> || ScalarExpression<U, T>) {
      const auto in = core::interior_of<T>(u, Read{});
      tape->accumulate(index_ & ~unread, u, in, sign);
      add(in.value, sign);
      return true;
    } else {
      return false;
    }
  }
  void add(const T& x, One) { value_ = value_ + x; }
  void add(const T& x, MinusOne) { value_ = value_ - x; }

  template <class E>
  [[gnu::noinline, gnu::cold]] static BasicVar elementary(const E& e, SourceLocation where) {
    return core::record_elementary(e, where);
  }

  template <class E>
  [[gnu::always_inline]] void assign(const E& e, SourceLocation where) {
    auto* tape = BasicTape<T>::active();
    if (!tape) {
      value_ = core::value_of<T>(e, Read{});
      return;
    }
    if constexpr (std::is_same_v<T, double>) {
      if (tape->elementary()) [[unlikely]] {
        *this = elementary(core::copied(e), where);
        return;
      }
    }
    const auto in = core::interior_of<T>(e, Read{});
    const std::uint32_t index = tape->record(e, in);
    value_ = in.value;
    if (index) {
      index_ = index | unread;
      tag_ = tape->tag();
    }
  }

  T value_{};
  // The index, and whether nothing but this Var uses the node; a constant counts as used.
  mutable std::uint32_t index_ = 0;
  std::uint32_t tag_ = 0;
};

/// The gradient of a scalar, as a value: g[x] is df/dx for every variable and every named result of the tape.
template <class T>
class BasicGradients {
 public:
  BasicGradients(core::PoolVector<T> adjoints, std::uint32_t tag) : adjoints_(std::move(adjoints)), tag_(tag) {}
  /// df/dx. Throws TapeError when x is a constant or belongs to another tape.
  T operator[](const BasicVar<T>& x) const {
    if (x.tag() != tag_ || x.index() >= adjoints_.size())
      throw TapeError("gradient", "asked for the gradient with respect to something that is not on its tape",
                      "Make it with tape.variable(...).");
    return adjoints_[x.index()];
  }

 private:
  core::PoolVector<T> adjoints_;
  std::uint32_t tag_;
};

template <class T>
BasicGradients<T> BasicTape<T>::gradient(const BasicVar<T>& f) const {
  if (f.tag() != tag_ || f.index() >= scalar_statements_.nodes())
    throw TapeError("gradient", "the result does not depend on a variable of this tape",
                    "Make the inputs with tape.variable(...) and compute with those.");
  core::PoolVector<T> adjoints(scalar_statements_.nodes());
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
