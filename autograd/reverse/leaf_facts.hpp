// Facts of a formula's leaves that are known from its type: which values the cotangents are computed from, and which
// cotangents are the same, or that of the result.
//
// Slopes of the types One, MinusOne and Zero read nothing, those of an op that is linear in an argument read the others
// only: so d * (west + east - 2.0 * here) need not be kept for its gradient, and west and east get the same cotangent.
#pragma once

#include <array>
#include <cstdint>
#include <tuple>
#include <type_traits>
#include <utility>

#include <autograd/core/pack.hpp>
#include <autograd/reverse/expression.hpp>

namespace autograd::core {

/// `count` bits from bit `first` on.
constexpr std::uint64_t bits(std::size_t first, std::size_t count) {
  return (count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1) << first;
}

// The type of the slope of an op of N arguments in argument k.
template <class Op, std::size_t k, class Indices>
struct SlopeOf;
template <class Op, std::size_t k, std::size_t... I>
struct SlopeOf<Op, k, std::index_sequence<I...>> {
  using V = Pack<double>;
  using type =
      std::tuple_element_t<k, decltype(std::declval<const Op&>()
                                           .derivative(((void)I, std::declval<const V&>())..., std::declval<const V&>())
                                           .values)>;
};
template <class Op, std::size_t k, std::size_t N>
using slope_of = typename SlopeOf<Op, k, std::make_index_sequence<N>>::type;

template <class P>
inline constexpr bool is_unit = std::is_same_v<P, One> || std::is_same_v<P, MinusOne> || std::is_same_v<P, Zero>;

// What is read for the cotangent of each leaf of F, the first of which has the number `first`: a bit for each leaf.
// `above` is what the operations around F read.
template <class F, std::size_t first, std::size_t leaves>
constexpr void note_reads(std::array<std::uint64_t, leaves>& reads, std::uint64_t above) {
  if constexpr (is_expression<F>) {
    []<class Op, class... A, std::size_t... I>(std::array<std::uint64_t, leaves>& noted, std::uint64_t outside,
                                               std::type_identity<Expression<Op, A...>>, std::index_sequence<I...>) {
      constexpr std::uint64_t below = bits(first, leaf_count<Expression<Op, A...>>);
      (note_reads<A, first_leaf_of<first, I, A...>()>(
           noted, is_unit<slope_of<Op, I, sizeof...(A)>> ? outside
                  : op::linear_in<Op>(I) ? outside | (below & ~bits(first_leaf_of<first, I, A...>(), leaf_count<A>))
                                         : outside | below),
       ...);
    }(reads, above, std::type_identity<F>{}, std::make_index_sequence<F::arity>{});
  } else if constexpr (leaf_count<F> == 1) {
    reads[first] = above;
  }
}

/// For each leaf of a formula, the leaves whose values its cotangent is computed from.
template <class F>
inline constexpr auto leaf_reads = [] {
  std::array<std::uint64_t, leaf_count<F>> reads{};
  note_reads<F, 0>(reads, 0);
  return reads;
}();

/// The cotangents are computed from that of the result alone.
template <class F>
inline constexpr bool reads_nothing = [] {
  for (const std::uint64_t r : leaf_reads<F>)
    if (r != 0) return false;
  return true;
}();

// A number for the cotangent that each leaf gets: where slopes are One it is that of the operation above.
template <class F, std::size_t first, std::size_t leaves>
constexpr void note_cotangents(std::array<std::size_t, leaves>& numbers, std::size_t own, std::size_t& last) {
  if constexpr (is_expression<F>) {
    []<class Op, class... A, std::size_t... I>(std::array<std::size_t, leaves>& given, std::size_t above,
                                               std::size_t& taken, std::type_identity<Expression<Op, A...>>,
                                               std::index_sequence<I...>) {
      (note_cotangents<A, first_leaf_of<first, I, A...>()>(
           given, std::is_same_v<slope_of<Op, I, sizeof...(A)>, One> ? above : ++taken, taken),
       ...);
    }(numbers, own, last, std::type_identity<F>{}, std::make_index_sequence<F::arity>{});
  } else if constexpr (leaf_count<F> == 1) {
    numbers[first] = own;
  }
}

template <class F>
inline constexpr auto cotangent_numbers = [] {
  std::array<std::size_t, leaf_count<F>> numbers{};
  std::size_t last = 0;
  note_cotangents<F, 0>(numbers, 0, last);
  return numbers;
}();

/// A bit for each leaf of a formula whose cotangent is that of the result.
template <class F>
inline constexpr std::uint64_t leaf_passes = [] {
  std::uint64_t passes = 0;
  for (std::size_t k = 0; k < leaf_count<F>; ++k) passes |= std::uint64_t{cotangent_numbers<F>[k] == 0} << k;
  return passes;
}();

/// For each leaf of a formula, the first one whose cotangent is always the same: that of a sum's terms is.
template <class F>
inline constexpr auto leaf_alike = [] {
  constexpr auto numbers = cotangent_numbers<F>;
  std::array<std::uint8_t, leaf_count<F>> first{};
  for (std::size_t k = 0; k < numbers.size(); ++k)
    while (numbers[first[k]] != numbers[k]) ++first[k];
  return first;
}();

// The last op has a slope of the result alone, and all else is linear with numbers as slopes.
template <class F>
inline constexpr bool reads_result_only = false;
template <class Op, class A>
  requires op::by_result<Op>
inline constexpr bool reads_result_only<Expression<Op, A>> = leaf_count<A> > 0 && reads_nothing<A>;

}  // namespace autograd::core
