// Trigonometric functions of Pack<float> and Pack<double>, and hypot.
//
// sin, cos and tan are SLEEF's: xsimd's are off by up to 11 ULP next to the multiples of pi/2.
#pragma once

#include <autograd/core/pack.hpp>

namespace autograd::core {

namespace detail {

// f(x), where f is periodic and from SLEEF. SLEEF reduces a register by the way that its largest |x| needs, so that a
// lane's last bit would depend on its neighbours. Hence each of SLEEF's ranges goes through f by itself, with the other
// lanes filled from within the range: one call in practice, as arguments are nearly always small.
template <class T, class F>
Pack<T> by_range(Pack<T> x, F f) {
  constexpr bool is_float = std::is_same_v<T, float>;
  constexpr double small = is_float ? 125 : 15, large = is_float ? 125 : 1e14;
  const Pack<T> a = abs(x);
  const Mask<T> first = a < small, last = !(a < large);
  if (all(first)) [[likely]]
    return f(x.batch);
  Pack<T> y = f(where(first, x, 0.0).batch);
  if constexpr (small < large) y = where(first, y, f(where(first || last, small, x).batch));
  if (any(last)) y = where(last, f(where(last, x, 2 * large).batch), y);
  return y;
}

}  // namespace detail

/// The sine.
template <class T>
Pack<T> sin(Pack<T> x) {
  return detail::by_range(x, [](simd::batch<T> v) -> Pack<T> { return simd::sleef_sin(v); });
}

/// The cosine.
template <class T>
Pack<T> cos(Pack<T> x) {
  return detail::by_range(x, [](simd::batch<T> v) -> Pack<T> { return simd::sleef_cos(v); });
}

/// The tangent.
template <class T>
Pack<T> tan(Pack<T> x) {
  return detail::by_range(x, [](simd::batch<T> v) -> Pack<T> { return simd::sleef_tan(v); });
}

/// The inverse of sin, in [-pi/2, pi/2]. xsimd's float form misses 2 ULP by a little.
template <class T>
Pack<T> asin(Pack<T> x) {
  if constexpr (std::is_same_v<T, float>) return simd::sleef_asin(x.batch);
  return xsimd::asin(x.batch);
}

/// The inverse of cos, in [0, pi].
template <class T>
Pack<T> acos(Pack<T> x) {
  return xsimd::acos(x.batch);
}

/// The inverse of tan, in [-pi/2, pi/2]. xsimd's misses 2 ULP by a little.
template <class T>
Pack<T> atan(Pack<T> x) {
  return simd::sleef_atan(x.batch);
}

/// The angle of the point (x, y), in [-pi, pi].
template <class T>
Pack<T> atan2(Pack<T> y, Pack<T> x) {
  return simd::sleef_atan2(y.batch, x.batch);
}

/// sqrt(x^2 + y^2) without overflow on the way, which xsimd's has.
template <class T>
Pack<T> hypot(Pack<T> x, Pack<T> y) {
  return simd::sleef_hypot(x.batch, y.batch);
}

}  // namespace autograd::core
