// Where ops are tested: points inside their domains for every argument, and the values at which formulas break.
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <autograd/autograd.hpp>

namespace battery {

namespace ag = autograd;
namespace op = autograd::op;

/// Argument k of sample i. The points keep away from multiples of 1/2, where rounding and clamping ops step,
/// and those of different arguments from each other, where maximum has its tie: so a difference of +-0.04
/// meets no kink. Every point is a float32, so that both element types see the same one.
inline double sample(ag::Domain domain, std::size_t k, std::size_t i) {
  const double low = std::isfinite(domain.low) ? domain.low : std::isfinite(domain.high) ? domain.high - 3 : -3;
  const double high = std::isfinite(domain.high) ? domain.high : low + (std::isfinite(domain.low) ? 4 : 6);
  const auto halves = static_cast<std::size_t>(2 * (high - low));
  const std::size_t half = (i * (2 * k + 1) + i / 7 + 3 * k) % halves;
  const double place = std::fmod(0.61803398875 * static_cast<double>(i + 11 * k), 1.0);
  constexpr double from[] = {0.10, 0.23, 0.39};
  return static_cast<float>(low + 0.5 * static_cast<double>(half) + from[k] + 0.06 * place);
}

/// What every formula must survive.
inline std::vector<double> special_values() {
  using L = std::numeric_limits<double>;
  std::vector<double> values = {L::quiet_NaN()};
  for (double x :
       {0.0, L::denorm_min(), L::min(), 0.5, 1.0, 1.5, 2.0, 3.0, 40.0, 800.0, 1e200, L::max(), L::infinity()})
    values.insert(values.end(), {x, -x});
  return values;
}

/// x as a long double. A call, since g++ 12 at -O3 widens two doubles side by side by way of float, which loses half
/// of their digits (-fno-tree-slp-vectorize does not).
[[gnu::noinline]] inline long double widened(double x) { return x; }

/// |a - b| in units of the last place of b, as numbers of type T.
template <class T>
double ulps(double a, double b) {
  if (a == b || (std::isnan(a) && std::isnan(b))) return 0;
  const T at = std::fabs(static_cast<T>(b));
  if (!std::isfinite(at)) return std::numeric_limits<double>::infinity();
  const double unit =
      static_cast<double>(std::nextafter(at, std::numeric_limits<T>::infinity())) - static_cast<double>(at);
  return std::fabs(a - b) / unit;
}

}  // namespace battery
