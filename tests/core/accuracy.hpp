// The functions of Pack, each with its bound and what it is compared with: the C library's long double. One function,
// one row; the test of the bounds and the printed table of errors share it.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include <autograd/core/pack_math.hpp>
#include <autograd/core/scalar_math.hpp>

namespace accuracy {

namespace core = autograd::core;

using Real = long double;

struct Row {
  const char* name;
  double ulp;    // the bound
  double floor;  // below this magnitude errors are counted in ULPs of it
  void (*run_float)(const float*, const float*, float*);
  void (*run_double)(const double*, const double*, double*);
  Real (*exact)(Real, Real);

  void run(const float* a, const float* b, float* out) const { run_float(a, b, out); }
  void run(const double* a, const double* b, double* out) const { run_double(a, b, out); }
};

template <class T, class F>
void apply(const T* a, const T* b, T* out) {
  using P = core::Pack<T>;
  if constexpr (std::is_invocable_v<F, P, P>) F{}(P::load(a), P::load(b)).store(out);
  else F{}(P::load(a)).store(out);
}

template <class F>
Row row(const char* name, double ulp, F, Real (*exact)(Real, Real), double floor = 0) {
  return {name, ulp, floor, apply<float, F>, apply<double, F>, exact};
}

// psi (order 0) and psi' (order 1): reflection, recurrence up to 40, asymptotic series.
template <int order>
Real polygamma(Real x, Real = 0) {
  const Real pi = std::acos(Real(-1)), angle = pi * (x - std::round(x));
  if (x <= 0 && angle == 0) return NAN;
  if (x <= 0 && order == 0) return polygamma<order>(1 - x) - pi / std::tan(angle);
  if (x <= 0) return std::pow(pi / std::sin(angle), Real(2)) - polygamma<order>(1 - x);
  Real sum = 0;
  for (; x < 40; x += 1) sum += order == 0 ? -1 / x : 1 / (x * x);
  const Real t = 1 / (x * x), c[] = {1 / Real(6), -1 / Real(30), 1 / Real(42), -1 / Real(30)};
  if (order == 0) sum += std::log(x) - 1 / (2 * x);
  if (order == 0) return sum - t * (c[0] / 2 + t * (c[1] / 4 + t * (c[2] / 6 + t * c[3] / 8)));
  return sum + 1 / x + t / 2 + t / x * (c[0] + t * (c[1] + t * (c[2] + t * c[3])));
}

// clang-format off
#define UNARY(f, ulp) row(#f, ulp, [](auto x) { return f(x); }, [](Real x, Real) { return std::f(x); })
#define BINARY(f, ulp) \
  row(#f, ulp, [](auto x, auto y) { return f(x, y); }, [](Real x, Real y) { return std::f(x, y); })
#define OURS(f, ulp) row(#f, ulp, [](auto x) { return f(x); }, [](Real x, Real) { return core::f(x); })

inline const Row rows[] = {
    UNARY(exp, 2), UNARY(exp2, 2), UNARY(expm1, 2), UNARY(log, 2), UNARY(log2, 2), UNARY(log10, 2),
    UNARY(log1p, 2), UNARY(sin, 2), UNARY(cos, 2), UNARY(tan, 2), UNARY(asin, 2),
    UNARY(acos, 2), UNARY(atan, 2), UNARY(sinh, 2), UNARY(cosh, 2), UNARY(tanh, 2), UNARY(asinh, 2),
    UNARY(acosh, 2), UNARY(atanh, 2), UNARY(sqrt, 0.5), UNARY(cbrt, 2), UNARY(erf, 4), UNARY(erfc, 4),
    UNARY(lgamma, 4), UNARY(abs, 0), UNARY(floor, 0), UNARY(ceil, 0), UNARY(round, 0), UNARY(trunc, 0),
    BINARY(atan2, 2), BINARY(hypot, 2), BINARY(pow, 2), BINARY(copysign, 0),
    OURS(sign, 0), OURS(square, 0.5), OURS(reciprocal, 0.5),
    row("max", 0, [](auto a, auto b) { return max(a, b); }, [](Real a, Real b) { return core::max(a, b); }),
    row("min", 0, [](auto a, auto b) { return min(a, b); }, [](Real a, Real b) { return core::min(a, b); }),
    row("isnan", 0, [](auto x) { return where(isnan(x), 1.0, 0.0); },
        [](Real x, Real) { return Real(std::isnan(x)); }),
    row("digamma of |x|", 8, [](auto x) { return digamma(abs(x)); },
        [](Real x, Real) { return polygamma<0>(std::abs(x)); }, 0.25),
    row("digamma", 8, [](auto x) { return digamma(x); }, polygamma<0>, 8),  // between poles log|x| cancels
    row("trigamma", 8, [](auto x) { return trigamma(x); }, polygamma<1>),
};
#undef UNARY
#undef BINARY
#undef OURS
// clang-format on

// How far `got` is from `exact` in ULPs of T there; infinite for a wrong NaN, infinity or sign of 0.
template <class T>
double error_in_ulp(T got, Real exact, double floor) {
  using Limits = std::numeric_limits<T>;
  const T rounded = static_cast<T>(exact);
  if (std::isnan(got) || std::isnan(exact)) return std::isnan(got) && std::isnan(exact) ? 0 : HUGE_VAL;
  if (got == rounded)
    return got == 0 && std::signbit(got) != std::signbit(rounded) ? HUGE_VAL : exact == rounded ? 0 : 0.5;
  if (std::isinf(exact)) return HUGE_VAL;
  int exponent = Limits::max_exponent;
  if (std::isfinite(rounded)) std::frexp(std::fmax(std::abs(rounded), static_cast<T>(floor)), &exponent);
  if (exponent < Limits::min_exponent) exponent = Limits::min_exponent;
  // An infinity that should be finite counts as the first power of two out of range.
  const Real value = std::isinf(got) ? std::copysign(std::ldexp(Real(1), Limits::max_exponent), Real(got)) : Real(got);
  return static_cast<double>(std::abs(std::ldexp(value - exact, Limits::digits - exponent)));
}

/// Corners of the number format, numbers of usual sizes, and any bits.
template <class T>
std::vector<T> samples(std::size_t count = std::size_t{1} << 16) {
  using Limits = std::numeric_limits<T>;
  std::vector<T> values = {Limits::quiet_NaN()};
  const double corners[] = {0,   0.5, 1,     1.5,   2,     2.5, 3,      24,   87.5, 88.7, 89.3,
                            104, 150, 127.9, 709.7, 710.4, 745, 1023.9, 1074, 1e10, 1e18, 1e30};
  std::vector<T> special = {Limits::denorm_min(), Limits::min() / 2, Limits::min(),     Limits::epsilon(),
                            Limits::max() / 2,    Limits::max(),     Limits::infinity()};
  for (double x : corners) special.push_back(static_cast<T>(x));
  for (T x : special) values.insert(values.end(), {x, -x, std::nextafter(x, T(0)), -std::nextafter(x, T(0))});
  std::mt19937_64 random(1);
  for (double width : {1.0, 10.0, 100.0, 1000.0, 1e6})
    for (int i = 0; i < 500; ++i)
      values.push_back(static_cast<T>(width * std::uniform_real_distribution<>(-1, 1)(random)));
  using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  while (values.size() < count) values.push_back(std::bit_cast<T>(static_cast<Bits>(random())));
  return values;
}

}  // namespace accuracy
