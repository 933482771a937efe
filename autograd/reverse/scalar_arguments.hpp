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

#include <autograd/core/merge_equal.hpp>
#include <autograd/reverse/expression.hpp>
#include <autograd/reverse/scalar_statements.hpp>

namespace autograd::core {

// A product of which both factors have one leaf alone.
template <class E>
inline constexpr bool is_product_of_two = false;
template <class A, class B>
inline constexpr bool is_product_of_two<Expression<op::Multiply, A, B>> = leaf_count<A> == 1 && leaf_count<B> == 1;

// Calls f(k, l) with the leaves of each such product in E.
template <class E, std::size_t first, class F>
[[gnu::always_inline]] inline void for_each_product(const F& f) {
  if constexpr (is_product_of_two<E>) {
    f(std::integral_constant<std::size_t, first>{}, std::integral_constant<std::size_t, first + 1>{});
  } else if constexpr (is_expression<E>) {
    []<class Op, class... A, std::size_t... I>(std::type_identity<Expression<Op, A...>>, std::index_sequence<I...>,
                                               const F& call) __attribute__((always_inline)) {
      (for_each_product<A, first_leaf_of<first, I, A...>()>(call), ...);
    }(std::type_identity<E>{}, std::make_index_sequence<E::arity>{}, f);
  }
}

/// Calls f(k, l) for each pair of leaves in E that may well be the same variable: the factors of x * x or 100.0 * a *
/// a, and first and last in a stencil with constant coefficients, u + c * (left + right - 2.0 * u). Both are constants.
template <class E, class F>
[[gnu::always_inline]] inline void for_each_pair(const F& f) {
  if constexpr (!is_affine<E>) for_each_product<E, 0>(f);
  else if constexpr (leaf_count<E> > 2)
    f(std::integral_constant<std::size_t, 0>{}, std::integral_constant<std::size_t, leaf_count<E> - 1>{});
}

/// How a statement depends on an argument: not at all, with the partial 1 or -1 known from its type, or with a number.
enum class PartialKind : std::uint8_t { absent, plus_one, minus_one, number };

/// A variable or constant among the arguments of a statement.
template <class T>
struct MixedArgument {
  std::uint64_t id;
  T partial{};
  PartialKind kind;
};
template <class T, std::size_t count>
struct MixedArguments {
  MixedArgument<T> argument[count];
};

/// `count` variables, each with the partial derivative of the statement in it. A sink for `pull`.
template <class T, std::size_t count>
struct ScalarArguments {
  static_assert(count <= ScalarStatements<T>::max_minus,
                "this expression has too many variables for one statement: name a part of it");
  using Statements = ScalarStatements<T>;
  using Cursor = typename Statements::Cursor;

  using enum PartialKind;
  T partial[count];
  std::uint64_t id[count] = {};
  PartialKind kind[count] = {};

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

  /// True if there are pairs of arguments that may well be the same variable, and all of them are.
  template <class E>
  [[gnu::always_inline]] bool pairs() const {
    std::uint64_t difference = 0;
    bool any = false;
    for_each_pair<E>([&](auto k, auto l) __attribute__((always_inline)) {
      if (mergeable(k, l)) any = true, difference |= id[k] ^ id[l];
    });
    return any && difference == 0;
  }
  /// Makes one argument of each of them.
  template <class E>
  [[gnu::always_inline]] void merge_pairs() {
    for_each_pair<E>([&](auto k, auto l) __attribute__((always_inline)) {
      if (mergeable(k, l)) partial[k] = partial[k] + partial[l], kind[k] = number, kind[l] = absent;
    });
  }

  /// True for statements whose arguments are looked through for equal ones: those of stencils. Where partials are
  /// constants they are better kept as they are, see `repeat`.
  template <class E>
  static constexpr bool looks_for_equal =
      merges_equal && std::is_same_v<T, double> && count >= 8 && count <= 16 && !is_affine<E>;
  /// Writes each variable once, with the sum of its partials; false, and nothing is written, if none occurs twice or
  /// some partial is not there.
  [[gnu::always_inline]] bool write_merged(const IdentityLanes<count>& lanes, Cursor& cursor) const {
    bool all = true;
    each([&](auto k) __attribute__((always_inline)) { all &= kind[k] != absent; });
    std::size_t different = 0;
    if (!all || !lanes.merge(partial, cursor.index, cursor.partial, different)) return false;
    cursor.index += different;
    cursor.partial += different;
    return true;
  }

  /// Writes all indices, and gives where those of partial 1 and of -1 end.
  [[gnu::always_inline]] typename Statements::Ends write_indices(Cursor& cursor) const {
    const auto put = [&](auto k, PartialKind wanted) __attribute__((always_inline)) {
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

  /// Writes all arguments, each with its partial as a number.
  [[gnu::always_inline]] void write_numbers(Cursor& cursor) const {
    each([&](auto k) __attribute__((always_inline)) {
      if (kind[k] == absent) return;
      *cursor.index++ = static_cast<std::uint32_t>(id[k]);
      *cursor.partial++ = partial[k];
    });
  }
  /// The same arguments in memory, for what is seldom done and not worth code at every statement.
  [[gnu::always_inline]] MixedArguments<T, count> mixed() const {
    MixedArguments<T, count> m;
    each([&](auto k) __attribute__((always_inline)) {
      m.argument[k].id = id[k];
      m.argument[k].kind = kind[k];
      if (kind[k] != absent) m.argument[k].partial = partial[k];
    });
    return m;
  }

 private:
  // Units are better left alone than made a number.
  [[gnu::always_inline]] bool mergeable(std::size_t k, std::size_t l) const {
    return kind[k] != absent && kind[l] != absent && (kind[k] == number || kind[l] == number);
  }

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
};

}  // namespace autograd::core
