// Exponentials, logarithms, powers and hyperbolic functions of Pack<float> and Pack<double>.
//
// xsimd's are inlined and 1.3 to 3 times as fast as SLEEF's, but wrong in places: results that should be
// subnormal are 0, those in the last binade infinite, and signed zeros lose their sign. Where that can be
// mended for the price of a comparison we mend it; where it cannot, SLEEF's function is used.
#pragma once

#include <cmath>
#include <concepts>
#include <limits>
#include <utility>

#include <autograd/core/pack.hpp>
#include <autograd/core/scalar_math.hpp>

namespace autograd::core {

namespace detail {

template <class T>
inline constexpr bool is_float = std::is_same_v<T, float>;

// y, but careful() in the lanes where `rare` holds. A lane keeps its bits whatever its neighbours need.
template <class T, class F>
Pack<T> patch(Pack<T> y, Mask<T> rare, F careful) {
  if (any(rare)) [[unlikely]]
    return where(rare, careful(), y);
  return y;
}

}  // namespace detail

namespace detail {

// What follows runs on packs and, with the same bits, on single numbers N; for those it has these.
template <std::floating_point T>
[[gnu::always_inline]] inline T fma(T a, T b, T c) {
  if constexpr (simd::exact_fma) return std::fma(a, b, c);
  else return a * b + c;
}
template <std::floating_point T>
[[gnu::always_inline]] inline T scale(T x, T n) {
  return simd::scale(x, n);
}
template <std::floating_point T>
[[gnu::always_inline]] inline T clamped(T x, T low, T high) {
  return x < low ? low : x > high ? high : x;
}
template <std::floating_point T>
[[gnu::always_inline]] inline T nearest(T x) {
  return std::rint(x);
}
template <class T>
[[gnu::always_inline]] inline Pack<T> nearest(Pack<T> x) {
  return simd::nearbyint(x.batch);
}
template <class N>
struct ElementOf {
  using type = N;
};
template <class T>
struct ElementOf<Pack<T>> {
  using type = T;
};
template <class N>
inline constexpr bool of_floats = is_float<typename ElementOf<N>::type>;

// c[0] + c[1] x + c[2] x^2 + ... by Horner's rule. No loop: in a large function compilers leave it one.
template <class N, std::size_t n>
[[gnu::always_inline]] inline N polynomial(N x, const double (&c)[n]) {
  N y(c[n - 1]);
  [&]<std::size_t... k>(std::index_sequence<k...>)
      __attribute__((always_inline)) { ((y = fma(y, x, N(c[n - 2 - k]))), ...); }(std::make_index_sequence<n - 1>{});
  return y;
}

// The same by Estrin's scheme, of which the longest chain is half as long: a single number waits for that.
template <class N>
[[gnu::always_inline]] inline N polynomial(N x, N square, const double (&c)[10]) {
  const auto pair = [&](int k) __attribute__((always_inline)) { return fma(N(c[k + 1]), x, N(c[k])); };
  const N fourth = square * square, low = fma(pair(2), square, pair(0)), middle = fma(pair(6), square, pair(4));
  return fma(fma(pair(8), fourth, middle), fourth, low);
}
template <class N, std::size_t n>
  requires(n < 10)
[[gnu::always_inline]] inline N polynomial(N x, N, const double (&c)[n]) {
  return polynomial(x, c);
}

// e^x = 2^n (1 + p), |p| < 0.42, for x in a range where 2^n is of use. Ours, since a network spends half its time here:
// one polynomial and no case of its own, where xsimd's needs a second look at large |x|.
// `careful` keeps what the rounding of its argument drops, for p by itself instead of 1 + p.
template <class N, bool careful = false>
struct ExponentialParts {
  N n, p;

  [[gnu::always_inline]] explicit ExponentialParts(N x) {
    // ln 2 in two parts, the first with so few digits that its multiples are exact.
    constexpr double head = of_floats<N> ? 0.693359375 : 0.693145751953125;
    constexpr double tail = of_floats<N> ? -2.12194440054690583e-4 : 1.42860682030941723212e-6;
    n = nearest(x * N(1.44269504088896340736));
    const N rest = fma(n, N(-head), x), r = fma(n, N(-tail), rest);
    // (e^r - 1 - r) / r^2 on |r| < ln(2)/2, interpolated at Chebyshev's points; relative to e^r 1e-8 and 2e-17 off.
    const auto rise = [&](const auto& c) __attribute__((always_inline)) {
      const N square = r * r, q = polynomial(r, square, c);
      return careful ? r + fma(square, q, fma(n, N(-tail), rest - r)) : fma(square, q, r);
    };
    if constexpr (of_floats<N>) {
      constexpr double c[] = {0.5, 0.166665769897, 0.0416665546172, 0.00836317905272, 0.00139261835877};
      p = rise(c);
    } else {
      constexpr double c[] = {0.50000000000000010221,     0.16666666666666667453,   0.041666666666624127873,
                              0.0083333333333300618325,   0.0013888888917213716901, 0.00019841269863053616878,
                              0.000024801521295954375131, 2.7557268459997064772e-6, 2.7620088445409748161e-7,
                              2.5100385495510319078e-8};
      p = rise(c);
    }
  }
};

template <class N>
[[gnu::always_inline]] inline N exponential(N x) {
  // At the ends the result is 0 and inf.
  constexpr double low = of_floats<N> ? -105 : -746, high = of_floats<N> ? 89 : 710;
  const ExponentialParts<N> e(clamped(x, N(low), N(high)));
  return scale(N(1.0) + e.p, e.n);
}
// t / (t + 2) with t = e^2|x| - 1, which cancels nowhere. In floats the roundings of t and t + 2 would add up to 2.5
// ULP for a small result, which is a polynomial instead, interpolated at Chebyshev's points; 1.3e-8 off.
template <class N>
[[gnu::always_inline]] inline N hyperbolic_tangent(N x) {
  constexpr double high = of_floats<N> ? 20 : 44;  // 1 from there on
  const N a = abs(x);
  const ExponentialParts<N, !of_floats<N>> e(clamped(a + a, N(0.0), N(high)));
  const N power = scale(N(1.0), e.n), t = fma(power, e.p, power - N(1.0)), y = t / (t + N(2.0));
  if constexpr (of_floats<N>) {
    constexpr double c[] = {-0.333333150537, 0.133282856027, -0.0518888492959};
    const N square = a * a;
    return copysign(where(a < 0.2555, fma(a * square, polynomial(square, c), a), y), x);
  }
  return copysign(y, x);
}

}  // namespace detail

/// e^x.
template <class T>
[[gnu::always_inline]] inline Pack<T> exp(Pack<T> x) {
  return detail::exponential(x);
}

/// 2^x.
template <class T>
Pack<T> exp2(Pack<T> x) {
  constexpr double limit = detail::is_float<T> ? 126 : 1022;
  return detail::patch<T>(xsimd::exp2(x.batch), abs(x) > limit, [x] { return simd::sleef_exp2(x.batch); });
}

/// e^x - 1, exact near 0.
template <class T>
Pack<T> expm1(Pack<T> x) {
  // xsimd overflows early, and reaches -1 two ULP too early.
  const Mask<T> rare = x > (detail::is_float<T> ? 80.0 : 700.0) || x < -10.0;
  const Pack<T> y = detail::patch<T>(xsimd::expm1(x.batch), rare, [x] { return exp(x) - 1.0; });
  return where(x == 0.0, x, y);  // keeps -0
}

namespace detail {

// log_b of x in all its range, from a log_b that is right for normal numbers: xsimd's float64 ones lose subnormals.
template <class T, class F>
Pack<T> log_with_subnormals(Pack<T> x, double log_of_2_54, F log_b) {
  if constexpr (is_float<T>) return log_b(x);
  return patch<T>(log_b(x), x < std::numeric_limits<T>::min(), [=] { return log_b(x * 0x1p54) - log_of_2_54; });
}

}  // namespace detail

/// The natural logarithm.
template <class T>
Pack<T> log(Pack<T> x) {
  return detail::log_with_subnormals(x, 37.429947750237048, [](Pack<T> v) -> Pack<T> { return xsimd::log(v.batch); });
}

/// The logarithm to base 2.
template <class T>
Pack<T> log2(Pack<T> x) {
  return detail::log_with_subnormals(x, 54, [](Pack<T> v) -> Pack<T> { return xsimd::log2(v.batch); });
}

/// The logarithm to base 10.
template <class T>
Pack<T> log10(Pack<T> x) {
  return detail::log_with_subnormals(x, 16.255619765854984, [](Pack<T> v) -> Pack<T> { return xsimd::log10(v.batch); });
}

/// log(1 + x), exact near 0.
template <class T>
Pack<T> log1p(Pack<T> x) {
  return where(x == 0.0, x, xsimd::log1p(x.batch));  // keeps -0
}

namespace detail {

// e^|x| / 2 for large |x|, without overflow in e^|x| before its time: e^(|x| - 2) e^2/2, where |x| - 2 is
// exact and e^2/2 has two parts, as its rounding to T would alone cost half an ULP.
template <class T>
Pack<T> half_exp(Pack<T> x) {
  constexpr double limit = is_float<T> ? 90 : 711;  // overflows, and keeps inf - inf out of the fma
  const Pack<T> a = where(abs(x) < limit, abs(x), limit);
  const Pack<T> y = simd::sleef_exp((a - 2.0).batch);
  constexpr double hi = 0x1.d8e64b8d4ddaep+1, lo = -0x1.9e62e22efca4cp-54;
  constexpr T head = static_cast<T>(hi), tail = static_cast<T>(hi - static_cast<double>(head) + lo);
  return fma(y, head, y * tail);
}

}  // namespace detail

/// The hyperbolic sine.
template <class T>
Pack<T> sinh(Pack<T> x) {
  constexpr double limit = detail::is_float<T> ? 20 : 40;
  const Mask<T> rare = abs(x) > limit;
  if constexpr (detail::is_float<T>) {
    // Near 0 the power series, then e^x - e^-x from e^|x| - 1: xsimd's form misses 2 ULP by a little near 1.
    const Pack<T> a = where(rare, limit, abs(x)), t = a * a, e = expm1(a);
    const Pack<T> tail = 1.0 / 5040 + t * (1.0 / 362880 + t * (1.0 / 39916800));
    const Pack<T> series = a + a * t * (1.0 / 6 + t * (1.0 / 120 + t * tail));
    const Pack<T> y = where(a < 1.0, series, 0.5 * (e + e / (e + 1.0)));
    return copysign(detail::patch(y, rare, [x] { return detail::half_exp(x); }), x);
  } else {
    return detail::patch<T>(xsimd::sinh(x.batch), rare, [x] { return copysign(detail::half_exp(x), x); });
  }
}

/// The hyperbolic cosine.
template <class T>
Pack<T> cosh(Pack<T> x) {
  constexpr double limit = detail::is_float<T> ? 20 : 40;
  return detail::patch<T>(xsimd::cosh(x.batch), abs(x) > limit, [x] { return detail::half_exp(x); });
}

/// The hyperbolic tangent.
template <class T>
[[gnu::always_inline]] inline Pack<T> tanh(Pack<T> x) {
  return detail::hyperbolic_tangent(x);
}

/// The inverse of sinh.
template <class T>
Pack<T> asinh(Pack<T> x) {
  if constexpr (detail::is_float<T>) {
    // log(a + sqrt(a^2 + 1)) without cancellation near 0. xsimd's float form is 3 ULP off.
    const Pack<T> a = abs(x), s = a * a;
    const Pack<T> y = log1p(a + s / (1.0 + sqrt(1.0 + s)));
    return copysign(detail::patch<T>(y, a > 1e8, [a] { return log(a) + 0.693147180559945309; }), x);
  } else {
    return xsimd::asinh(x.batch);
  }
}

/// The inverse of cosh; NaN below 1.
template <class T>
Pack<T> acosh(Pack<T> x) {
  // log(x + sqrt(x^2 - 1)) around t = x - 1, which is exact where cancellation would hurt.
  const Pack<T> t = where(x < 1.0, std::numeric_limits<T>::quiet_NaN(), x - 1.0);
  const Pack<T> s = sqrt(fma(t, t, t + t));
  const Pack<T> u = t + s;
  // What the sum dropped counts while u is small: d log(1 + u) is about 1 - u.
  const Pack<T> y = log1p(u) + ((s - u) + t) * max(1.0 - u, 0.0);
  return detail::patch<T>(y, x > 1e8, [x] { return log(x) + 0.693147180559945309; });
}

/// The inverse of tanh.
template <class T>
Pack<T> atanh(Pack<T> x) {
  return xsimd::atanh(x.batch);
}

/// The cube root.
template <class T>
Pack<T> cbrt(Pack<T> x) {
  if constexpr (detail::is_float<T>) return xsimd::cbrt(x.batch);
  return simd::sleef_cbrt(x.batch);  // xsimd's float64 one is slower and loses subnormals
}

/// x^y. xsimd's takes pow(0, 0) for 0 and loses digits for large |y log x|.
template <class T>
Pack<T> pow(Pack<T> x, Pack<T> y) {
  const Pack<T> z = simd::sleef_pow(x.batch, y.batch);
  if constexpr (detail::is_float<T>) return z;
  // SLEEF's float64 one overflows a little early: pow(1.797e308, 1) is inf.
  constexpr T inf = std::numeric_limits<T>::infinity();
  const Mask<T> overflow = abs(z) == inf && abs(y) < inf && abs(x) < inf;
  return detail::patch(z, overflow, [=] { return simd::lanes([](T a, T b) { return pow(a, b); }, x.batch, y.batch); });
}

}  // namespace autograd::core
