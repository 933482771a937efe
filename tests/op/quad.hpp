// Derivatives in quad precision: what the battery compares with has 20 digits more than a double can show.
//
//   derivative_in_quad([](Quad x) { return tanh(x); }, Quad(0.5), h)     // 25 digits
#pragma once

#include <cmath>
#include <limits>
#include <vector>

#include <autograd/core/number.hpp>

namespace battery {

using autograd::core::Quad;
#ifndef __SIZEOF_FLOAT128__
static_assert(std::numeric_limits<long double>::digits >= 113, "the battery needs numbers of 113 bits");
#endif

inline Quad fabs(Quad x) { return abs(x); }
inline Quad fmin(Quad x, Quad y) { return y < x ? y : x; }
inline Quad fmax(Quad x, Quad y) { return x < y ? y : x; }

/// df/dx by five points of f, h apart around x: the error is h^4 f^(5)/30, and what rounding leaves, 1e-33 f / h.
inline Quad five_points(Quad far_below, Quad below, Quad above, Quad far_above, Quad h) {
  return (8 * (above - below) - (far_above - far_below)) / (12 * h);
}
/// The same of a function. The step is a power of two, so that x + h is what it says.
template <class F>
Quad derivative_in_quad(const F& f, Quad x, Quad h) {
  return five_points(f(x - 2 * h), f(x - h), f(x + h), f(x + 2 * h), h);
}
/// And of one with several results.
template <class F>
std::vector<Quad> derivatives_in_quad(const F& f, Quad x, Quad h) {
  const std::vector<Quad> at[] = {f(x - 2 * h), f(x - h), f(x + h), f(x + 2 * h)};
  std::vector<Quad> d;
  for (std::size_t j = 0; j < at[0].size(); ++j) d.push_back(five_points(at[0][j], at[1][j], at[2][j], at[3][j], h));
  return d;
}
/// A step for that: 2^-bits of the distance over which functions change near x.
inline Quad step_at(double length, int bits) { return Quad(std::ldexp(1.0, std::ilogb(length) - bits)); }

/// |got - want| in units of the last place of want as a T; 0 for two NaNs.
template <class T>
double ulps_from(double got, Quad want) {
  if (got != got || want != want) return got != got && want != want ? 0 : std::numeric_limits<double>::infinity();
  const T rounded = static_cast<T>(want);
  if (!std::isfinite(rounded)) return got == static_cast<double>(rounded) ? 0 : std::numeric_limits<double>::infinity();
  const T at = std::fabs(rounded);
  const double unit =
      static_cast<double>(std::nextafter(at, std::numeric_limits<T>::infinity())) - static_cast<double>(at);
  return static_cast<double>(fabs(Quad(got) - want) / unit);
}

}  // namespace battery
