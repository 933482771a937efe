// The one place where xsimd and SLEEF enter.
//
// Everything above works on Pack (pack.hpp). This file hides the differences between xsimd 8 and 13 and gives
// each SLEEF vector function one overloaded name, simd::sleef_exp(batch<float>) and
// simd::sleef_exp(batch<double>), for whatever instruction set this translation unit is compiled for.
#pragma once

// g++ 12 reports `__Y is used uninitialized` inside its own AVX-512 intrinsics (GCC bug 105593 and its kin).
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

// Without optimisation g++ has some AVX-512 intrinsics as macros that cast in C's way, which xsimd 8's batches refuse:
// there they become functions, as they are with optimisation.
#if defined(__GNUC__) && !defined(__clang__) && !defined(__OPTIMIZE__) && defined(__AVX512BW__)
#include <immintrin.h>
#ifdef _mm512_mask_blend_epi8
#undef _mm512_mask_blend_epi8
#undef _mm512_mask_blend_epi16
inline __m512i _mm512_mask_blend_epi8(__mmask64 m, __m512i a, __m512i b) { return _mm512_mask_mov_epi8(a, m, b); }
inline __m512i _mm512_mask_blend_epi16(__mmask32 m, __m512i a, __m512i b) { return _mm512_mask_mov_epi16(a, m, b); }
#endif
#endif

#include <sleef.h>
#include <xsimd/xsimd.hpp>

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

#include <cstddef>
#include <cstring>

namespace autograd::core::simd {

template <class T>
using batch = xsimd::batch<T>;
template <class T>
using batch_bool = xsimd::batch_bool<T>;

/// The sum of the lanes, always added in the same order.
template <class T>
inline T reduce_add(batch<T> x) {
#if XSIMD_VERSION_MAJOR >= 9
  return xsimd::reduce_add(x);
#else
  return xsimd::hadd(x);
#endif
}

/// a * b + c, rounded once where the instruction set can. xsimd 8 has no AVX-512 form of it.
#if XSIMD_WITH_AVX512F
inline batch<float> fma(batch<float> a, batch<float> b, batch<float> c) { return _mm512_fmadd_ps(a, b, c); }
inline batch<double> fma(batch<double> a, batch<double> b, batch<double> c) { return _mm512_fmadd_pd(a, b, c); }
#else
template <class T>
batch<T> fma(batch<T> a, batch<T> b, batch<T> c) {
  return xsimd::fma(a, b, c);
}
#endif

/// True where fma rounds once.
#if XSIMD_WITH_AVX512F || defined(__FMA__) || XSIMD_WITH_NEON64
inline constexpr bool exact_fma = true;
#else
inline constexpr bool exact_fma = false;
#endif

#if XSIMD_WITH_AVX512F
// g++ has the intrinsics without a mask as ones that merge with an undefined register. Two calls with the same argument
// are then two things to it: what a value and its derivative share would be computed twice. So: with a mask, all ones.
inline constexpr __mmask16 all16 = 0xffff;
inline constexpr __mmask8 all8 = 0xff;
#endif

/// x 2^n for whole numbers n, rounded once, also where the result is subnormal.
#if XSIMD_WITH_AVX512F
inline batch<float> scale(batch<float> x, batch<float> n) { return _mm512_maskz_scalef_ps(all16, x, n); }
inline batch<double> scale(batch<double> x, batch<double> n) { return _mm512_maskz_scalef_pd(all8, x, n); }
#else
template <class T>
batch<T> scale(batch<T> x, batch<T> n) {
  // In two steps, since 2^n alone may be no normal number.
  const batch<T> half = xsimd::trunc(n * batch<T>(T(0.5)));
  return xsimd::ldexp(xsimd::ldexp(x, xsimd::to_int(half)), xsimd::to_int(n - half));
}
#endif

/// The same for one number.
#if XSIMD_WITH_AVX512F
inline float scale(float x, float n) { return _mm_cvtss_f32(_mm_scalef_ss(_mm_set_ss(x), _mm_set_ss(n))); }
inline double scale(double x, double n) { return _mm_cvtsd_f64(_mm_scalef_sd(_mm_set_sd(x), _mm_set_sd(n))); }
#else
template <class T>
T scale(T x, T n) {
  return n == n ? std::ldexp(x, static_cast<int>(n)) : n;
}
#endif

/// x, but at least low and at most high; a NaN stays.
#if XSIMD_WITH_AVX512F
inline batch<float> clamped(batch<float> x, batch<float> low, batch<float> high) {
  return _mm512_maskz_max_ps(all16, low, _mm512_maskz_min_ps(all16, high, x));
}
inline batch<double> clamped(batch<double> x, batch<double> low, batch<double> high) {
  return _mm512_maskz_max_pd(all8, low, _mm512_maskz_min_pd(all8, high, x));
}
#else
template <class T>
batch<T> clamped(batch<T> x, batch<T> low, batch<T> high) {
  return xsimd::select(x < low, low, xsimd::select(x > high, high, x));
}
#endif

/// The square root, correctly rounded; the nearest whole number, of two the even one; the next one below, above, and
/// towards 0.
#if XSIMD_WITH_AVX512F
inline batch<float> sqrt(batch<float> x) { return _mm512_maskz_sqrt_ps(all16, x); }
inline batch<double> sqrt(batch<double> x) { return _mm512_maskz_sqrt_pd(all8, x); }
#define AUTOGRAD_ROUND(name, mode)                                                                                    \
  inline batch<float> name(batch<float> x) { return _mm512_maskz_roundscale_ps(all16, x, mode | _MM_FROUND_NO_EXC); } \
  inline batch<double> name(batch<double> x) { return _mm512_maskz_roundscale_pd(all8, x, mode | _MM_FROUND_NO_EXC); }
AUTOGRAD_ROUND(nearbyint, _MM_FROUND_TO_NEAREST_INT)
AUTOGRAD_ROUND(floor, _MM_FROUND_TO_NEG_INF)
AUTOGRAD_ROUND(ceil, _MM_FROUND_TO_POS_INF)
AUTOGRAD_ROUND(trunc, _MM_FROUND_TO_ZERO)
#undef AUTOGRAD_ROUND
#else
using xsimd::ceil, xsimd::floor, xsimd::nearbyint, xsimd::sqrt, xsimd::trunc;
#endif

/// Bytes of a cache line.
inline constexpr std::size_t line = 64;

/// Copies whole lines to a place at the start of one, past the caches where the instruction set can. What was written
/// so is seen by other threads after finish_streams().
inline void stream(void* to, const void* from, std::size_t bytes) {
#if XSIMD_WITH_AVX512F
  for (std::size_t i = 0; i < bytes; i += line)
    _mm512_stream_si512(reinterpret_cast<__m512i*>(static_cast<char*>(to) + i),
                        _mm512_loadu_si512(static_cast<const char*>(from) + i));
#else
  std::memcpy(to, from, bytes);
#endif
}
// A register to a place that is aligned to it.
#if XSIMD_WITH_AVX512F
inline void stream(float* to, batch<float> x) { _mm512_stream_ps(to, x); }
inline void stream(double* to, batch<double> x) { _mm512_stream_pd(to, x); }
#else
template <class T>
void stream(T* to, batch<T> x) {
  x.store_unaligned(to);
}
#endif
inline void finish_streams() {
#if XSIMD_WITH_AVX512F
  _mm_sfence();
#endif
}

/// True where xsimd rounds by arithmetic and so turns floor(-0.0) into +0: instruction sets without one.
#if XSIMD_WITH_SSE4_1 || XSIMD_WITH_NEON64
inline constexpr bool rounding_loses_sign = false;
#else
inline constexpr bool rounding_loses_sign = true;
#endif

/// f applied to each lane by itself: for functions that have no good vector form.
template <class F, class T, class... Rest>
inline batch<T> lanes(F f, batch<T> x, Rest... rest) {
  constexpr std::size_t n = batch<T>::size;
  constexpr std::size_t arguments = 1 + sizeof...(Rest);
  T in[arguments][n];
  T out[n];
  std::size_t k = 0;
  x.store_unaligned(in[k++]);
  (rest.store_unaligned(in[k++]), ...);
  for (std::size_t i = 0; i < n; ++i) {
    if constexpr (arguments == 1) {
      out[i] = f(in[0][i]);
    } else {
      static_assert(arguments == 2);
      out[i] = f(in[0][i], in[1][i]);
    }
  }
  return batch<T>::load_unaligned(out);
}

// SLEEF's names end in the instruction set: Sleef_expf16_u10avx512f. FLOAT and DOUBLE spell them for the one that xsimd
// chose as its default. Where SLEEF has no such set (or we do not know its name), its scalar functions do.
#if XSIMD_WITH_AVX512F
#define AUTOGRAD_SLEEF_FLOAT(name, ulp) Sleef_##name##f16_##ulp##avx512f
#define AUTOGRAD_SLEEF_DOUBLE(name, ulp) Sleef_##name##d8_##ulp##avx512f
#elif defined(__AVX2__) && defined(__FMA__)
#define AUTOGRAD_SLEEF_FLOAT(name, ulp) Sleef_##name##f8_##ulp##avx2
#define AUTOGRAD_SLEEF_DOUBLE(name, ulp) Sleef_##name##d4_##ulp##avx2
#elif XSIMD_WITH_AVX
#define AUTOGRAD_SLEEF_FLOAT(name, ulp) Sleef_##name##f8_##ulp##avx
#define AUTOGRAD_SLEEF_DOUBLE(name, ulp) Sleef_##name##d4_##ulp##avx
#elif XSIMD_WITH_SSE4_1
#define AUTOGRAD_SLEEF_FLOAT(name, ulp) Sleef_##name##f4_##ulp##sse4
#define AUTOGRAD_SLEEF_DOUBLE(name, ulp) Sleef_##name##d2_##ulp##sse4
#elif XSIMD_WITH_SSE2
#define AUTOGRAD_SLEEF_FLOAT(name, ulp) Sleef_##name##f4_##ulp##sse2
#define AUTOGRAD_SLEEF_DOUBLE(name, ulp) Sleef_##name##d2_##ulp##sse2
#elif XSIMD_WITH_NEON64
#define AUTOGRAD_SLEEF_FLOAT(name, ulp) Sleef_##name##f4_##ulp##advsimd
#define AUTOGRAD_SLEEF_DOUBLE(name, ulp) Sleef_##name##d2_##ulp##advsimd
#else
#define AUTOGRAD_SLEEF_SCALAR 1
#define AUTOGRAD_SLEEF_FLOAT(name, ulp) Sleef_##name##f_##ulp
#define AUTOGRAD_SLEEF_DOUBLE(name, ulp) Sleef_##name##_##ulp
#endif

#ifdef AUTOGRAD_SLEEF_SCALAR
#define AUTOGRAD_SLEEF_CALL(function, ...) lanes([](auto... v) { return function(v...); }, __VA_ARGS__)
#else
#define AUTOGRAD_SLEEF_CALL(function, ...) function(__VA_ARGS__)
#endif

// A compiler cannot see that a function of SLEEF's has no side effects. Said so, value and derivative share one call,
// and a call that nobody needs vanishes; inlined, the wrapper would lose the word.
#define AUTOGRAD_SLEEF_1(name, ulp)                                                  \
  [[gnu::const, gnu::noinline]] inline batch<float> sleef_##name(batch<float> x) {   \
    return AUTOGRAD_SLEEF_CALL(AUTOGRAD_SLEEF_FLOAT(name, ulp), x);                  \
  }                                                                                  \
  [[gnu::const, gnu::noinline]] inline batch<double> sleef_##name(batch<double> x) { \
    return AUTOGRAD_SLEEF_CALL(AUTOGRAD_SLEEF_DOUBLE(name, ulp), x);                 \
  }
#define AUTOGRAD_SLEEF_2(name, ulp)                                                                   \
  [[gnu::const, gnu::noinline]] inline batch<float> sleef_##name(batch<float> x, batch<float> y) {    \
    return AUTOGRAD_SLEEF_CALL(AUTOGRAD_SLEEF_FLOAT(name, ulp), x, y);                                \
  }                                                                                                   \
  [[gnu::const, gnu::noinline]] inline batch<double> sleef_##name(batch<double> x, batch<double> y) { \
    return AUTOGRAD_SLEEF_CALL(AUTOGRAD_SLEEF_DOUBLE(name, ulp), x, y);                               \
  }

// Those that pack_math.hpp uses. uNN is SLEEF's own bound in tenths of an ULP.
AUTOGRAD_SLEEF_1(exp, u10)
AUTOGRAD_SLEEF_1(exp2, u10)
AUTOGRAD_SLEEF_1(sin, u10)
AUTOGRAD_SLEEF_1(cos, u10)
AUTOGRAD_SLEEF_1(tan, u10)
AUTOGRAD_SLEEF_1(asin, u10)
AUTOGRAD_SLEEF_1(atan, u10)
AUTOGRAD_SLEEF_1(cbrt, u10)
AUTOGRAD_SLEEF_1(erf, u10)
AUTOGRAD_SLEEF_1(erfc, u15)
AUTOGRAD_SLEEF_1(lgamma, u10)
AUTOGRAD_SLEEF_2(atan2, u10)
AUTOGRAD_SLEEF_2(pow, u10)
AUTOGRAD_SLEEF_2(hypot, u05)

#undef AUTOGRAD_SLEEF_1
#undef AUTOGRAD_SLEEF_2
#undef AUTOGRAD_SLEEF_CALL
#undef AUTOGRAD_SLEEF_FLOAT
#undef AUTOGRAD_SLEEF_DOUBLE
#undef AUTOGRAD_SLEEF_SCALAR

}  // namespace autograd::core::simd
