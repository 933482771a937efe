// What an op is. Its mathematics is written once, on generic arguments, and read in many ways.
//
//   struct Tanh {
//     static constexpr std::string_view name = "tanh";
//     auto value(const auto& x) const { return tanh(x); }
//     auto derivative(const auto& x, const auto& y) const { return partials(1.0 - y * y); }
//   };
//
// Three kinds, told apart by what the struct has:
//   elementwise   value(x...), derivative(x..., y) on one element: the engine maps, fuses, broadcasts, un-broadcasts
//   linear        value(x...), pullback(g, y, x...): the pushforward is the op itself, one argument at a time
//   general       value(x...), pullback(g, y, x...), pushforward(y, x..., dx...)
//
// y is the result, g its cotangent. An op of several arguments returns its cotangents as functions, so that those
// nobody wants are never computed. An op whose slope is unbounded somewhere says `static constexpr bool unbounded =
// true`: then a cotangent that is exactly 0 contributes 0, also there (a strong zero).
#pragma once

#include <concepts>
#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace autograd {

/// The partial derivative 1 as a type: it costs no multiplication and no stored number.
struct One {};
/// The partial derivative -1 as a type.
struct MinusOne {};
/// The partial derivative 0 as a type: the argument receives nothing.
struct Zero {};

inline constexpr One one{};
inline constexpr MinusOne minus_one{};
inline constexpr Zero zero{};

/// What `derivative` returns: d result / d argument, one for each argument.
template <class... P>
struct Partials {
  std::tuple<P...> values;
};

/// The partial derivatives of an elementwise op, in the order of its arguments.
template <class... P>
constexpr Partials<P...> partials(P... p) {
  return {std::tuple<P...>{std::move(p)...}};
}

/// What the `pullback` of an op with several arguments returns: a function for each, called only where it is wanted.
template <class... F>
struct Cotangents {
  std::tuple<F...> functions;
};

template <class... F>
constexpr Cotangents<F...> cotangents(F... f) {
  return {std::tuple<F...>{std::move(f)...}};
}

namespace op {

namespace detail {
template <class Op, class Indices>
struct Probe;
template <class Op, std::size_t... I>
struct Probe<Op, std::index_sequence<I...>> {
  // One double for each argument, one for the result.
  static constexpr bool elementwise = requires(const Op& o, double x) { o.derivative(((void)I, x)..., x); };
};
}  // namespace detail

/// An op of N arguments whose derivative is written for one element.
template <class Op, std::size_t N>
concept Elementwise = detail::Probe<Op, std::make_index_sequence<N>>::elementwise;

/// Ops that say so multiply by a cotangent of zero as if the slope were finite.
template <class Op>
inline constexpr bool unbounded = requires { requires Op::unbounded; };

/// Comparisons and logic: the result is a truth value, stored as a boolean tensor.
template <class Op>
inline constexpr bool boolean_result = requires { requires Op::boolean; };

/// cotangent * partial, where either may be the type of a unit and, for an op with an unbounded slope, 0 * inf is 0.
template <bool strong_zero, class C, class P>
constexpr auto chain(const C& c, const P& p) {
  if constexpr (std::is_same_v<C, Zero> || std::is_same_v<P, Zero>) {
    return zero;
  } else if constexpr (std::is_same_v<C, One>) {
    return p;
  } else if constexpr (std::is_same_v<P, One>) {
    return c;
  } else if constexpr (std::is_same_v<C, MinusOne> && std::is_same_v<P, MinusOne>) {
    return one;
  } else if constexpr (std::is_same_v<C, MinusOne>) {
    return -p;
  } else if constexpr (std::is_same_v<P, MinusOne>) {
    return -c;
  } else if constexpr (!strong_zero) {
    return c * p;
  } else if constexpr (std::is_arithmetic_v<C>) {
    return c == 0 ? C(0) : C(c * p);
  } else {
    return where(c == 0.0, 0.0, c * p);
  }
}

}  // namespace op
}  // namespace autograd
