// BasicVar: the scalar variable. `Var` is the one of double.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <ostream>
#include <type_traits>
#include <utility>

#include <autograd/core/number_text.hpp>
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
  BasicVar(T value, std::uint32_t index, std::uint32_t tag) : value_(value), id_(tag ? new_id(index, tag) : 0) {}
  /// A second handle on a node, which is given by the number of its tape and, in the lower half, its index there.
  BasicVar(T value, std::uint64_t id, ReadElsewhere) : value_(value), id_(id) {}

  BasicVar(const BasicVar& o) noexcept : value_(o.value_), id_(o.mark_read()) {}
  BasicVar(BasicVar&& o) noexcept : value_(o.value_), id_(std::exchange(o.id_, 0)) {}
  BasicVar& operator=(const BasicVar& o) noexcept {
    id_ = o.mark_read();
    value_ = o.value_;
    return *this;
  }
  BasicVar& operator=(BasicVar&& o) noexcept {
    id_ = std::exchange(o.id_, 0);
    value_ = o.value_;
    return *this;
  }

  /// The number, without its history.
  const T& value() const { return value_; }
  /// The index on its tape, 0 for a constant.
  std::uint32_t index() const { return static_cast<std::uint32_t>(id_ & ~unread); }
  /// The number of its tape, 0 for a constant.
  std::uint32_t tag() const { return static_cast<std::uint32_t>(id_ >> 32); }
  /// What an expression holds of it.
  [[gnu::always_inline]] core::ScalarLeaf<T> leaf() const { return {value_, mark_read()}; }
  /// Says that the node is used elsewhere, so that += makes a new one; see Note [Accumulating in place]. Gives its
  /// tape and index.
  [[gnu::always_inline]] std::uint64_t mark_read() const {
    if (id_ & unread) id_ &= ~unread;
    return id_;
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

  friend std::ostream& operator<<(std::ostream& out, const BasicVar& x) {
    if constexpr (std::is_floating_point_v<T>) return out << core::printable(x.value_);
    else return out << x.value_;
  }

 private:
  static constexpr std::uint64_t unread = std::uint64_t{1} << 31;
  static std::uint64_t new_id(std::uint32_t index, std::uint32_t tag) {
    return std::uint64_t{tag} << 32 | unread | index;
  }

  struct Read {
    template <std::size_t>
    const T& operator()(const core::ScalarLeaf<T>& x) const {
      return x.value;
    }
  };

  // Adds u, or subtracts it, without a new node if that is possible; false if it is not.
  template <class U, class Sign>
  [[gnu::always_inline]] bool accumulates(const U& u, Sign sign) {
    if (!(id_ & unread)) return false;
    auto* tape = BasicTape<T>::active_fused();
    if (!tape || tape->tag() != tag()) return false;
    if constexpr (std::is_arithmetic_v<U> || std::is_same_v<U, T>) {
      add(T(u), sign);
      return true;
    } else if constexpr (std::is_same_v<U, BasicVar>) {
      return &u != this && accumulates(u.leaf(), sign);
    } else if constexpr (std::is_same_v<U, core::ScalarLeaf<T>> || ScalarExpression<U, T>) {
      const auto in = core::interior_of<T>(u, Read{});
      tape->accumulate(index(), u, in, sign);
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
    auto* tape = BasicTape<T>::active_fused();
    if (!tape) [[unlikely]] {
      if constexpr (std::is_same_v<T, double>) {
        if (BasicTape<T>::active()) {
          *this = elementary(core::copied(e), where);
          return;
        }
      }
      value_ = core::value_of<T>(core::copied(e), Read{});
      return;
    }
    const auto in = core::interior_of<T>(e, Read{});
    const std::uint64_t node = tape->record(e, in);
    value_ = in.value;
    id_ = node ? node | unread : 0;
  }

  T value_{};
  // The number of the tape, whether nothing but this Var uses the node, and in 31 bits the index; 0 for a constant. In
  // one word, since a statement looks at that of every variable it reads.
  mutable std::uint64_t id_ = 0;
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
  core::PoolVector<T> adjoints(scalar_statements_.most_nodes());
  adjoints[f.index()] = T(1);
  Position at = position();
  scalar_statements_.sweep(at, 1, adjoints.data());
  drop_dead(adjoints);
  return {std::move(adjoints), tag_};
}

/// A plain value for one that may be a variable: itself for a number.
template <class T>
const T& value_of(const BasicVar<T>& x) {
  return x.value();
}

}  // namespace autograd
