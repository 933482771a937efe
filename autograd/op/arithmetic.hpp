// Sums, products, quotients and powers.
#pragma once

#include <autograd/op/math.hpp>

namespace autograd {
namespace op {

/// d(x + y) = dx + dy
struct Add {
  static constexpr std::string_view name = "add";
  auto value(const auto& x, const auto& y) const { return x + y; }
  auto derivative(const auto&, const auto&, const auto&) const { return partials(one, one); }
};

/// d(x - y) = dx - dy
struct Subtract {
  static constexpr std::string_view name = "subtract";
  auto value(const auto& x, const auto& y) const { return x - y; }
  auto derivative(const auto&, const auto&, const auto&) const { return partials(one, minus_one); }
};

/// d(x y) = y dx + x dy
struct Multiply {
  static constexpr std::string_view name = "multiply";
  static constexpr std::array linear{true, true};
  auto value(const auto& x, const auto& y) const { return x * y; }
  auto derivative(const auto& x, const auto& y, const auto&) const { return partials(y, x); }
};

/// d(x / y) = dx / y - (x / y) dy / y
struct Divide {
  static constexpr std::string_view name = "divide";
  static constexpr std::array linear{true, false};
  static constexpr bool unbounded = true;
  auto value(const auto& x, const auto& y) const { return x / y; }
  auto derivative(const auto&, const auto& y, const auto& r) const { return partials(1.0 / y, -r / y); }
};

/// d(-x) = -dx
struct Negate {
  static constexpr std::string_view name = "negate";
  auto value(const auto& x) const { return -x; }
  auto derivative(const auto&, const auto&) const { return partials(minus_one); }
};

/// d(x^2) = 2 x dx
struct Square {
  static constexpr std::string_view name = "square";
  auto value(const auto& x) const { return x * x; }
  auto derivative(const auto& x, const auto&) const { return partials(2.0 * x); }
};

/// d(1/x) = -1/x^2 dx
struct Reciprocal {
  static constexpr std::string_view name = "reciprocal";
  static constexpr bool unbounded = true;
  auto value(const auto& x) const { return 1.0 / x; }
  auto derivative(const auto&, const auto& y) const { return partials(-y * y); }
};

/// d sqrt(x) = dx / (2 sqrt(x)), +infinite at 0; y + 0 is +0 where y is -0
struct Sqrt {
  static constexpr std::string_view name = "sqrt";
  static constexpr bool by_result = true;
  static constexpr Domain domain{0, infinity};
  static constexpr bool unbounded = true;
  auto value(const auto& x) const { return sqrt(x); }
  auto derivative(const auto&, const auto& y) const { return partials(0.5 / (y + 0.0)); }
};

/// d cbrt(x) = dx / (3 cbrt(x)^2), infinite at 0
struct Cbrt {
  static constexpr std::string_view name = "cbrt";
  static constexpr bool unbounded = true;
  auto value(const auto& x) const { return cbrt(x); }
  auto derivative(const auto&, const auto& y) const { return partials(1.0 / (3.0 * (y * y))); }
};

/// d(x^y) = y x^(y-1) dx + x^y log(x) dy. With y = 0 the slope in x is 0, also at 0^0; for x <= 0 that in y is 0: x^y
/// is constant in y at 0 and has no real neighbours below.
struct Pow {
  static constexpr std::string_view name = "pow";
  static constexpr std::array<Domain, 2> domain{{{0, infinity}, {}}};
  static constexpr bool unbounded = true;
  auto value(const auto& x, const auto& y) const { return pow(x, y); }
  auto derivative(const auto& x, const auto& y, const auto& r) const {
    const auto s = pow(x, y - 1.0);
    return partials(where(y == 0.0, 0.0, where(s == 0.0, 0.0, y * s)),
                    where(r != r, r, where(x > 0.0, where(r == 0.0, 0.0, r * log(x)), 0.0)));
  }
};

/// d(x^p) = p x^(p-1) dx for a plain number p
struct PowConstant {
  static constexpr std::string_view name = "pow_constant";
  static constexpr Domain domain{0, infinity};
  static constexpr bool unbounded = true;
  double exponent = 2.0;
  auto value(const auto& x) const {
    using X = std::remove_cvref_t<decltype(x * x)>;
    // The exponents that formulas use, and that derivatives of theirs lead to.
    if (exponent == 2.0) return X(x * x);
    if (exponent == 1.0) return X(x);
    if (exponent == 3.0) return X(x * x * x);
    return X(pow(x, X(exponent)));
  }
  auto derivative(const auto& x, const auto&) const {
    using X = std::remove_cvref_t<decltype(x)>;
    if (exponent == 2.0) return partials(X(2.0 * x));
    if (exponent == 3.0) return partials(X(3.0 * (x * x)));
    return partials(X(exponent == 0.0 ? 0.0 * pow(x, 0.0) : exponent * pow(x, exponent - 1.0)));
  }
};

}  // namespace op

/// x + y, elementwise, with broadcasting.
template <class A, class B>
  requires Operands<A, B>
[[gnu::always_inline]] inline auto operator+(A&& a, B&& b) {
  return evaluate(op::Add{}, std::forward<A>(a), std::forward<B>(b));
}
/// x - y, elementwise, with broadcasting.
template <class A, class B>
  requires Operands<A, B>
[[gnu::always_inline]] inline auto operator-(A&& a, B&& b) {
  return evaluate(op::Subtract{}, std::forward<A>(a), std::forward<B>(b));
}
/// x * y, elementwise, with broadcasting.
template <class A, class B>
  requires Operands<A, B>
[[gnu::always_inline]] inline auto operator*(A&& a, B&& b) {
  return evaluate(op::Multiply{}, std::forward<A>(a), std::forward<B>(b));
}
/// x / y, elementwise, with broadcasting.
template <class A, class B>
  requires Operands<A, B>
[[gnu::always_inline]] inline auto operator/(A&& a, B&& b) {
  return evaluate(op::Divide{}, std::forward<A>(a), std::forward<B>(b));
}
/// -x.
template <Differentiable X>
[[gnu::always_inline]] inline auto operator-(X&& x) {
  return evaluate(op::Negate{}, std::forward<X>(x));
}
/// -x, by name.
template <Operand X>
auto negate(X&& x) {
  return evaluate(op::Negate{}, std::forward<X>(x));
}
/// x^2.
template <Differentiable X>
auto square(X&& x) {
  return evaluate(op::Square{}, std::forward<X>(x));
}
/// 1 / x.
template <Differentiable X>
auto reciprocal(X&& x) {
  return evaluate(op::Reciprocal{}, std::forward<X>(x));
}
/// The square root; NaN below 0.
template <Differentiable X>
auto sqrt(X&& x) {
  return evaluate(op::Sqrt{}, std::forward<X>(x));
}
/// The cube root.
template <Differentiable X>
auto cbrt(X&& x) {
  return evaluate(op::Cbrt{}, std::forward<X>(x));
}
/// x to the power y; a plain number y costs no logarithm.
template <class A, class B>
  requires Operands<A, B>
auto pow(A&& x, B&& y) {
  if constexpr (std::is_arithmetic_v<std::remove_cvref_t<B>>)
    return evaluate(op::PowConstant{static_cast<double>(y)}, std::forward<A>(x));
  else return evaluate(op::Pow{}, std::forward<A>(x), std::forward<B>(y));
}

}  // namespace autograd
