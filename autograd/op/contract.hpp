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
// A linear op that reads a part of its argument may also have pullback_into(to, g), which adds the cotangent in place.
// An op of one argument whose value and cotangent share work, as a loss may, may also have
//   core::Array value_and_pullback(double g, x, core::Array& dx)   on arrays: the value, and in dx the cotangent of x
//                            where every element of the result has the cotangent g; with the bits of value and pullback
// Ops of a list of tensors, as many as there are, are described in autograd/reverse/list_rule.hpp.
//
// y is the result, g its cotangent. (Of a linear op y may be asked for its shape only, and of one of one argument x
// too: its elements are not kept.) An op of several arguments returns its cotangents as functions, so that those nobody
// wants are never computed. An elementwise op may declare, as `static constexpr` members:
//   bool unbounded = true    its slope is infinite somewhere: a cotangent that is exactly 0 contributes 0, also there
//   bool selects = true      a slope of exactly 0 means that the argument was not chosen: it receives 0, also from a
//                            cotangent that is infinite or NaN
//   bool by_result = true    its slope is computed from the result alone: the argument need not be kept
//   std::array linear{true, false}  in which arguments it is linear: the slope there is computed from the others alone
//   Domain domain{0, infinity}  where the value is a real number; std::array<Domain, n> for n arguments. Tests and
//                            gradient checks stay inside.
// and, for checks:
//   int branch(double x...) const   on which side of its kink or step an element is: a difference quotient across two
//                            sides says nothing about a derivative. (An op that is not elementwise: an integer array
//                            from its arguments.) Without one an op counts as smooth, and only where its gradient then
//                            seems wrong is it asked whether its formula chooses there: by a comparison, abs, floor ...
//   complex_value(x...)      of a general op: `value` on core::ComplexArray; elementwise and linear ops need none
//   bool real_only = true    `value` cannot be instantiated with the numbers of core/number.hpp: no complex step and no
//                            quad precision
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <limits>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace autograd {

/// The kinds of argument that record or carry derivatives: Dual, Var, Tensor, Parameter, an unnamed expression of them.
template <class T>
inline constexpr bool is_differentiable = false;

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

/// The interval on which an op has a real value, in one argument; its ends may be kinks or infinite slopes.
struct Domain {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  constexpr bool contains(double x) const { return low <= x && x <= high; }
};

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

/// Ops that say so choose among their arguments: those with a slope of 0 take no part.
template <class Op>
inline constexpr bool selects = requires { requires Op::selects; };

/// Ops whose slope is computed from the result alone.
template <class Op>
inline constexpr bool by_result = requires { requires Op::by_result; };

/// Whether the slope of an op in argument k is computed from the other arguments alone.
template <class Op>
constexpr bool linear_in(std::size_t k) {
  if constexpr (requires { Op::linear[k]; }) return Op::linear[k];
  else return false;
}

/// Ops whose formula runs on doubles and SIMD registers only.
template <class Op>
inline constexpr bool real_only = requires { requires Op::real_only; };

/// Where argument k of an op may lie: what the op declares, or the whole line.
template <class Op>
constexpr Domain domain_of(std::size_t k = 0) {
  if constexpr (requires { Op::domain[k]; }) return Op::domain[k];
  else if constexpr (requires { Op::domain; }) return Op::domain;
  else return {};
}

namespace detail {
// product, but 0 where the factor is.
template <class F, class P>
constexpr auto zero_with(const F& factor, const P& product) {
  if constexpr (std::is_arithmetic_v<P>) return factor == 0 ? P(0) : product;
  else return where(factor == 0.0, 0.0, product);
}

// c * p with a strong zero. A cotangent that carries derivatives may be 0 and its own derivative not, as that of
// sqrt(1 + x^2) at 0: there only a slope without a value is taken for 0.
template <class C, class P>
constexpr auto strong_zero(const C& c, const P& p) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if constexpr (is_differentiable<C> || is_differentiable<P>)
    return c * where(c == 0.0, where(abs(p) < infinity, p, 0.0), p);
  else return zero_with(c, c * p);
}
}  // namespace detail

/// cotangent * partial, or tangent * partial, for one argument of Op: either may be the type of a unit, and 0 * inf is
/// 0 for an op that is unbounded (the first is 0) or selects (the second is).
template <class Op, class C, class P>
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
  } else if constexpr (selects<Op>) {
    return detail::zero_with(p, c * p);
  } else if constexpr (unbounded<Op>) {
    return detail::strong_zero(c, p);
  } else {
    return c * p;
  }
}

}  // namespace op
}  // namespace autograd
