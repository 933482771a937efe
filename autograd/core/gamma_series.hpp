// log gamma and polygamma on the numbers that checks compute with: up, step by step, to where their asymptotic series
// hold. Each is summed by itself, so that what a check learns from one says something about the derivative beside it.
#pragma once

#include <array>
#include <cstddef>
#include <limits>
#include <type_traits>

#include <autograd/core/number.hpp>

namespace autograd::core {

/// Bernoulli's numbers B_2, B_4, ..., B_32 as fractions.
inline constexpr std::array<std::array<double, 2>, 16> bernoulli{{{1, 6},
                                                                  {-1, 30},
                                                                  {1, 42},
                                                                  {-1, 30},
                                                                  {5, 66},
                                                                  {-691, 2730},
                                                                  {7, 6},
                                                                  {-3617, 510},
                                                                  {43867, 798},
                                                                  {-174611, 330},
                                                                  {854513, 138},
                                                                  {-236364091, 2730},
                                                                  {8553103, 6},
                                                                  {-23749461029, 870},
                                                                  {8615841276005, 14322},
                                                                  {-7709321041217, 510}}};

/// The k-th of them in the precision of N.
template <class N>
N bernoulli_number(std::size_t k) {
  return N(bernoulli[k][0]) / N(bernoulli[k][1]);
}

/// From here on the series below are good to the last digit of N.
template <class N>
inline constexpr int asymptotic_for = std::is_same_v<N, Quad> ? 32 : 12;

/// log gamma(x) for x > 0: Stirling's series (Abramowitz and Stegun 6.1.41).
template <class N>
N log_gamma_series(N x) {
  N product = 1;
  for (; x.order() < asymptotic_for<N>; x = x + 1) product = product * x;
  N tail = 0, power = N(1) / x;
  for (std::size_t k = 0; k < bernoulli.size(); ++k, power = power / (x * x)) {
    const int m = 2 * static_cast<int>(k) + 2;
    tail = tail + bernoulli_number<N>(k) / N(m * (m - 1)) * power;
  }
  return (x - N(0.5)) * log(x) - x + N(0.5) * log(N(2) * acos(N(-1))) + tail - log(product);
}

/// psi_n(x), the n-th derivative of digamma: up by psi_n(x) = psi_n(x + 1) - (-1)^n n! / x^(n+1) to the series 6.3.18
/// and 6.4.11. NaN at the poles 0, -1, -2, ... and below -1e6, as in polygamma.hpp.
template <class N>
N polygamma_series(int n, N x) {
  const auto power = [](const N& base, int exponent) {
    N p = 1;
    for (int k = 0; k < exponent; ++k) p = p * base;
    return p;
  };
  N factorial = 1;  // n!
  for (int k = 2; k <= n; ++k) factorial = factorial * N(k);
  const auto at = x.order();
  if (!(at > -1e6) || (at <= 0 && at == static_cast<decltype(x.order())>(static_cast<long>(at))))
    return N(std::numeric_limits<double>::quiet_NaN());
  N sum = 0;
  for (; x.order() < asymptotic_for<N> + n; x = x + 1) sum = sum + factorial / power(x, n + 1);
  // (-1)^(n+1) psi_n(x), for n = 0 with log(1/x) in the place of (n-1)! / x^n
  N tail = (n == 0 ? -log(x) : factorial / N(n) / power(x, n)) + factorial / (N(2) * power(x, n + 1));
  N ratio = factorial * N(n + 1) / (N(2) * power(x, n + 2));  // (2k+n-1)! / ((2k)! x^(2k+n))
  for (std::size_t k = 0; k < bernoulli.size(); ++k) {
    tail = tail + bernoulli_number<N>(k) * ratio;
    const int m = 2 * static_cast<int>(k) + 2;
    ratio = ratio * N((m + n) * (m + n + 1)) / (N((m + 1) * (m + 2)) * x * x);
  }
  return n % 2 ? sum + tail : -(sum + tail);
}

}  // namespace autograd::core
