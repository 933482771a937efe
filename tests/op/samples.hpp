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

/// Argument k of point i all over the domain: from a thousandth of its ends, or of 0, to 20 away. Points of different
/// arguments are not equal, and none is a multiple of 1/2.
inline double wide_sample(ag::Domain domain, std::size_t k, std::size_t i) {
  const double part = std::fmod(0.61803398875 * static_cast<double>(i + 1) + 0.3 * static_cast<double>(k), 1.0);
  const bool bounded_below = std::isfinite(domain.low), bounded_above = std::isfinite(domain.high);
  const bool upper = (i + k / 2) % 2 == 1;
  if (bounded_below && bounded_above) {
    const double inset = (domain.high - domain.low) / 2 * std::pow(10, -3 * part);
    return static_cast<float>(upper ? domain.high - inset : domain.low + inset);
  }
  const double away = std::pow(10, 4.3 * part - 3);
  if (bounded_below) return static_cast<float>(domain.low + away);
  if (bounded_above) return static_cast<float>(domain.high - away);
  return static_cast<float>((i / 2 + k) % 2 ? -away : away);
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
