// Exponentials and logarithms.
//
// Outside its domain a logarithm is NaN, and so is its slope: 1/x alone would give -1 at -1. At both zeros the slope is
// +inf: x + 0 is +0 for -0. Exponentials overflow, so their slope counts as unbounded.
#pragma once

#include <autograd/op/math.hpp>

namespace autograd {
namespace op {

/// d exp(x) = exp(x) dx
struct Exp {
  static constexpr std::string_view name = "exp";
  static constexpr bool by_result = true;
  static constexpr bool unbounded = true;
  [[gnu::always_inline]] auto value(const auto& x) const { return exp(x); }
  auto derivative(const auto&, const auto& y) const { return partials(y); }
};

/// d 2^x = log(2) 2^x dx
struct Exp2 {
  static constexpr std::string_view name = "exp2";
  static constexpr bool unbounded = true;
  auto value(const auto& x) const { return exp2(x); }
  auto derivative(const auto&, const auto& y) const { return partials(0.693147180559945309417 * y); }
};

/// d(exp(x) - 1) = exp(x) dx; y + 1 would lose every digit for x far below 0
struct Expm1 {
  static constexpr std::string_view name = "expm1";
  static constexpr bool unbounded = true;
  auto value(const auto& x) const { return expm1(x); }
  auto derivative(const auto& x, const auto&) const { return partials(exp(x)); }
};

/// d log(x) = dx / x
struct Log {
  static constexpr std::string_view name = "log";
  static constexpr Domain domain{0, infinity};
  static constexpr bool unbounded = true;
  auto value(const auto& x) const { return log(x); }
  auto derivative(const auto& x, const auto& y) const { return partials(where(x < 0.0, y, 1.0 / (x + 0.0))); }
};

/// d log2(x) = dx / (x log 2)
struct Log2 {
  static constexpr std::string_view name = "log2";
  static constexpr Domain domain{0, infinity};
  static constexpr bool unbounded = true;
  auto value(const auto& x) const { return log2(x); }
  auto derivative(const auto& x, const auto& y) const {
    return partials(where(x < 0.0, y, 1.44269504088896340736 / (x + 0.0)));
  }
};

/// d log10(x) = dx / (x log 10)
struct Log10 {
  static constexpr std::string_view name = "log10";
  static constexpr Domain domain{0, infinity};
  static constexpr bool unbounded = true;
  auto value(const auto& x) const { return log10(x); }
  auto derivative(const auto& x, const auto& y) const {
    return partials(where(x < 0.0, y, 0.434294481903251827651 / (x + 0.0)));
  }
};

/// d log(1 + x) = dx / (1 + x)
struct Log1p {
  static constexpr std::string_view name = "log1p";
  static constexpr Domain domain{-1, infinity};
  static constexpr bool unbounded = true;
  auto value(const auto& x) const { return log1p(x); }
  auto derivative(const auto& x, const auto& y) const { return partials(where(x < -1.0, y, 1.0 / (1.0 + x))); }
};

/// x log(y), which is 0 at x = 0: d = log(y) dx + x/y dy, and 0 for both where x = 0 and y <= 0
struct Xlogy {
  static constexpr std::string_view name = "xlogy";
  static constexpr std::array<Domain, 2> domain{{{}, {0, infinity}}};
  static constexpr bool unbounded = true;
  auto value(const auto& x, const auto& y) const { return where(x == 0.0, where(y == y, 0.0, y), x * log(y)); }
  auto derivative(const auto& x, const auto& y, const auto& r) const {
    const auto at_zero = where(x == 0.0, 1.0, 0.0);
    return partials(where(at_zero * where(y <= 0.0, 1.0, 0.0) == 1.0, 0.0, log(y)),
                    where(r != r, r, where(x == 0.0, 0.0, where(y == infinity, 0.0, x / y))));
  }
};

}  // namespace op

/// e to the power x.
template <Differentiable X>
auto exp(X&& x) {
  return evaluate(op::Exp{}, std::forward<X>(x));
}
/// 2 to the power x.
template <Differentiable X>
auto exp2(X&& x) {
  return evaluate(op::Exp2{}, std::forward<X>(x));
}
/// exp(x) - 1, exact also near 0.
template <Differentiable X>
auto expm1(X&& x) {
  return evaluate(op::Expm1{}, std::forward<X>(x));
}
/// The natural logarithm.
template <Differentiable X>
auto log(X&& x) {
  return evaluate(op::Log{}, std::forward<X>(x));
}
/// The logarithm to base 2.
template <Differentiable X>
auto log2(X&& x) {
  return evaluate(op::Log2{}, std::forward<X>(x));
}
/// The logarithm to base 10.
template <Differentiable X>
auto log10(X&& x) {
  return evaluate(op::Log10{}, std::forward<X>(x));
}
/// log(1 + x), exact also near 0.
template <Differentiable X>
auto log1p(X&& x) {
  return evaluate(op::Log1p{}, std::forward<X>(x));
}
/// x log(y), 0 where x = 0.
template <class A, class B>
  requires((Operand<A> && Operand<B>) || Operands<A, B>)
auto xlogy(A&& x, B&& y) {
  return evaluate(op::Xlogy{}, std::forward<A>(x), std::forward<B>(y));
}

}  // namespace autograd
