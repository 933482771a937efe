// The mathematics of Pack<float> and Pack<double>: what <cmath> is for double.
//
// Every result is within 2 ULP of the exact one (erf, erfc, lgamma 4; digamma 8), subnormal results included, and
// special values come out as in the C library, but max and min give NaN if either argument is NaN. A lane's result
// depends on nothing but its own arguments. tests/core/pack_test.cpp holds each function to this.
//
// This file has the functions that move bits and round; the others are in the files included below.
#pragma once

#include <autograd/core/pack.hpp>

namespace autograd::core {

/// |x|.
template <class T>
[[gnu::always_inline]] inline Pack<T> abs(Pack<T> x) {
  return xsimd::abs(x.batch);
}

/// The square root, correctly rounded.
template <class T>
[[gnu::always_inline]] inline Pack<T> sqrt(Pack<T> x) {
  return simd::sqrt(x.batch);
}

namespace detail {

// The rounded x, with the sign of x where it became 0.
template <class T>
[[gnu::always_inline]] inline Pack<T> rounded(Pack<T> y, Pack<T> x) {
  if constexpr (simd::rounding_loses_sign) return xsimd::copysign(y.batch, x.batch);
  return y;
}

}  // namespace detail

/// The largest integer not above x.
template <class T>
[[gnu::always_inline]] inline Pack<T> floor(Pack<T> x) {
  return detail::rounded<T>(simd::floor(x.batch), x);
}

/// The smallest integer not below x.
template <class T>
[[gnu::always_inline]] inline Pack<T> ceil(Pack<T> x) {
  return detail::rounded<T>(simd::ceil(x.batch), x);
}

/// x without its fraction.
template <class T>
[[gnu::always_inline]] inline Pack<T> trunc(Pack<T> x) {
  return detail::rounded<T>(simd::trunc(x.batch), x);
}

/// The nearest integer; halves go away from zero, as std::round.
template <class T>
[[gnu::always_inline]] inline Pack<T> round(Pack<T> x) {
  return xsimd::round(x.batch);
}

/// True where x is NaN.
template <class T>
[[gnu::always_inline]] inline Mask<T> isnan(Pack<T> x) {
  return x != x;
}

/// x * x.
template <class T>
[[gnu::always_inline]] inline Pack<T> square(Pack<T> x) {
  return x * x;
}

/// 1 / x.
template <class T>
[[gnu::always_inline]] inline Pack<T> reciprocal(Pack<T> x) {
  return 1.0 / x;
}

/// -1, 0 or 1; NaN for NaN.
template <class T>
[[gnu::always_inline]] inline Pack<T> sign(Pack<T> x) {
  // x + 0 is +0 for both zeros and NaN for NaN.
  return where(x > 0.0, 1.0, where(x < 0.0, -1.0, x + 0.0));
}

/// The larger; NaN if either is. xsimd::max lets one of the two NaNs vanish, which one depends on its version.
template <class T>
[[gnu::always_inline]] inline Pack<T> max(Pack<T> a, Pack<T> b) {
  return where(isnan(a), a, where(a > b, a, b));
}

/// The smaller; NaN if either is.
template <class T>
[[gnu::always_inline]] inline Pack<T> min(Pack<T> a, Pack<T> b) {
  return where(isnan(a), a, where(a < b, a, b));
}

/// |magnitude| with the sign of the other.
template <class T>
[[gnu::always_inline]] inline Pack<T> copysign(Pack<T> magnitude, Pack<T> sign) {
  return xsimd::copysign(magnitude.batch, sign.batch);
}

}  // namespace autograd::core

#include <autograd/core/pack_exponential.hpp>
#include <autograd/core/pack_special.hpp>
#include <autograd/core/pack_trigonometric.hpp>

namespace autograd::core {

// One argument may be a literal: pow(x, 2.0). Deduction looks through no conversion, so each needs its own overload.
#define AUTOGRAD_LITERAL_ARGUMENT(name) \
  template <class T>                    \
  Pack<T> name(Pack<T> a, double b) {   \
    return name(a, Pack<T>(b));         \
  }                                     \
  template <class T>                    \
  Pack<T> name(double a, Pack<T> b) {   \
    return name(Pack<T>(a), b);         \
  }

AUTOGRAD_LITERAL_ARGUMENT(max)
AUTOGRAD_LITERAL_ARGUMENT(min)
AUTOGRAD_LITERAL_ARGUMENT(copysign)
AUTOGRAD_LITERAL_ARGUMENT(pow)
AUTOGRAD_LITERAL_ARGUMENT(atan2)
AUTOGRAD_LITERAL_ARGUMENT(hypot)

#undef AUTOGRAD_LITERAL_ARGUMENT

}  // namespace autograd::core
