// Circular and hyperbolic functions and their inverses.
//
// Written so that the slope is NaN exactly where the value is: (1 - x)(1 + x) keeps the digits near 1, and
// sqrt(x - 1) sqrt(x + 1) is NaN below 1, where sqrt(x^2 - 1) would come back to life below -1.
#pragma once

#include <autograd/op/math.hpp>

namespace autograd {
namespace op {

/// d sin(x) = cos(x) dx
struct Sin {
  static constexpr std::string_view name = "sin";
  auto value(const auto& x) const { return sin(x); }
  auto derivative(const auto& x, const auto&) const { return partials(cos(x)); }
};

/// d cos(x) = -sin(x) dx
struct Cos {
  static constexpr std::string_view name = "cos";
  auto value(const auto& x) const { return cos(x); }
  auto derivative(const auto& x, const auto&) const { return partials(-sin(x)); }
};

/// d tan(x) = (1 + tan(x)^2) dx
struct Tan {
  static constexpr std::string_view name = "tan";
  auto value(const auto& x) const { return tan(x); }
  auto derivative(const auto&, const auto& y) const { return partials(1.0 + y * y); }
};

/// d asin(x) = dx / sqrt(1 - x^2)
struct Asin {
  static constexpr std::string_view name = "asin";
  static constexpr Domain domain{-1, 1};
  static constexpr bool unbounded = true;
  auto value(const auto& x) const { return asin(x); }
  auto derivative(const auto& x, const auto&) const { return partials(1.0 / sqrt((1.0 - x) * (1.0 + x))); }
};

/// d acos(x) = -dx / sqrt(1 - x^2)
struct Acos {
  static constexpr std::string_view name = "acos";
  static constexpr Domain domain{-1, 1};
  static constexpr bool unbounded = true;
  auto value(const auto& x) const { return acos(x); }
  auto derivative(const auto& x, const auto&) const { return partials(-1.0 / sqrt((1.0 - x) * (1.0 + x))); }
};

/// d atan(x) = dx / (1 + x^2)
struct Atan {
  static constexpr std::string_view name = "atan";
  auto value(const auto& x) const { return atan(x); }
  auto derivative(const auto& x, const auto&) const { return partials(1.0 / (1.0 + x * x)); }
};

/// d sinh(x) = cosh(x) dx
struct Sinh {
  static constexpr std::string_view name = "sinh";
  static constexpr bool unbounded = true;
  auto value(const auto& x) const { return sinh(x); }
  auto derivative(const auto& x, const auto&) const { return partials(cosh(x)); }
};

/// d cosh(x) = sinh(x) dx
struct Cosh {
  static constexpr std::string_view name = "cosh";
  static constexpr bool unbounded = true;
  auto value(const auto& x) const { return cosh(x); }
  auto derivative(const auto& x, const auto&) const { return partials(sinh(x)); }
};

/// d tanh(x) = (1 - tanh(x)^2) dx
struct Tanh {
  static constexpr std::string_view name = "tanh";
  static constexpr bool by_result = true;
  [[gnu::always_inline]] auto value(const auto& x) const { return tanh(x); }
  auto derivative(const auto&, const auto& y) const { return partials(1.0 - y * y); }
};

/// d asinh(x) = dx / sqrt(1 + x^2); hypot does not overflow
struct Asinh {
  static constexpr std::string_view name = "asinh";
  auto value(const auto& x) const { return asinh(x); }
  auto derivative(const auto& x, const auto&) const { return partials(1.0 / hypot(x, 1.0)); }
};

/// d acosh(x) = dx / sqrt(x^2 - 1)
struct Acosh {
  static constexpr std::string_view name = "acosh";
  static constexpr Domain domain{1, infinity};
  static constexpr bool unbounded = true;
  auto value(const auto& x) const { return acosh(x); }
  auto derivative(const auto& x, const auto&) const { return partials(1.0 / (sqrt(x - 1.0) * sqrt(x + 1.0))); }
};

/// d atanh(x) = dx / (1 - x^2)
struct Atanh {
  static constexpr std::string_view name = "atanh";
  static constexpr Domain domain{-1, 1};
  static constexpr bool unbounded = true;
  auto value(const auto& x) const { return atanh(x); }
  auto derivative(const auto& x, const auto& y) const {
    return partials(where(abs(x) > 1.0, y, 1.0 / ((1.0 - x) * (1.0 + x))));
  }
};

/// d atan2(y, x) = (x dy - y dx) / (x^2 + y^2), 0 at the origin and at infinity
struct Atan2 {
  static constexpr std::string_view name = "atan2";
  static constexpr bool unbounded = true;
  auto value(const auto& y, const auto& x) const { return atan2(y, x); }
  auto derivative(const auto& y, const auto& x, const auto& v) const {
    const auto r = hypot(y, x);  // divided by twice: x^2 + y^2 overflows and underflows
    return partials(slope(x, r, v), -slope(y, r, v));
  }
  // It jumps from -pi to pi, and has a kink of its own at the origin.
  int branch(double y, double x) const { return x < 0 ? (std::signbit(y) ? -1 : 1) : x == 0 && y == 0 ? 2 : 0; }

 private:
  static auto slope(const auto& x, const auto& r, const auto& v) {
    return where(v != v, v, where(r == 0.0, 0.0, where(r == infinity, 0.0, x / r / r)));
  }
};

/// d hypot(x, y) = (x dx + y dy) / hypot(x, y), 0 at the origin and unit slopes at infinity; also where that overflows
struct Hypot {
  static constexpr std::string_view name = "hypot";
  auto value(const auto& x, const auto& y) const { return hypot(x, y); }
  auto derivative(const auto& x, const auto& y, const auto& r) const {
    // The quotient of the smaller by the larger, and half of the larger: these do not overflow where r does.
    const auto wide = abs(x) > abs(y);
    const auto ratio = where(wide, y, x) / where(wide, x, y);
    const auto half = 0.5 * abs(where(wide, x, y)) * sqrt(1.0 + ratio * ratio);
    return partials(slope(x, y, r, half), slope(y, x, r, half));
  }
  int branch(double x, double y) const { return x == 0 && y == 0; }

 private:
  static auto slope(const auto& x, const auto& y, const auto& r, const auto& half) {
    const auto quotient = where(r == infinity, 0.5 * x, x) / where(r == infinity, half, r);
    const auto finite = where(r == 0.0, 0.0, quotient);
    return where(abs(x) == infinity, sign(x), where(abs(y) == infinity, 0.0, finite));
  }
};

}  // namespace op

/// The sine; x in radians.
template <Differentiable X>
auto sin(X&& x) {
  return evaluate(op::Sin{}, std::forward<X>(x));
}
/// The cosine; x in radians.
template <Differentiable X>
auto cos(X&& x) {
  return evaluate(op::Cos{}, std::forward<X>(x));
}
/// The tangent; x in radians.
template <Differentiable X>
auto tan(X&& x) {
  return evaluate(op::Tan{}, std::forward<X>(x));
}
/// The inverse sine, in radians.
template <Differentiable X>
auto asin(X&& x) {
  return evaluate(op::Asin{}, std::forward<X>(x));
}
/// The inverse cosine, in radians.
template <Differentiable X>
auto acos(X&& x) {
  return evaluate(op::Acos{}, std::forward<X>(x));
}
/// The inverse tangent, in radians.
template <Differentiable X>
auto atan(X&& x) {
  return evaluate(op::Atan{}, std::forward<X>(x));
}
/// The hyperbolic sine.
template <Differentiable X>
auto sinh(X&& x) {
  return evaluate(op::Sinh{}, std::forward<X>(x));
}
/// The hyperbolic cosine.
template <Differentiable X>
auto cosh(X&& x) {
  return evaluate(op::Cosh{}, std::forward<X>(x));
}
/// The hyperbolic tangent.
template <Differentiable X>
auto tanh(X&& x) {
  return evaluate(op::Tanh{}, std::forward<X>(x));
}
/// The inverse hyperbolic sine.
template <Differentiable X>
auto asinh(X&& x) {
  return evaluate(op::Asinh{}, std::forward<X>(x));
}
/// The inverse hyperbolic cosine; NaN below 1.
template <Differentiable X>
auto acosh(X&& x) {
  return evaluate(op::Acosh{}, std::forward<X>(x));
}
/// The inverse hyperbolic tangent; NaN beyond 1.
template <Differentiable X>
auto atanh(X&& x) {
  return evaluate(op::Atanh{}, std::forward<X>(x));
}
/// The angle of the point (x, y), in radians from -pi to pi.
template <class A, class B>
  requires Operands<A, B>
auto atan2(A&& y, B&& x) {
  return evaluate(op::Atan2{}, std::forward<A>(y), std::forward<B>(x));
}
/// sqrt(x^2 + y^2) without overflow.
template <class A, class B>
  requires Operands<A, B>
auto hypot(A&& x, B&& y) {
  return evaluate(op::Hypot{}, std::forward<A>(x), std::forward<B>(y));
}

}  // namespace autograd
