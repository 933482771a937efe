// The error function, the gamma function and their kin.
#pragma once

#include <autograd/op/math.hpp>

namespace autograd {
namespace op {

/// d erf(x) = 2/sqrt(pi) exp(-x^2) dx
struct Erf {
  static constexpr std::string_view name = "erf";
  auto value(const auto& x) const { return erf(x); }
  auto derivative(const auto& x, const auto&) const { return partials(1.12837916709551257390 * exp(-(x * x))); }
};

/// d erfc(x) = -2/sqrt(pi) exp(-x^2) dx
struct Erfc {
  static constexpr std::string_view name = "erfc";
  auto value(const auto& x) const { return erfc(x); }
  auto derivative(const auto& x, const auto&) const { return partials(-1.12837916709551257390 * exp(-(x * x))); }
};

/// d lgamma(x) = digamma(x) dx; at the poles its limit from the right, -inf, and at -0 that from the left
struct Lgamma {
  static constexpr std::string_view name = "lgamma";
  static constexpr Domain domain{0, infinity};
  static constexpr bool unbounded = true;
  auto value(const auto& x) const { return lgamma(x); }
  auto derivative(const auto& x, const auto&) const {
    const auto slope = where(x == 0.0, -1.0 / x, digamma(x));
    return partials(where(x < 0.0, where(slope == slope, slope, -infinity), slope));
  }
};

/// d digamma(x) = trigamma(x) dx
struct Digamma {
  static constexpr std::string_view name = "digamma";
  static constexpr Domain domain{0, infinity};
  static constexpr bool unbounded = true;
  auto value(const auto& x) const { return digamma(x); }
  auto derivative(const auto& x, const auto&) const { return partials(trigamma(x)); }
};

/// d trigamma(x) = polygamma(2, x) dx
struct Trigamma {
  static constexpr std::string_view name = "trigamma";
  static constexpr Domain domain{0, infinity};
  static constexpr bool unbounded = true;
  auto value(const auto& x) const { return trigamma(x); }
  auto derivative(const auto& x, const auto&) const { return partials(polygamma(2, x)); }
};

/// The n-th derivative of digamma: d polygamma(n, x) = polygamma(n + 1, x) dx, so the order rises without end
struct Polygamma {
  static constexpr std::string_view name = "polygamma";
  static constexpr Domain domain{0, infinity};
  static constexpr bool unbounded = true;
  int order = 2;
  auto value(const auto& x) const { return polygamma(order, x); }
  auto derivative(const auto& x, const auto&) const { return partials(polygamma(order + 1, x)); }
};

}  // namespace op

/// The error function.
template <Differentiable X>
auto erf(X&& x) {
  return evaluate(op::Erf{}, std::forward<X>(x));
}
/// 1 - erf(x), exact also where that is tiny.
template <Differentiable X>
auto erfc(X&& x) {
  return evaluate(op::Erfc{}, std::forward<X>(x));
}
/// log |gamma(x)|.
template <Differentiable X>
auto lgamma(X&& x) {
  return evaluate(op::Lgamma{}, std::forward<X>(x));
}
/// The logarithmic derivative of the gamma function.
template <Differentiable X>
auto digamma(X&& x) {
  return evaluate(op::Digamma{}, std::forward<X>(x));
}
/// The derivative of digamma.
template <Differentiable X>
auto trigamma(X&& x) {
  return evaluate(op::Trigamma{}, std::forward<X>(x));
}
/// The n-th derivative of digamma, n >= 0.
template <Differentiable X>
auto polygamma(int order, X&& x) {
  return evaluate(op::Polygamma{order}, std::forward<X>(x));
}

}  // namespace autograd
