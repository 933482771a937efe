// What chooses, cuts or rounds: the ops with kinks, steps and branches.
//
// At a kink the least-norm subgradient, at a tie an even split, at the bound of a clamp 1.
#pragma once

#include <autograd/op/math.hpp>

namespace autograd {
namespace op {

/// d|x| = sign(x) dx, 0 at 0
struct Abs {
  static constexpr std::string_view name = "abs";
  static constexpr bool selects = true;
  auto value(const auto& x) const { return abs(x); }
  auto derivative(const auto& x, const auto&) const { return partials(sign(x)); }
  int branch(double x) const { return (x > 0) - (x < 0); }
};

/// -1, 0 or 1; constant between its steps, so no gradient
struct Sign {
  static constexpr std::string_view name = "sign";
  auto value(const auto& x) const { return sign(x); }
  auto derivative(const auto&, const auto&) const { return partials(zero); }
  int branch(double x) const { return (x > 0) - (x < 0); }
};

/// The largest integer not above x; constant between its steps, so no gradient
struct Floor {
  static constexpr std::string_view name = "floor";
  auto value(const auto& x) const { return floor(x); }
  auto derivative(const auto&, const auto&) const { return partials(zero); }
  int branch(double x) const { return core::step_number(floor(x)); }
};

/// The smallest integer not below x; constant between its steps, so no gradient
struct Ceil {
  static constexpr std::string_view name = "ceil";
  auto value(const auto& x) const { return ceil(x); }
  auto derivative(const auto&, const auto&) const { return partials(zero); }
  int branch(double x) const { return core::step_number(ceil(x)); }
};

/// The nearest integer, halves away from 0; constant between its steps, so no gradient
struct Round {
  static constexpr std::string_view name = "round";
  auto value(const auto& x) const { return round(x); }
  auto derivative(const auto&, const auto&) const { return partials(zero); }
  int branch(double x) const { return core::step_number(round(x)); }
};

/// The larger; d goes to the larger, half to each at a tie
struct Maximum {
  static constexpr std::string_view name = "maximum";
  static constexpr bool selects = true;
  auto value(const auto& x, const auto& y) const { return where(x != x, x, where(x > y, x, y)); }
  auto derivative(const auto& x, const auto& y, const auto& r) const {
    return partials(where(x > y, 1.0, where(x < y, 0.0, where(r == r, 0.5, r))),
                    where(y > x, 1.0, where(y < x, 0.0, where(r == r, 0.5, r))));
  }
  int branch(double x, double y) const { return (x > y) - (x < y); }
};

/// The smaller; d goes to the smaller, half to each at a tie
struct Minimum {
  static constexpr std::string_view name = "minimum";
  static constexpr bool selects = true;
  auto value(const auto& x, const auto& y) const { return where(x != x, x, where(x < y, x, y)); }
  auto derivative(const auto& x, const auto& y, const auto& r) const {
    return partials(where(x < y, 1.0, where(x > y, 0.0, where(r == r, 0.5, r))),
                    where(y < x, 1.0, where(y > x, 0.0, where(r == r, 0.5, r))));
  }
  int branch(double x, double y) const { return (x > y) - (x < y); }
};

/// min(max(x, low), high); d goes to whichever is the result, to x at the bounds
struct Clamp {
  static constexpr std::string_view name = "clamp";
  static constexpr bool selects = true;
  auto value(const auto& x, const auto& low, const auto& high) const {
    const auto raised = where(x != x, x, where(x >= low, x, low));  // so that a bound of NaN gives NaN
    return where(raised != raised, raised, where(raised <= high, raised, high));
  }
  auto derivative(const auto& x, const auto& low, const auto& high, const auto& r) const {
    return partials(where(r != r, r, where(x < low, 0.0, where(x > high, 0.0, 1.0))),
                    where(r != r, r, where(x < low, where(low > high, 0.0, 1.0), 0.0)),
                    where(r != r, r, where(where(x < low, low, x) > high, 1.0, 0.0)));
  }
  int branch(double x, double low, double high) const {
    return 3 * ((x > low) - (x < low)) + 9 * ((x > high) - (x < high)) + (low > high);
  }
};

/// yes where the condition is not 0, else no; d goes to the chosen one
struct Where {
  static constexpr std::string_view name = "where";
  static constexpr bool selects = true;
  auto value(const auto& condition, const auto& yes, const auto& no) const { return where(condition != 0.0, yes, no); }
  auto derivative(const auto& condition, const auto&, const auto&, const auto&) const {
    return partials(zero, where(condition != 0.0, 1.0, 0.0), where(condition != 0.0, 0.0, 1.0));
  }
  int branch(double condition, double, double) const { return condition != 0; }
};

}  // namespace op

/// |x|.
template <Differentiable X>
auto abs(X&& x) {
  return evaluate(op::Abs{}, std::forward<X>(x));
}
/// -1, 0 or 1; no gradient.
template <Differentiable X>
auto sign(X&& x) {
  return evaluate(op::Sign{}, std::forward<X>(x));
}
/// The largest integer not above x; no gradient.
template <Differentiable X>
auto floor(X&& x) {
  return evaluate(op::Floor{}, std::forward<X>(x));
}
/// The smallest integer not below x; no gradient.
template <Differentiable X>
auto ceil(X&& x) {
  return evaluate(op::Ceil{}, std::forward<X>(x));
}
/// The nearest integer, halves away from 0; no gradient.
template <Differentiable X>
auto round(X&& x) {
  return evaluate(op::Round{}, std::forward<X>(x));
}
/// The larger of two, elementwise; NaN if either is.
template <class A, class B>
  requires((Operand<A> && Operand<B>) || Operands<A, B>)
auto maximum(A&& a, B&& b) {
  return evaluate(op::Maximum{}, std::forward<A>(a), std::forward<B>(b));
}
/// The smaller of two, elementwise; NaN if either is.
template <class A, class B>
  requires((Operand<A> && Operand<B>) || Operands<A, B>)
auto minimum(A&& a, B&& b) {
  return evaluate(op::Minimum{}, std::forward<A>(a), std::forward<B>(b));
}
/// min(max(x, low), high).
template <class X, class L, class H>
  requires((Operand<X> && Operand<L> && Operand<H>) || Operands<X, L, H>)
auto clamp(X&& x, L&& low, H&& high) {
  return evaluate(op::Clamp{}, std::forward<X>(x), std::forward<L>(low), std::forward<H>(high));
}
/// yes where the condition holds (is not 0), else no.
template <class C, class A, class B>
  requires Operands<C, A, B>
auto where(C&& condition, A&& yes, B&& no) {
  return evaluate(op::Where{}, std::forward<C>(condition), std::forward<A>(yes), std::forward<B>(no));
}

}  // namespace autograd
