// The error functions and the gamma family on Pack<float> and Pack<double>.
#pragma once

#include <autograd/core/pack_exponential.hpp>
#include <autograd/core/scalar_math.hpp>

namespace autograd::core {

/// The error function. xsimd's float64 one is off by 67 ULP; its float32 one by 2.3, at a third of SLEEF's time.
template <class T>
Pack<T> erf(Pack<T> x) {
  if constexpr (std::is_same_v<T, float>) return xsimd::erf(x.batch);
  return simd::sleef_erf(x.batch);
}

/// 1 - erf(x), exact where that is small. xsimd's is off by many digits; SLEEF's float32 one takes five times as long
/// as this: e^(-x^2) times a function that hardly varies, and near 0 what is left of 1.
template <class T>
[[gnu::always_inline]] inline Pack<T> erfc(Pack<T> x) {
  if constexpr (std::is_same_v<T, float> && simd::exact_fma) {
    const Pack<T> a = clamped(abs(x), Pack<T>(0.0), Pack<T>(10.1));  // 0 from there on
    const Pack<T> square = a * a, lost = fma(a, a, -square);         // x^2 to twice the digits
    // e^(a^2) erfc(a) / t as a polynomial in t = 1 / (1 + 0.4 a), interpolated at Chebyshev's points; 2e-8 off.
    constexpr double c[] = {0.225716030275,  0.224764058117, 0.216567109369,  0.121605208669, 0.296465859525,
                            -0.331625807832, 0.606249071348, -0.544277689828, 0.217876094883, -0.0333399331292};
    const Pack<T> d = fma(Pack<T>(0.4), a, Pack<T>(1.0)), t = 1.0 / d;
    // What t lost by rounding d and the quotient; the result varies like t to the power of 0.82 + 2 t.
    const Pack<T> missing = fma(-t, d, Pack<T>(1.0)) - t * fma(Pack<T>(0.4), a, 1.0 - d);
    const Pack<T> more = fma(fma(Pack<T>(2.0), t, Pack<T>(0.82)), missing, -lost);
    // Rounded as rarely as can be: u e^(-a^2) (1 + more) = 2^n (u + u (p + more (1 + p))).
    const detail::ExponentialParts<Pack<T>> parts(-square);
    const Pack<T> u = t * detail::polynomial(t, c);
    const Pack<T> y = scale(fma(u, parts.p + fma(more, parts.p, more), u), parts.n);
    // erf(x) / x as a polynomial in x^2, 2e-9 off.
    constexpr double near_zero[] = {1.12837916528, -0.3761260405, 0.11282715089, -0.0267492319089, 0.00470005721328};
    return where(a < 0.5, 1.0 - x * detail::polynomial(square, near_zero), where(x < 0.0, 2.0 - y, y));
  } else {
    return simd::sleef_erfc(x.batch);
  }
}

/// log |gamma(x)|. SLEEF's loses digits near the zeros between the poles, hence the C library for x < 0; and its
/// float32 one overflows too early.
template <class T>
Pack<T> lgamma(Pack<T> x) {
  const Pack<T> y = simd::sleef_lgamma(x.batch);
  constexpr T large = T(1e36);
  const Mask<T> careful = x < 0.0 || x > large;
  if (!any(careful)) return y;
  return where(
      careful,
      simd::lanes([](T v) { return v < 0 || v > large ? static_cast<T>(lgamma(static_cast<double>(v))) : v; }, x.batch),
      y);
}

/// psi(x), the derivative of lgamma, lane by lane.
template <class T>
Pack<T> digamma(Pack<T> x) {
  return simd::lanes([](T v) { return digamma(v); }, x.batch);
}

/// psi'(x), lane by lane.
template <class T>
Pack<T> trigamma(Pack<T> x) {
  return simd::lanes([](T v) { return trigamma(v); }, x.batch);
}

}  // namespace autograd::core
