// The two binary cross-entropies as ops of their own, as a user would write them: value and derivative of one
// element. As compositions they would be 0 * inf at the ends, and lose their last digits well before.
#pragma once

#include <string>

#include <autograd/autograd.hpp>

namespace nn {

namespace ag = autograd;

namespace op {

using ag::abs, ag::exp, ag::log, ag::log1p, ag::where;

/// L = -y log(a) - (1 - y) log(1 - a): dL = ((1-y)/(1-a) - y/a) da + (log(1-a) - log(a)) dy; a term with factor 0 is 0
struct BinaryCrossEntropy {
  static constexpr std::string_view name = "binary_cross_entropy";
  static constexpr bool unbounded = true;
  auto value(const auto& a, const auto& y) const {
    return where(y == 1.0, 0.0, (y - 1.0) * log1p(-a)) - where(y == 0.0, 0.0, y * log(a));
  }
  auto derivative(const auto& a, const auto& y, const auto&) const {
    return ag::partials(where(y == 1.0, 0.0, (1.0 - y) / (1.0 - a)) - where(y == 0.0, 0.0, y / a), log1p(-a) - log(a));
  }
};

/// L = log(1 + exp(-|z|)) + (z > 0 ? (1 - y) z : -y z): dL = (s(z) - y) dz - z dy, where for z > 0 s(z) - 1 =
/// -s(-z)
struct LogitCrossEntropy {
  static constexpr std::string_view name = "binary_cross_entropy_with_logits";
  auto value(const auto& z, const auto& y) const {
    const auto slope = where(z > 0.0, 1.0 - y, -y);
    return log1p(exp(-abs(z))) + where(slope == 0.0, 0.0, z * slope);
  }
  auto derivative(const auto& z, const auto& y, const auto&) const {
    const auto s = exp(-abs(z)) / (1.0 + exp(-abs(z)));  // s(-|z|), never rounded to 0 or 1
    return ag::partials(where(z > 0.0, 1.0 - y - s, s - y), -z);
  }
};

/// x itself, or a name for it if it is an expression; throws DomainError if its value is outside [0, 1].
template <class X>
auto probability(const X& x) {
  if constexpr (std::is_arithmetic_v<X>) {
    if (x < 0 || x > 1)
      throw ag::DomainError("binary_cross_entropy", std::to_string(x) + " is not a probability",
                            "For scores of any size use binary_cross_entropy_with_logits.");
    return static_cast<double>(x);
  } else {
    const std::conditional_t<ag::ScalarExpression<X, double>, ag::Var, X> named = x;
    if constexpr (std::is_arithmetic_v<std::remove_cvref_t<decltype(value_of(named))>>) probability(value_of(named));
    return named;
  }
}

}  // namespace op
}  // namespace nn
