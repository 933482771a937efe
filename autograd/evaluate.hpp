// evaluate: one op, all readings.
//
// The arguments decide: plain numbers and SIMD registers are computed at once, duals go forward, Vars and Tensors make
// an expression (an op that is not elementwise is computed and recorded at once).
#pragma once

#include <cmath>

#include <autograd/core/branches.hpp>
#include <autograd/forward/dual.hpp>
#include <autograd/reverse/elementary.hpp>
#include <autograd/reverse/list_rule.hpp>

namespace autograd {

namespace core {

template <class T>
inline constexpr bool is_pack = false;
template <class T>
inline constexpr bool is_pack<Pack<T>> = true;

template <class... A>
struct PackOf {
  using type = double;
};
template <class T, class... Rest>
struct PackOf<Pack<T>, Rest...> {
  using type = Pack<T>;
};
template <class A, class... Rest>
struct PackOf<A, Rest...> : PackOf<Rest...> {};
template <class A, class... Rest>
  requires is_check_number<A>
struct PackOf<A, Rest...> {
  using type = A;
};

template <class T>
inline constexpr bool is_scalar_variable = false;
template <class T>
inline constexpr bool is_scalar_variable<BasicVar<T>> = true;

/// An argument as an expression holds it.
template <class A>
[[gnu::always_inline]] inline auto leaf(A&& a) {
  using T = std::remove_cvref_t<A>;
  if constexpr (std::is_arithmetic_v<T>) return Literal{static_cast<double>(a)};
  else if constexpr (is_scalar_variable<T>) return a.leaf();
  else if constexpr (std::is_same_v<T, Parameter> || XtensorExpression<T>) return Tensor(a);
  else return T(std::forward<A>(a));
}

/// An argument as a named tensor.
template <class A>
Tensor named(const A& a, SourceLocation where) {
  if constexpr (TensorExpression<A>) return Tensor(a, where);
  else if constexpr (std::is_arithmetic_v<A>) return Tensor(static_cast<double>(a));
  else return Tensor(a);
}

/// An argument as a named tensor; numbers and scalar variables take the given dtype. Throws DtypeError for a number
/// that an integer cannot hold.
template <class A>
Tensor named_as(Dtype dtype, const A& a, SourceLocation where) {
  if constexpr (std::is_arithmetic_v<A>) {
    const auto value = static_cast<double>(a);
    if (dtype == int64 && value != std::trunc(value))
      throw DtypeError("int64", std::to_string(value) + " is not an integer",
                       "Convert the tensor with cast(x, ag::float64).");
    return Tensor(value, dtype);
  } else if constexpr (Differentiable<A> && !is_tensor_level<A> && !std::is_same_v<A, Parameter>) {
    return to_tensor(Var(a), dtype, where);
  } else {
    return named(a, where);
  }
}

/// The number in a scalar argument.
template <class T, class A>
T plain_value(const A& a) {
  if constexpr (std::is_arithmetic_v<A>) return T(a);
  else if constexpr (is_expression<A>) return BasicVar<T>(a).value();
  else return a.value();
}

/// An op that sums its argument: the argument may stay an expression, which is then never stored.
template <class Op>
concept FusedReduction = requires(const Op& op) { Reduction{true, op.axes, op.keepdims, Op::mean}; };

}  // namespace core

/// evaluate, with the place in the source that a statement shall remember.
template <class Op, class... A>
[[gnu::always_inline]] inline auto evaluate_at(SourceLocation where, const Op& op, A&&... a) {
  using core::is_dual, core::is_pack, core::is_tensor_level, core::scalar_of;
  constexpr bool any_tensor = ((is_tensor_level<std::remove_cvref_t<A>> ||
                                std::is_same_v<std::remove_cvref_t<A>, Parameter> || core::XtensorExpression<A>) ||
                               ...);
  if constexpr ((is_dual<std::remove_cvref_t<A>> || ...)) {
    return core::evaluate_dual(op, a...);
  } else if constexpr (!(Differentiable<A> || ...)) {
    using V = typename core::PackOf<std::remove_cvref_t<A>...>::type;
    return op.value(V(a)...);
  } else if constexpr (!any_tensor && op::boolean_result<Op>) {
    using T = scalar_of<Expression<Op, std::remove_cvref_t<A>...>>;
    // Written with an operator, so without a line.
    if (core::BranchLog* log = core::BranchLog::active()) [[unlikely]]
      log->note(Op::name, Tape::active() ? Tape::active()->line({}) : where,
                {op.value(core::plain_value<T>(a)...) != 0.0});
    return op.value(core::plain_value<T>(a)...) != 0.0;
  } else if constexpr (op::Elementwise<Op, sizeof...(A)>) {
    return Expression<Op, decltype(core::leaf(std::forward<A>(a)))...>{op, {core::leaf(std::forward<A>(a))...}};
  } else {
    if constexpr (core::FusedReduction<Op>) {
      const auto leaf = (core::leaf(std::forward<A>(a)), ...);
      bool fuses = !core::records_elementary();
      if constexpr (std::is_same_v<decltype(leaf), const Tensor>) fuses &= is_floating(leaf.dtype());
      if (fuses)
        return core::evaluate_expression<core::Values::summed>(
            leaf, core::Reduction{true, op.axes, op.keepdims, Op::mean}, where);
      return core::apply_op(op, std::array<Tensor, 1>{core::record_elementary_tensor(leaf, where)}, where);
    } else {
      return core::apply_op(op, std::array<Tensor, sizeof...(A)>{core::named(a, where)...}, where);
    }
  }
}

template <class Op, class A>
[[gnu::always_inline]] inline auto evaluate(const Op& op, A&& a, SourceLocation where) {
  return evaluate_at(where, op, std::forward<A>(a));
}
template <class Op, class A, class B>
[[gnu::always_inline]] inline auto evaluate(const Op& op, A&& a, B&& b, SourceLocation where) {
  return evaluate_at(where, op, std::forward<A>(a), std::forward<B>(b));
}
template <class Op, class A, class B, class C>
[[gnu::always_inline]] inline auto evaluate(const Op& op, A&& a, B&& b, C&& c, SourceLocation where) {
  return evaluate_at(where, op, std::forward<A>(a), std::forward<B>(b), std::forward<C>(c));
}
template <class Op, class... A>
  requires(sizeof...(A) > 3)
[[gnu::always_inline]] inline auto evaluate(const Op& op, A&&... a) {
  return evaluate_at(SourceLocation{}, op, std::forward<A>(a)...);
}

/// Applies an op of a list of tensors; see reverse/list_rule.hpp.
template <class Op>
Tensor evaluate_list(const Op& op, const std::vector<Tensor>& x, SourceLocation where) {
  return core::apply_list_op(op, std::span<const Tensor>(x), where);
}

template <class Op, class V>
Tensor core::evaluate_update(const Op& op, const Tensor& x, const V& value, SourceLocation where) {
  if constexpr (TensorExpression<V>) {
    Tensor y{Array()};
    if (!records_elementary() && update_fused<Op::adds>(Op::name, op.window, x, value, where, y)) return y;
  }
  return evaluate_list(op, {x, named_as(x.dtype(), value, where)}, where);
}

}  // namespace autograd
