// The battery on formulas: the value and both derivatives of an elementwise op against quad precision, at hundreds of
// points all over its domain. Forward and reverse must each be within 8 ULP, or within what rounding every operation
// of the op's own formula can cause where that is more (see rounded.hpp), and within 1e-13 of the norm of all.
//
// The reference is computed once for each op; what is compared with it may be the op or a mutant of it.
#pragma once

#include <array>
#include <vector>

#include <tests/op/instances.hpp>
#include <tests/op/reference.hpp>
#include <tests/op/rounded.hpp>
#include <tests/op/samples.hpp>
#include <tests/op/verdict.hpp>

namespace battery {

/// How many points an op's formulas are tested at; each gives a sample of every partial derivative.
inline constexpr std::size_t formula_points = 640;

/// How many samples of slopes an op gives.
template <class Op>
std::size_t slope_samples() {
  if constexpr (op::boolean_result<Op>) return 0;
  else return Instances<Op>::list().size() * formula_points * elementwise_arity<Op>();
}

template <class Op, std::size_t N>
class FormulaBattery {
 public:
  using Numbers = std::array<double, N>;

  explicit FormulaBattery(const Op& o) : op_(o) {
    for (std::size_t i = 0; i < formula_points; ++i) points_.push_back(reference(i));
  }

  /// Compares an op that should be this one. Returns the number of partial derivatives that were compared with a finite
  /// reference.
  template <class Tested>
  std::size_t compare(const Tested& tested, Verdict& verdict) const {
    std::size_t samples = 0;
    double difference = 0, norm = 0;
    for (const Point& at : points_) {
      if (verdict.enough()) return samples;
      value(tested, at, verdict);
      if constexpr (!op::boolean_result<Op>) {
        Numbers forward;
        for (std::size_t k = 0; k < N; ++k) forward[k] = slope(tested, at.x, k);
        ag::Tape tape;
        std::array<ag::Var, N> x;
        for (std::size_t k = 0; k < N; ++k) x[k] = tape.variable(at.x[k]);
        const ag::Var y = std::apply([&](auto... v) { return ag::Var(ag::evaluate(tested, v...)); }, x);
        const auto g = tape.gradient(y);
        for (std::size_t k = 0; k < N; ++k) {
          compare_slope(verdict, "forward", at, k, forward[k]);
          compare_slope(verdict, "reverse", at, k, g[x[k]].value());
          for (std::size_t j = 0; j < at.curvature[k].size(); ++j)
            compare_curvature(verdict, at, curvature(tested, at.x, j, k), at.curvature[k][j],
                              at.curvature_allowed[k][j]);
          if (std::isfinite(static_cast<double>(at.slope[k]))) {
            const double scale = 1 + std::fabs(static_cast<double>(at.slope[k]));
            const double error = static_cast<double>(Quad(forward[k]) - at.slope[k]) / scale;
            difference += error * error, norm += 1;
            ++samples;
          }
        }
      }
    }
    if constexpr (!op::boolean_result<Op>)
      verdict.at("norm of all slopes").is(difference <= 1e-26 * norm, "within 1e-13 of the quad reference");
    return samples;
  }

  /// The points, for a table of them and for mutants.
  std::vector<Numbers> arguments() const {
    std::vector<Numbers> all;
    for (const Point& p : points_) all.push_back(p.x);
    return all;
  }

 private:
  struct Point {
    Numbers x;
    Quad value;
    double value_allowed;  // in ULP
    std::array<Quad, N> slope;
    Numbers slope_allowed;                       // absolute
    std::array<std::vector<Quad>, N> curvature;  // [k][j]: of the slope in k with respect to argument j, at some points
    std::array<std::vector<double>, N> curvature_allowed;
  };

  Point reference(std::size_t i) const {
    Point at;
    for (std::size_t k = 0; k < N; ++k)
      at.x[k] = i % 4 == 0 ? sample(op::domain_of<Op>(k), k, i / 4) : wide_sample(op::domain_of<Op>(k), k, i);
    std::array<Quad, N> x;
    std::array<Rounded, N> exact;
    for (std::size_t k = 0; k < N; ++k) x[k] = at.x[k], exact[k] = at.x[k];
    const auto function = [this](const std::array<Quad, N>& v) {
      return std::apply([this](auto... a) { return Quad(Reference<Op>::value(op_, a...)); }, v);
    };
    at.value = function(x);
    const Rounded y = std::apply([this](auto... a) { return Rounded(op_.value(a...)); }, exact);
    const double unit = Rounded::unit * std::fabs(y.v) + std::numeric_limits<double>::denorm_min();
    at.value_allowed = std::max(Reference<Op>::ulp, 2 * y.error / unit);
    if constexpr (!op::boolean_result<Op>) {
      at.slope_allowed = slope_errors(op_, at.x);
      const auto slope = [&](const std::array<Quad, N>& v, std::size_t k, int bits) {
        const auto along = [&](Quad moved_to) {
          auto moved = v;
          moved[k] = moved_to;
          return function(moved);
        };
        return derivative_in_quad(along, v[k], step_at(length(at.x[k], op::domain_of<Op>(k)), bits));
      };
      for (std::size_t k = 0; k < N; ++k) {
        at.slope[k] = slope(x, k, 26);
        at.slope_allowed[k] =
            Rounded::unit * std::max(2 * at.slope_allowed[k], 8 * std::fabs(static_cast<double>(at.slope[k])));
        // The differences themselves: 1e-20 of the function's size.
        at.slope_allowed[k] += 1e-20 * std::fabs(static_cast<double>(at.value)) + 1e-320;
        for (std::size_t j = 0; j < N && i % 8 == 0; ++j) {
          const auto along = [&](Quad v) {
            auto moved = x;
            moved[j] = v;
            return slope(moved, k, 18);
          };
          const double around = length(at.x[j], op::domain_of<Op>(j));
          at.curvature[k].push_back(derivative_in_quad(along, x[j], step_at(around, 18)));
          // The formula of the second derivative is nobody's: it has the errors of some roundings of its parts.
          const double size = std::fabs(static_cast<double>(at.slope[k])) + at.slope_allowed[k] / Rounded::unit / 8;
          at.curvature_allowed[k].push_back(1e-14 *
                                            (std::fabs(static_cast<double>(at.curvature[k].back())) + size / around));
        }
      }
    }
    return at;
  }
  // Functions change over about this distance, and have their ends and kinks no nearer.
  static double length(double x, ag::Domain domain) {
    double d = std::min(1.0, std::fabs(x));
    if (std::isfinite(domain.low)) d = std::min(d, x - domain.low);
    if (std::isfinite(domain.high)) d = std::min(d, domain.high - x);
    return d;
  }
  template <class Tested>
  static double slope(const Tested& tested, const Numbers& x, std::size_t k) {
    using D = ag::Dual<double>;
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return D(ag::evaluate(tested, D{x[I], I == k ? 1.0 : 0.0}...)).tangent;
    }(std::make_index_sequence<N>{});
  }
  template <class Tested>
  static double curvature(const Tested& tested, const Numbers& x, std::size_t j, std::size_t k) {
    using D = ag::Dual<double>;
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return ag::Dual<D>(ag::evaluate(tested, ag::Dual<D>{D{x[I], I == j ? 1.0 : 0.0}, D{I == k ? 1.0 : 0.0, 0.0}}...))
          .tangent.tangent;
    }(std::make_index_sequence<N>{});
  }
  template <class Tested>
  void value(const Tested& tested, const Point& at, Verdict& verdict) const {
    const double got = std::apply([&](auto... v) { return static_cast<double>(ag::evaluate(tested, v...)); }, at.x);
    if (ulps_from<double>(got, at.value) <= at.value_allowed) return verdict.count();
    place(verdict, "value", at).near(got, static_cast<double>(at.value), 0, "against quad precision");
  }
  static void compare_slope(Verdict& verdict, const char* reading, const Point& at, std::size_t k, double got) {
    if (fabs(Quad(got) - at.slope[k]) <= Quad(at.slope_allowed[k])) return verdict.count();
    place(verdict, reading, at)
        .near(got, static_cast<double>(at.slope[k]), at.slope_allowed[k],
              k == 0 ? "slope in the first argument" : "slope in another argument");
  }
  static void compare_curvature(Verdict& verdict, const Point& at, double got, Quad want, double allowed) {
    if (fabs(Quad(got) - want) <= Quad(allowed)) return verdict.count();
    place(verdict, "Dual of Dual", at).near(got, static_cast<double>(want), allowed, "second derivative");
  }
  static Verdict& place(Verdict& verdict, const char* reading, const Point& at) {
    return std::apply([&](auto... v) -> Verdict& { return verdict.at(reading, v...); }, at.x);
  }

  Op op_;
  std::vector<Point> points_;
};

}  // namespace battery
