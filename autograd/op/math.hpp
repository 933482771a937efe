// The vocabulary of the formulas: what an op's `value` and `derivative` may call on one element.
//
// Formulas call functions unqualified. On double and Pack they mean those of `core`, brought in here; on duals, Vars
// and Tensors argument-dependent lookup finds the differentiable functions of `autograd`, so derivatives differentiate
// too.
#pragma once

#include <concepts>

#include <autograd/core/number.hpp>
#include <autograd/core/pack_math.hpp>
#include <autograd/core/polygamma.hpp>
#include <autograd/core/scalar_math.hpp>
#include <autograd/core/source_location.hpp>
#include <autograd/op/contract.hpp>

namespace autograd {

/// A number that carries a derivative, as a type without reference and const.
template <class T>
concept Differentiable = is_differentiable<std::remove_cvref_t<T>>;

/// A plain number, a SIMD register of numbers, or one of the numbers that checks compute with.
template <class T>
inline constexpr bool is_plain = std::is_arithmetic_v<T> || core::is_check_number<T>;
template <class T>
inline constexpr bool is_plain<core::Pack<T>> = true;
template <class T>
concept Plain = is_plain<std::remove_cvref_t<T>>;

/// Anything an elementwise function takes.
template <class T>
concept Operand = Differentiable<T> || Plain<T>;

/// An array of another library, which becomes a constant Tensor beside something differentiable; see
/// reverse/tensor.hpp.
template <class T>
inline constexpr bool is_foreign_array = false;

/// Operands of which at least one carries a derivative: where it is none, <cmath> or Pack has the function already.
template <class... T>
concept Operands = ((Operand<T> || is_foreign_array<std::remove_cvref_t<T>>) && ...) && (Differentiable<T> || ...);

namespace core {
/// True for a cotangent or slope that contributes nothing, to any order.
template <class T>
  requires std::is_arithmetic_v<T>
bool exactly_zero(T x) {
  return x == T(0);
}
}  // namespace core

/// Applies an op to arguments of any kind; see autograd/evaluate.hpp. A statement remembers the line of the call.
template <class Op, class A>
inline auto evaluate(const Op& op, A&& a, SourceLocation where = SourceLocation::current());
template <class Op, class A, class B>
inline auto evaluate(const Op& op, A&& a, B&& b, SourceLocation where = SourceLocation::current());
template <class Op, class A, class B, class C>
inline auto evaluate(const Op& op, A&& a, B&& b, C&& c, SourceLocation where = SourceLocation::current());
/// The same for four arguments and more, without a line.
template <class Op, class... A>
  requires(sizeof...(A) > 3)
inline auto evaluate(const Op& op, A&&... a);
template <class Op, class... A>
inline auto evaluate_at(SourceLocation where, const Op& op, A&&... a);

using core::abs, core::sqrt, core::cbrt, core::hypot, core::floor, core::ceil, core::round, core::pow, core::sign;
using core::acos, core::acosh, core::asin, core::asinh, core::atan, core::atan2, core::atanh;
using core::cos, core::cosh, core::sin, core::sinh, core::tan, core::tanh;
using core::erf, core::erfc, core::lgamma, core::digamma, core::trigamma, core::polygamma;
using core::exp, core::exp2, core::expm1, core::log, core::log10, core::log1p, core::log2, core::where;
using core::square, core::reciprocal;

/// yes where the condition holds, else no; literals take the element type of the mask.
template <class T, class A, class B>
core::Pack<T> where(core::Mask<T> condition, A yes, B no) {
  return where(condition, core::Pack<T>(yes), core::Pack<T>(no));
}

namespace core {
/// The number of a step, for `branch`: an integer from far beyond the range of int is among those that are not resolved
/// any more.
inline int step_number(double x) { return std::abs(x) < 1e9 ? static_cast<int>(x) : x > 0 ? 1000000000 : -1000000000; }
}  // namespace core

namespace op {
// In formulas these two are those of Pack also for a single number, which then has the same bits as in a tensor. They
// are inlined: the C library's take longer, and for a call what is in registers has to leave them.

/// e^x.
template <std::floating_point T>
[[gnu::always_inline]] inline T exp(T x) {
  return core::detail::exponential(x);
}
/// The hyperbolic tangent.
template <std::floating_point T>
[[gnu::always_inline]] inline T tanh(T x) {
  return core::detail::hyperbolic_tangent(x);
}

inline constexpr double infinity = std::numeric_limits<double>::infinity();
inline constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
}  // namespace op

}  // namespace autograd
