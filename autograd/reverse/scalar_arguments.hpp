// ScalarArguments: the arguments of one statement on the way to the scalar tape.
//
// One pull over the expression fills it; then it is written kind by kind. Which kind an argument is of is known to the
// compiler, and so, where all are variables, is where each goes: of these arrays nothing remains but registers.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include <autograd/reverse/expression.hpp>
#include <autograd/reverse/scalar_statements.hpp>

namespace autograd::core {

/// `count` variables, each with the partial derivative of the statement in it. A sink for `pull`.
template <class T, std::size_t count>
struct ScalarArguments {
  static_assert(count <= ScalarStatements<T>::max_minus,
                "this expression has too many variables for one statement: name a part of it");
  using Statements = ScalarStatements<T>;
  using Cursor = typename Statements::Cursor;

  enum Kind { absent, plus_one, minus_one, number };
  T partial[count];
  std::uint64_t id[count] = {};
  Kind kind[count] = {};

  template <std::size_t, std::size_t>
  static constexpr bool wants() {
    return true;
  }
  // A slope of the type Zero: not an argument, but a variable of the tape makes the result one.
  template <std::size_t k, class E>
  [[gnu::always_inline]] void unreached(const E& e) {
    mention<k>(e);
  }
  template <std::size_t k, class C>
  [[gnu::always_inline]] void add(const ScalarLeaf<T>& x, const C& c) {
    id[k] = x.id;
    if constexpr (std::is_same_v<C, One>) kind[k] = plus_one, partial[k] = T(1);
    else if constexpr (std::is_same_v<C, MinusOne>) kind[k] = minus_one, partial[k] = T(-1);
    else kind[k] = number, partial[k] = T(c);
  }

  /// True if all variables are those of the tape of this node.
  [[gnu::always_inline]] bool all_beside(std::uint64_t node) const {
    std::uint64_t common = node, any = node;
    each([&](auto k) __attribute__((always_inline)) { common &= id[k], any |= id[k]; });
    return (common ^ any) >> 32 == 0;
  }
  /// True if some variable is one of the tape with this tag.
  [[gnu::always_inline]] bool any_of(std::uint32_t own) const {
    bool found = false;
    each([&](auto k) __attribute__((always_inline)) { found |= id[k] >> 32 == own; });
    return found;
  }

  /// Writes all indices, and gives where those of partial 1 and of -1 end.
  [[gnu::always_inline]] typename Statements::Ends write_indices(Cursor& cursor) const {
    const auto put = [&](auto k, Kind wanted) __attribute__((always_inline)) {
      if (kind[k] == wanted) *cursor.index++ = static_cast<std::uint32_t>(id[k]);
    };
    each([&](auto k) __attribute__((always_inline)) { put(k, plus_one); });
    const std::uint32_t* units = cursor.index;
    each([&](auto k) __attribute__((always_inline)) { put(k, minus_one); });
    const std::uint32_t* minus = cursor.index;
    each([&](auto k) __attribute__((always_inline)) { put(k, number); });
    return {units, minus};
  }
  /// Writes the partials that are numbers.
  [[gnu::always_inline]] void write_partials(Cursor& cursor) const {
    each([&](auto k) __attribute__((always_inline)) {
      if (kind[k] == number) *cursor.partial++ = partial[k];
    });
  }
  /// How many partials are numbers.
  [[gnu::always_inline]] std::uint32_t numbers() const {
    std::uint32_t n = 0;
    each([&](auto k) __attribute__((always_inline)) { n += kind[k] == number; });
    return n;
  }
  /// True if these are the partials that were stored last, bit by bit: then they need not be stored again. A stencil
  /// with constant coefficients has the same ones at every point.
  [[gnu::always_inline]] bool repeat(const Statements& statements) const {
    const std::uint32_t n = numbers();
    if constexpr (std::is_same_v<T, double>) {
      if (n == 0 || n > 8 || statements.partials() < n) return false;
      const double* last = statements.last_partials() - n;
      std::uint64_t difference = 0;
      each([&](auto k) __attribute__((always_inline)) {
        if (kind[k] == number)
          difference |= std::bit_cast<std::uint64_t>(*last++) ^ std::bit_cast<std::uint64_t>(partial[k]);
      });
      return difference == 0;
    }
    return false;
  }

  /// Writes all arguments of which each may be a constant, and gives where those of partial 1 and of -1 end.
  template <bool all_here, class Tape>
  [[gnu::always_inline]] typename Statements::Ends write(const Tape& tape, Cursor& cursor) const {
    if constexpr (all_here) {
      write_partials(cursor);
      return write_indices(cursor);
    }
    const std::uint32_t own = tape.tag();  // what is written might alias that of the tape
    each([&](auto k) __attribute__((always_inline)) {
      if (kind[k] == plus_one) put<all_here, false>(tape, k, own, cursor);
    });
    const std::uint32_t* units = cursor.index;
    each([&](auto k) __attribute__((always_inline)) {
      if (kind[k] == minus_one) put<all_here, false>(tape, k, own, cursor);
    });
    const std::uint32_t* minus = cursor.index;
    each([&](auto k) __attribute__((always_inline)) {
      if (kind[k] == number) put<all_here, true>(tape, k, own, cursor);
    });
    return {units, minus};
  }

  /// Writes all arguments, each with its partial as a number.
  template <bool all_here, class Tape>
  [[gnu::always_inline]] void write_numbers(const Tape& tape, Cursor& cursor) const {
    const std::uint32_t own = tape.tag();
    each([&](auto k) __attribute__((always_inline)) {
      if (kind[k] != absent) put<all_here, true>(tape, k, own, cursor);
    });
  }

 private:
  // f(0), f(1) ... with each number a constant.
  template <class F>
  [[gnu::always_inline]] static void each(const F& f) {
    [&]<std::size_t... k>(std::index_sequence<k...>) __attribute__((always_inline)) {
      (f(std::integral_constant<std::size_t, k>{}), ...);
    }(std::make_index_sequence<count>{});
  }

  template <std::size_t k, class E>
  [[gnu::always_inline]] void mention(const E& e) {
    if constexpr (is_expression<E>) {
      [&]<class Op, class... A, std::size_t... I>(const Expression<Op, A...>& node, std::index_sequence<I...>)
          __attribute__((always_inline)) { (mention<first_leaf_of<k, I, A...>()>(get<I>(node.args)), ...); }(
              e, std::make_index_sequence<E::arity>{});
    } else if constexpr (leaf_count<E> > 0) {
      id[k] = e.id;
    }
  }

  // Writes one argument, unless it is a constant.
  template <bool all_here, bool with_partial, class Tape>
  [[gnu::always_inline]] void put(const Tape& tape, std::size_t k, std::uint32_t own, Cursor& cursor) const {
    if constexpr (!all_here) {
      const auto tag = static_cast<std::uint32_t>(id[k] >> 32);
      if (tag != own) {
        tape.check(tag);
        return;
      }
    }
    *cursor.index++ = static_cast<std::uint32_t>(id[k]);
    if constexpr (with_partial) *cursor.partial++ = partial[k];
  }
};

}  // namespace autograd::core
