// polygamma(n, x): the n-th derivative of digamma, so that lgamma can be differentiated to any order.
#pragma once

#include <cmath>
#include <limits>

#include <autograd/core/pack_math.hpp>
#include <autograd/core/scalar_math.hpp>

namespace autograd::core {

/// The n-th derivative of digamma at x, n >= 0; NaN at the poles 0, -1, -2, ... The recurrence
/// psi_n(x) = psi_n(x + 1) - (-1)^n n! / x^(n+1) leads to where the asymptotic series of Abramowitz and Stegun, 6.4.11,
/// holds to double precision.
inline double polygamma(int n, double x) {
  if (n == 0) return digamma(x);
  if (n == 1) return trigamma(x);
  if (x != x || (x <= 0 && x == std::floor(x)) || x < -1e6) return std::numeric_limits<double>::quiet_NaN();
  const double sign = n % 2 ? 1.0 : -1.0;  // (-1)^(n+1)
  const double factorial = std::tgamma(n + 1.0);
  const double from = x;
  const int steps = x < 20.0 + n ? static_cast<int>(std::ceil(20.0 + n - x)) : 0;
  x += steps;
  // B_2k of the series, k = 1 to 10.
  constexpr double bernoulli[] = {1.0 / 6,       -1.0 / 30, 1.0 / 42,      -1.0 / 30,     5.0 / 66,
                                  -691.0 / 2730, 7.0 / 6,   -3617.0 / 510, 43867.0 / 798, -174611.0 / 330};
  double tail = factorial / n * std::pow(x, -n) + 0.5 * factorial * std::pow(x, -(n + 1.0));
  double ratio = factorial * (n + 1) / 2 * std::pow(x, -(n + 2.0));  // (2k + n - 1)! / ((2k)! x^(2k + n)) for k = 1
  for (int k = 1; k <= 10; ++k) {
    tail += bernoulli[k - 1] * ratio;
    ratio *= (2.0 * k + n) * (2.0 * k + n + 1) / ((2.0 * k + 1) * (2.0 * k + 2) * x * x);
  }
  // From the smallest term to the largest, which loses nothing.
  for (int k = steps - 1; k >= 0; --k) tail += factorial * std::pow(from + k, -(n + 1.0));
  return sign * tail;
}

template <class T>
Pack<T> polygamma(int n, Pack<T> x) {
  return simd::lanes([n](T v) { return static_cast<T>(polygamma(n, static_cast<double>(v))); }, x.batch);
}

}  // namespace autograd::core
