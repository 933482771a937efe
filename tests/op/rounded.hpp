// Rounded: a number and a bound on what rounding can have done to it. A formula read with it tells how good its
// result can be: 1 - y y near y = 1 loses digits, and a test that allowed for less would ask for the impossible, one
// that allowed for more would let mistakes pass.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <type_traits>

#include <autograd/autograd.hpp>

namespace battery {
struct Rounded;
}
/// Formulas may call ops of the library on it.
template <>
inline constexpr bool autograd::core::is_check_number<battery::Rounded> = true;

namespace battery {

struct Rounded {
  double v = 0, error = 0;  // the true value lies in v +- error, to first order

  Rounded() = default;
  /// A literal, or a point where an op is tested. The points are float32 numbers, and so are simple literals; one with
  /// more digits was rounded when it was written.
  template <class T>
    requires std::is_arithmetic_v<T>
  Rounded(T x) : v(static_cast<double>(x)) {
    if (static_cast<double>(static_cast<float>(v)) != v) error = 0.5 * unit * std::fabs(v);
  }
  Rounded(double value, double bound) : v(value), error(bound) {}

  static constexpr double unit = std::numeric_limits<double>::epsilon();
  // 0 times an infinite slope is no error.
  static double times(double slope, double bound) { return bound == 0 ? 0 : std::fabs(slope) * bound; }

  friend Rounded operator+(Rounded a, Rounded b) { return rounded(a.v + b.v, a.error + b.error); }
  friend Rounded operator-(Rounded a, Rounded b) { return rounded(a.v - b.v, a.error + b.error); }
  friend Rounded operator*(Rounded a, Rounded b) {
    return rounded(a.v * b.v, times(b.v, a.error) + times(a.v, b.error));
  }
  friend Rounded operator/(Rounded a, Rounded b) {
    const double r = a.v / b.v;
    return rounded(r, times(1 / b.v, a.error) + times(r / b.v, b.error));
  }
  friend Rounded operator-(Rounded a) { return {-a.v, a.error}; }
  friend bool operator<(Rounded a, Rounded b) { return a.v < b.v; }
  friend bool operator>(Rounded a, Rounded b) { return a.v > b.v; }
  friend bool operator<=(Rounded a, Rounded b) { return a.v <= b.v; }
  friend bool operator>=(Rounded a, Rounded b) { return a.v >= b.v; }
  friend bool operator==(Rounded a, Rounded b) { return a.v == b.v; }
  friend bool operator!=(Rounded a, Rounded b) { return a.v != b.v; }
  friend Rounded where(bool condition, Rounded yes, Rounded no) { return condition ? yes : no; }

  /// Rounding to the nearest is half a unit; subnormal numbers are a fixed distance apart.
  static Rounded rounded(double v, double bound) {
    return {v, bound + 0.5 * unit * std::fabs(v) + std::numeric_limits<double>::denorm_min()};
  }
  /// A function of the library, good to an ULP, of inexact arguments.
  static Rounded function(double y, double bound) {
    return {y, bound + unit * std::fabs(y) + std::numeric_limits<double>::denorm_min()};
  }
};

using DualNumber = autograd::Dual<double>;

// clang-format off
#define XGRAD_ROUNDED(name) \
  inline Rounded name(Rounded x) { \
    const DualNumber y = autograd::name(DualNumber{x.v, 1.0}); \
    return Rounded::function(y.value, Rounded::times(y.tangent, x.error)); \
  }
#define XGRAD_ROUNDED2(name) \
  inline Rounded name(Rounded a, Rounded b) { \
    const DualNumber p = autograd::name(DualNumber{a.v, 1.0}, DualNumber{b.v, 0.0}); \
    const DualNumber q = autograd::name(DualNumber{a.v, 0.0}, DualNumber{b.v, 1.0}); \
    return Rounded::function(p.value, Rounded::times(p.tangent, a.error) + Rounded::times(q.tangent, b.error)); \
  }
XGRAD_ROUNDED(sqrt)  XGRAD_ROUNDED(cbrt)  XGRAD_ROUNDED(exp)   XGRAD_ROUNDED(exp2)  XGRAD_ROUNDED(expm1)
XGRAD_ROUNDED(log)   XGRAD_ROUNDED(log2)  XGRAD_ROUNDED(log10) XGRAD_ROUNDED(log1p) XGRAD_ROUNDED(sin)
XGRAD_ROUNDED(cos)   XGRAD_ROUNDED(tan)   XGRAD_ROUNDED(asin)  XGRAD_ROUNDED(acos)  XGRAD_ROUNDED(atan)
XGRAD_ROUNDED(sinh)  XGRAD_ROUNDED(cosh)  XGRAD_ROUNDED(tanh)  XGRAD_ROUNDED(asinh) XGRAD_ROUNDED(acosh)
XGRAD_ROUNDED(atanh) XGRAD_ROUNDED(erf)   XGRAD_ROUNDED(erfc)  XGRAD_ROUNDED(lgamma) XGRAD_ROUNDED(digamma)
XGRAD_ROUNDED(trigamma) XGRAD_ROUNDED(abs) XGRAD_ROUNDED(sign) XGRAD_ROUNDED(floor) XGRAD_ROUNDED(ceil)
XGRAD_ROUNDED(round) XGRAD_ROUNDED(square) XGRAD_ROUNDED(reciprocal)
XGRAD_ROUNDED2(pow)  XGRAD_ROUNDED2(atan2) XGRAD_ROUNDED2(hypot)
#undef XGRAD_ROUNDED
#undef XGRAD_ROUNDED2
    // clang-format on
    inline Rounded polygamma(int n, Rounded x) {
  const DualNumber y = autograd::polygamma(n, DualNumber{x.v, 1.0});
  return Rounded::function(y.value, Rounded::times(y.tangent, x.error));
}

/// What rounding can do to each slope of an op at x, in units of the element type's epsilon. Its result has an error of
/// an ULP to begin with.
template <class Op, std::size_t N>
std::array<double, N> slope_errors(const Op& o, const std::array<double, N>& x) {
  std::array<Rounded, N> exact;
  for (std::size_t k = 0; k < N; ++k) exact[k] = x[k];
  Rounded y = std::apply([&](auto... a) { return Rounded(o.value(a...)); }, exact);
  y.error = std::max(y.error, Rounded::unit * std::fabs(y.v) + std::numeric_limits<double>::denorm_min());
  const auto partials = std::apply([&](auto... a) { return o.derivative(a..., y).values; }, exact);
  const auto error_of = []<class P>(const P& p) {
    if constexpr (std::is_same_v<P, Rounded>) return p.error / Rounded::unit;
    else return 0.0;
  };
  return std::apply([&](const auto&... p) { return std::array<double, N>{error_of(p)...}; }, partials);
}

}  // namespace battery
