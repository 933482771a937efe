// Numeric derivatives with an estimate of their own error: Ridders' extrapolated differences (Numerical Recipes,
// section 5.7), central and one-sided.
#pragma once

#include <functional>
#include <span>
#include <vector>

namespace autograd::core {

struct Difference {
  double value, uncertainty;
  double rounding = 0;  ///< what the rounding of the values that were subtracted leaves in the first quotient
};

/// The step from which the differences at x start, before kinks shorten it.
double first_step(double x);

/// A step that no kink lies in unless it is at x.
double least_step(double x);

/// The factor between the first and the last step of `ridders`.
inline constexpr double steps_span = 43;  // 1.6^8

/// What rounding leaves in a difference with the step h of values that are rounded by `noise` near x: beside it by more
/// where they are larger, as those of x^3 at 0.
inline double noise_of(const Difference& d, double noise, double h) {
  return 2 * steps_span * noise / h + 4 * d.rounding;
}

/// g'(x) from central differences with h, h/1.6, h/1.6^2 ... down to h / steps_span.
Difference ridders(const std::function<double(double)>& g, double x, double h);

/// The same from differences that were taken already: quotients[i] belongs to the step h / 1.6^i.
Difference extrapolated(std::span<const double> quotients);
/// The same for one side: quotients[i] from x and x + h / 1.6^i.
Difference extrapolated_on_side(std::span<const double> quotients);
/// How many of them, and the factor between their steps.
inline constexpr int rows = 9;
inline constexpr double shrink = 1.6;

/// The slope on one side: from g(x + h), g(x + h/2), ... and g(x); h < 0 for the left.
Difference one_sided(const std::function<double(double)>& g, double x, double h);

/// Whether two slopes that are known so well are those of a kink: well apart, for what they and `noise` leave open.
bool clearly_apart(const Difference& a, const Difference& b, double noise);

}  // namespace autograd::core
