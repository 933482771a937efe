// Numerical derivatives: central differences, extrapolated to step 0 by Ridders' method.
#pragma once

#include <array>
#include <cmath>
#include <limits>

namespace battery {

/// df/dx with about three quarters of the digits of T, for an f that is smooth within `step` of x.
template <class T, class F>
T derivative_of(const F& f, T x, T step = T(0.04)) {
  constexpr int rows = 10;
  std::array<std::array<T, rows>, rows> table{};
  T best = std::numeric_limits<T>::quiet_NaN(), error = std::numeric_limits<T>::infinity();
  for (int i = 0; i < rows; ++i, step /= T(1.4)) {
    table[0][i] = (f(x + step) - f(x - step)) / (2 * step);
    T factor = T(1.96);
    for (int j = 1; j <= i; ++j, factor *= T(1.96)) {
      table[j][i] = (table[j - 1][i] * factor - table[j - 1][i - 1]) / (factor - 1);
      const T change =
          std::fmax(std::fabs(table[j][i] - table[j - 1][i]), std::fabs(table[j][i] - table[j - 1][i - 1]));
      if (change <= error) error = change, best = table[j][i];
    }
    // Rounding has taken over.
    if (i > 0 && std::fabs(table[i][i] - table[i - 1][i - 1]) > 2 * error) break;
  }
  return best;
}

}  // namespace battery
