// The functions of pack_math.hpp for plain float and double.
//
// With them autograd::core has one overload set for float, double, Pack<float> and Pack<double>: a formula need not
// know which it is given. Most come from <cmath>; here is what <cmath> does not have, or has with other NaN rules.
#pragma once

#include <cmath>
#include <limits>
#include <type_traits>

namespace autograd::core {

using std::abs, std::sqrt, std::cbrt, std::hypot, std::floor, std::ceil, std::round, std::trunc, std::fma;
using std::acos, std::acosh, std::asin, std::asinh, std::atan, std::atan2, std::atanh;
using std::copysign, std::erf, std::erfc, std::isnan, std::lgamma, std::pow;
using std::cos, std::cosh, std::sin, std::sinh, std::tan, std::tanh;
using std::exp, std::exp2, std::expm1, std::log, std::log10, std::log1p, std::log2;

/// The type in which C++ does arithmetic on A and B; integers count as double, as in <cmath>.
template <class A, class B = A>
  requires std::is_arithmetic_v<A> && std::is_arithmetic_v<B>
using Floating = std::common_type_t<std::conditional_t<std::is_integral_v<A>, double, A>,
                                    std::conditional_t<std::is_integral_v<B>, double, B>>;

/// yes if the condition holds, else no.
template <class A, class B>
Floating<A, B> where(bool condition, A yes, B no) {
  return condition ? static_cast<Floating<A, B>>(yes) : static_cast<Floating<A, B>>(no);
}

/// The larger; NaN if either is. std::max(1, NaN) is 1, std::fmax drops both.
template <class A, class B>
Floating<A, B> max(A a, B b) {
  const Floating<A, B> x = a, y = b;
  return x != x ? x : x > y ? x : y;
}

/// The smaller; NaN if either is.
template <class A, class B>
Floating<A, B> min(A a, B b) {
  const Floating<A, B> x = a, y = b;
  return x != x ? x : x < y ? x : y;
}

/// -1, 0 or 1; NaN for NaN.
template <class A>
Floating<A> sign(A a) {
  const Floating<A> x = a;
  return x > 0 ? 1 : x < 0 ? -1 : x + 0;
}

/// x * x.
template <class A>
Floating<A> square(A x) {
  return static_cast<Floating<A>>(x) * static_cast<Floating<A>>(x);
}

/// 1 / x.
template <class A>
Floating<A> reciprocal(A x) {
  return 1 / static_cast<Floating<A>>(x);
}

namespace detail {

inline constexpr double pi = 3.14159265358979323846;
inline constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

// c[0] + c[1] t + c[2] t^2 + ... Even and odd powers apart: two chains of half the length run side by side.
template <int n>
double polynomial(const double (&c)[n], double t) {
  static_assert(n % 2 == 1);
  double even = c[n - 1], odd = 0;
  for (int k = n - 2; k > 0; k -= 2) {
    odd = odd * (t * t) + c[k];
    even = even * (t * t) + c[k - 1];
  }
  return even + t * odd;
}

// From here on the asymptotic series below, cut where they are, are exact to double.
inline constexpr double asymptotic_from = 10;

inline double digamma_of_positive(double x) {
  if (x >= asymptotic_from) {
    // psi(x) = log x - 1/(2x) - sum of B_2k / (2k x^2k)
    constexpr double series[] = {1.0 / 12, -1.0 / 120, 1.0 / 252, -1.0 / 240, 1.0 / 132, -691.0 / 32760, 1.0 / 12};
    const double t = 1 / (x * x);
    return log(x) - 0.5 / x - t * polynomial(series, t);
  }
  // psi(x) = psi(x - 1) + 1/(x - 1) leads into [1, 2] without cancellation; the way up to the series would lose digits.
  double sum = 0;
  if (x < 1) {
    sum = -1 / x;
    x += 1;
  }
  for (; x > 2; x -= 1) sum += 1 / (x - 1);
  // There psi(x) / (x - root) is interpolated in x - 1.5 at Chebyshev points (error 3e-18), so that the
  // digits around the root survive; the root is 1.46163... in two parts.
  constexpr double smooth[] = {
      0.95105587603183284,    -0.42362742128146058,    0.24054248424078736,    -0.14840492305388006,
      0.094988724452828174,   -0.061922133275561828,   0.040760833944741226,   -0.026975796656864719,
      0.017907248192288752,   -0.011908220169786002,   0.0079270241368436366,  -0.0052799364178857415,
      0.0035180792717028125,  -0.0023455016279107115,  0.0015635739915515125,  -0.0010364227247828023,
      0.00068994285142190892, -0.00048606417050412343, 0.00032689316473621461, -0.00014460384609240107,
      9.1588168821169966e-05, -0.00017837342400462409, 0.00012241591000024268};
  return sum + ((x - 0x1.762d86356be3fp+0) - 0x1.b86a722197829p-54) * polynomial(smooth, x - 1.5);
}

inline double trigamma_of_positive(double x) {
  const int steps = x < asymptotic_from ? static_cast<int>(ceil(asymptotic_from - x)) : 0;
  const double far = x + steps;
  // psi'(x) = 1/x + 1/(2x^2) + sum of B_2k / x^(2k+1)
  constexpr double series[] = {1.0 / 6,       -1.0 / 30, 1.0 / 42,      -1.0 / 30,    5.0 / 66,
                               -691.0 / 2730, 7.0 / 6,   -3617.0 / 510, 43867.0 / 798};
  const double t = 1 / (far * far);
  double sum = 1 / far + 0.5 * t + t / far * polynomial(series, t);
  // psi'(x) = psi'(x + n) + sum of 1/(x + k)^2, k < n; from the smallest term to the largest, which loses nothing.
  for (int k = steps - 1; k >= 0; --k) sum += 1 / ((x + k) * (x + k));
  return sum;
}

}  // namespace detail

/// psi(x), the derivative of lgamma. NaN at the poles 0, -1, -2, ...
inline double digamma(double x) {
  if (x > 0) return std::isinf(x) ? x : detail::digamma_of_positive(x);
  // psi(x) = psi(1 - x) - pi / tan(pi x). tan of the exact fraction: pi * x itself would lose every digit far out.
  const double fraction = x - round(x);
  if (!(fraction != 0)) return detail::not_a_number;
  return detail::digamma_of_positive(1 - x) - detail::pi / tan(detail::pi * fraction);
}

/// psi(x) in float, computed in double.
inline float digamma(float x) { return static_cast<float>(digamma(static_cast<double>(x))); }

/// psi'(x), the derivative of digamma. NaN at the poles 0, -1, -2, ...
inline double trigamma(double x) {
  if (x > 0) return std::isinf(x) ? 0.0 : detail::trigamma_of_positive(x);
  // psi'(x) = (pi / sin(pi x))^2 - psi'(1 - x)
  const double fraction = x - round(x);
  if (!(fraction != 0)) return detail::not_a_number;
  return square(detail::pi / sin(detail::pi * fraction)) - detail::trigamma_of_positive(1 - x);
}

/// psi'(x) in float, computed in double.
inline float trigamma(float x) { return static_cast<float>(trigamma(static_cast<double>(x))); }

}  // namespace autograd::core
