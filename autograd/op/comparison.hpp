// Comparisons. They have no gradient; on tensors they give boolean tensors.
#pragma once

#include <autograd/op/math.hpp>

namespace autograd {
namespace op {

/// x < y; no gradient
struct Less {
  static constexpr std::string_view name = "less";
  static constexpr bool boolean = true;
  auto value(const auto& x, const auto& y) const { return where(x < y, 1.0, 0.0); }
  auto derivative(const auto&, const auto&, const auto&) const { return partials(zero, zero); }
  int branch(double x, double y) const { return x < y; }
};

/// x <= y; no gradient
struct LessEqual {
  static constexpr std::string_view name = "less_equal";
  static constexpr bool boolean = true;
  auto value(const auto& x, const auto& y) const { return where(x <= y, 1.0, 0.0); }
  auto derivative(const auto&, const auto&, const auto&) const { return partials(zero, zero); }
  int branch(double x, double y) const { return x <= y; }
};

/// x > y; no gradient
struct Greater {
  static constexpr std::string_view name = "greater";
  static constexpr bool boolean = true;
  auto value(const auto& x, const auto& y) const { return where(x > y, 1.0, 0.0); }
  auto derivative(const auto&, const auto&, const auto&) const { return partials(zero, zero); }
  int branch(double x, double y) const { return x > y; }
};

/// x >= y; no gradient
struct GreaterEqual {
  static constexpr std::string_view name = "greater_equal";
  static constexpr bool boolean = true;
  auto value(const auto& x, const auto& y) const { return where(x >= y, 1.0, 0.0); }
  auto derivative(const auto&, const auto&, const auto&) const { return partials(zero, zero); }
  int branch(double x, double y) const { return x >= y; }
};

/// x == y; no gradient
struct Equal {
  static constexpr std::string_view name = "equal";
  static constexpr bool boolean = true;
  auto value(const auto& x, const auto& y) const { return where(x == y, 1.0, 0.0); }
  auto derivative(const auto&, const auto&, const auto&) const { return partials(zero, zero); }
  int branch(double x, double y) const { return x == y; }
};

/// x != y; no gradient
struct NotEqual {
  static constexpr std::string_view name = "not_equal";
  static constexpr bool boolean = true;
  auto value(const auto& x, const auto& y) const { return where(x != y, 1.0, 0.0); }
  auto derivative(const auto&, const auto&, const auto&) const { return partials(zero, zero); }
  int branch(double x, double y) const { return x != y; }
};

}  // namespace op

/// x < y: a truth value for numbers, a boolean tensor (inside a formula: 1 or 0) for tensors.
template <class A, class B>
  requires Operands<A, B>
auto operator<(A&& a, B&& b) {
  return evaluate(op::Less{}, std::forward<A>(a), std::forward<B>(b));
}
/// x <= y: a truth value for numbers, a boolean tensor (inside a formula: 1 or 0) for tensors.
template <class A, class B>
  requires Operands<A, B>
auto operator<=(A&& a, B&& b) {
  return evaluate(op::LessEqual{}, std::forward<A>(a), std::forward<B>(b));
}
/// x > y: a truth value for numbers, a boolean tensor (inside a formula: 1 or 0) for tensors.
template <class A, class B>
  requires Operands<A, B>
auto operator>(A&& a, B&& b) {
  return evaluate(op::Greater{}, std::forward<A>(a), std::forward<B>(b));
}
/// x >= y: a truth value for numbers, a boolean tensor (inside a formula: 1 or 0) for tensors.
template <class A, class B>
  requires Operands<A, B>
auto operator>=(A&& a, B&& b) {
  return evaluate(op::GreaterEqual{}, std::forward<A>(a), std::forward<B>(b));
}
/// x == y: a truth value for numbers, a boolean tensor (inside a formula: 1 or 0) for tensors.
template <class A, class B>
  requires Operands<A, B>
auto operator==(A&& a, B&& b) {
  return evaluate(op::Equal{}, std::forward<A>(a), std::forward<B>(b));
}
/// x != y: a truth value for numbers, a boolean tensor (inside a formula: 1 or 0) for tensors.
template <class A, class B>
  requires Operands<A, B>
auto operator!=(A&& a, B&& b) {
  return evaluate(op::NotEqual{}, std::forward<A>(a), std::forward<B>(b));
}

}  // namespace autograd
