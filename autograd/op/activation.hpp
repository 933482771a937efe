// The activations of neural networks.
//
// At a kink the slope is the least-norm subgradient: relu'(0) = 0. NaN stays NaN, in value and slope.
#pragma once

#include <autograd/op/math.hpp>

namespace autograd {
namespace op {

/// 1 / (1 + exp(-x)); exp of -|x| never overflows
auto logistic(const auto& x) { return where(x < 0.0, exp(-abs(x)), 1.0) / (1.0 + exp(-abs(x))); }

/// x f for a factor f that vanishes faster than x grows: 0 where f is 0, also at infinity
auto vanishing(const auto& x, const auto& f) { return where(f == 0.0, 0.0, x * f); }

/// s(x) = 1 / (1 + exp(-x)), ds = s (1 - s) dx
struct Sigmoid {
  static constexpr std::string_view name = "sigmoid";
  static constexpr bool by_result = true;
  auto value(const auto& x) const { return logistic(x); }
  auto derivative(const auto&, const auto& y) const { return partials(y * (1.0 - y)); }
};

/// log s(x) = min(x, 0) - log(1 + exp(-|x|)), d = s(-x) dx
struct LogSigmoid {
  static constexpr std::string_view name = "log_sigmoid";
  auto value(const auto& x) const { return where(x < 0.0, x, 0.0) - log1p(exp(-abs(x))); }
  auto derivative(const auto& x, const auto&) const { return partials(logistic(-x)); }
};

/// log(1 + exp(x)) = max(x, 0) + log(1 + exp(-|x|)), d = s(x) dx
struct Softplus {
  static constexpr std::string_view name = "softplus";
  auto value(const auto& x) const { return where(x > 0.0, x, 0.0) + log1p(exp(-abs(x))); }
  auto derivative(const auto& x, const auto&) const { return partials(logistic(x)); }
};

/// max(x, 0); d = dx above 0, 0 at and below
struct Relu {
  static constexpr std::string_view name = "relu";
  static constexpr bool by_result = true;
  static constexpr bool selects = true;
  auto value(const auto& x) const { return where(x <= 0.0, 0.0, x); }
  auto derivative(const auto&, const auto& y) const { return partials(where(y > 0.0, 1.0, where(y <= 0.0, 0.0, y))); }
  int branch(double x) const { return x > 0; }
};

/// x Phi(x), Phi the normal distribution function: d = (Phi(x) + x phi(x)) dx
struct Gelu {
  static constexpr std::string_view name = "gelu";
  auto value(const auto& x) const { return vanishing(0.5 * x, erfc(-0.707106781186547524401 * x)); }
  auto derivative(const auto& x, const auto&) const {
    return partials(0.5 * erfc(-0.707106781186547524401 * x) +
                    vanishing(0.398942280401432677940 * x, exp(-0.5 * (x * x))));
  }
};

/// y = x s(x): d = (s(x) + y s(-x)) dx
struct Silu {
  static constexpr std::string_view name = "silu";
  auto value(const auto& x) const { return vanishing(x, logistic(x)); }
  auto derivative(const auto& x, const auto& y) const { return partials(logistic(x) + vanishing(y, logistic(-x))); }
};

/// The least number between two slopes, and 0 where they point apart: what a kink between them has
constexpr double least_between(double a, double b) { return (a < 0) != (b < 0) ? 0.0 : a * a < b * b ? a : b; }

/// x above 0, slope x below; d = dx or slope dx, at 0 the least between
struct LeakyRelu {
  static constexpr std::string_view name = "leaky_relu";
  static constexpr bool selects = true;
  double slope = 0.01;
  auto value(const auto& x) const { return where(x > 0.0, x, slope * x); }
  auto derivative(const auto& x, const auto&) const {
    return partials(where(x > 0.0, 1.0, where(x < 0.0, slope, where(x == 0.0, least_between(1.0, slope), x))));
  }
  int branch(double x) const { return x > 0; }
};

/// x above 0, alpha (exp(x) - 1) below; d = dx or alpha exp(x) dx, at 0 the least between
struct Elu {
  static constexpr std::string_view name = "elu";
  static constexpr bool selects = true;
  double alpha = 1.0;
  auto value(const auto& x) const { return where(x > 0.0, x, alpha * expm1(x)); }
  auto derivative(const auto& x, const auto&) const {
    return partials(where(x > 0.0, 1.0, where(x == 0.0, least_between(1.0, alpha), alpha * exp(x))));
  }
  int branch(double x) const { return x > 0; }
};

}  // namespace op

/// The logistic function, 1 / (1 + exp(-x)).
template <Operand X>
auto sigmoid(X&& x) {
  return evaluate(op::Sigmoid{}, std::forward<X>(x));
}
/// log(sigmoid(x)), exact at both ends.
template <Operand X>
auto log_sigmoid(X&& x) {
  return evaluate(op::LogSigmoid{}, std::forward<X>(x));
}
/// log(1 + exp(x)), exact for every x.
template <Operand X>
auto softplus(X&& x) {
  return evaluate(op::Softplus{}, std::forward<X>(x));
}
/// max(x, 0).
template <Operand X>
auto relu(X&& x) {
  return evaluate(op::Relu{}, std::forward<X>(x));
}
/// The Gaussian error linear unit, x Phi(x).
template <Operand X>
auto gelu(X&& x) {
  return evaluate(op::Gelu{}, std::forward<X>(x));
}
/// x sigmoid(x), also called swish.
template <Operand X>
auto silu(X&& x) {
  return evaluate(op::Silu{}, std::forward<X>(x));
}
/// x above 0, slope * x below.
template <Operand X>
auto leaky_relu(X&& x, double slope = 0.01) {
  return evaluate(op::LeakyRelu{slope}, std::forward<X>(x));
}
/// x above 0, alpha (exp(x) - 1) below.
template <Operand X>
auto elu(X&& x, double alpha = 1.0) {
  return evaluate(op::Elu{alpha}, std::forward<X>(x));
}

}  // namespace autograd
