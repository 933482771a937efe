// See differences.hpp.
#include <autograd/check/differences.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace autograd::core {
namespace {

// Neville's scheme: quotients[i] = slope + c h^order + ..., and h shrinks by a factor from one to the next.
Difference neville(std::span<const double> quotients, double first, double ratio) {
  double previous[rows] = {}, current[rows] = {};
  Difference best{std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()};
  for (std::size_t i = 0; i < quotients.size(); ++i) {
    current[0] = quotients[i];
    double factor = first;
    for (std::size_t j = 1; j <= i; ++j, factor *= ratio) {
      current[j] = (current[j - 1] * factor - previous[j - 1]) / (factor - 1);
      const double e = std::max(std::abs(current[j] - current[j - 1]), std::abs(current[j] - previous[j - 1]));
      if (e <= best.uncertainty) best = {current[j], e};
    }
    std::copy(current, current + i + 1, previous);
  }
  return best;
}

}  // namespace

double first_step(double x) { return 0.02 * std::max(std::abs(x), 0.25); }

double least_step(double x) { return std::max(64 * std::numeric_limits<double>::epsilon() * std::abs(x), 1e-290); }

Difference extrapolated(std::span<const double> quotients) {
  return neville(quotients, shrink * shrink, shrink * shrink);
}

Difference extrapolated_on_side(std::span<const double> quotients) { return neville(quotients, shrink, shrink); }

Difference ridders(const std::function<double(double)>& g, double x, double h) {
  double quotients[rows], rounding = 0;
  for (int i = 0; i < rows; ++i, h /= shrink) {
    const double up = x + h, down = x - h;  // the steps that are really taken
    const double above = g(up), below = g(down);
    quotients[i] = (above - below) / (up - down);
    if (i == 0) rounding = std::numeric_limits<double>::epsilon() * std::max(std::abs(above), std::abs(below)) / h;
  }
  Difference d = extrapolated(quotients);
  d.rounding = rounding;
  return d;
}

Difference one_sided(const std::function<double(double)>& g, double x, double h) {
  const double here = g(x);
  double quotients[rows];
  for (int i = 0; i < rows; ++i, h /= 2) {
    const double there = x + h;
    quotients[i] = (g(there) - here) / (there - x);
  }
  return neville(quotients, 2, 2);
}

bool clearly_apart(const Difference& a, const Difference& b, double noise) {
  const double gap = std::abs(a.value - b.value), scale = std::max(std::abs(a.value), std::abs(b.value));
  return gap > 20 * (a.uncertainty + b.uncertainty + noise) + 1e-7 * scale;
}

}  // namespace autograd::core
