// See compare.hpp.
//
// Reverse runs on a plain tape, so on fused statements; forward runs the operations one by one: the two share the
// formulas of the derivatives and nothing else. Differences and the complex step share the formulas of the values.
#include <autograd/check/compare.hpp>

#include <algorithm>
#include <cmath>

#include <autograd/check/blame.hpp>
#include <autograd/check/complex_step.hpp>
#include <autograd/check/differences.hpp>
#include <autograd/check/kinks.hpp>
#include <autograd/check/undeclared.hpp>

namespace autograd::core {
namespace {

constexpr const char* not_deterministic =
    "the function is not deterministic: two evaluations at the same point differ. If it draws random numbers, hand "
    "their generator to the check, GradcheckOptions{.generator = rng}, which restarts it for every evaluation";

constexpr double epsilon = std::numeric_limits<double>::epsilon();

// The slopes on both sides of a kink, between which a subgradient lies.
void judge_at_kink(GradcheckReading& r, const Subject& s, const std::function<void(double)>& move,
                   const std::function<double(double)>& g, double floor, const GradcheckOptions& o) {
  const double first = first_step(r.at);
  const double right = reach_on_side(s, move, first), left = reach_on_side(s, move, -first);
  const Difference up = one_sided(g, 0, right), down = one_sided(g, 0, left);
  r.right = up.value;
  r.left = down.value;
  const auto loose = [&](const Difference& d, double step) {
    return 1e-6 * std::abs(d.value) + 2 * d.uncertainty + 600 * r.noise / std::abs(step);
  };
  const double slack_up = loose(up, right), slack_down = loose(down, left);
  double low = std::numeric_limits<double>::infinity(), high = -low;
  const auto extend = [&](const Difference& d, double slack) {
    if (std::isnan(d.value) || std::isnan(slack)) return;
    low = std::min(low, d.value - slack);
    high = std::max(high, d.value + slack);
  };
  extend(up, slack_up);
  extend(down, slack_down);
  r.uncertainty = std::max(up.uncertainty, down.uncertainty);
  r.allowed = std::max(slack_up, slack_down);
  r.ok = low <= r.reverse && r.reverse <= high;
  if (std::isinf(r.reverse)) {
    // An infinite slope at the end of a domain: quotients that grow as the step shrinks.
    const double step = std::isfinite(g(first)) ? first : -first, here = g(0);
    const auto quotient = [&](double t) { return (g(t) - here) / t; };
    const double wide = quotient(step), narrow = quotient(step / 4096);
    r.ok = std::abs(narrow) > 4 * std::abs(wide) && std::signbit(narrow) == std::signbit(r.reverse);
  }
  const double scale = std::max(std::abs(r.reverse), std::abs(r.forward));
  r.ok = r.ok && (r.reverse == r.forward || std::abs(r.reverse - r.forward) <= o.exact * scale + floor);
  move(0);
}

// What rounding in the value leaves in a difference of it with the step h: eps |f|, and more where f is a small
// difference of large numbers: so much does f jump about over steps too short to change it otherwise.
double value_noise(const std::function<double(double)>& g, double base, double slope, double size) {
  double noise = epsilon * std::max(std::abs(base), 1e-30);
  for (const double step : {-2e-11 * size, -1e-11 * size, 1e-11 * size, 2e-11 * size}) {
    const double jump = std::abs(g(step) - base - slope * step);
    if (std::isfinite(jump)) noise = std::max(noise, jump);
  }
  return noise;
}

struct Checker {
  const Subject& s;
  const GradcheckOptions& o;
  GradcheckReport report{};
  double base = 0;
  std::vector<double> largest{};  // of the gradient's elements, for each argument

  // Along `move`, which puts the arguments at a distance from where they are.
  void read(GradcheckReading& r, const Course& here, const std::function<void(double)>& move,
            const std::vector<Array>& tangents, Undeclared& undeclared) {
    const auto g = [&](double t) {
      move(t);
      return s.value();
    };
    const double size = std::max(std::abs(r.at), 0.25);
    const double noise = value_noise(g, base, std::isfinite(r.reverse) ? r.reverse : 0, size);
    const bool infinite = std::isinf(r.reverse);
    const Reach reached = infinite ? Reach() : reach(s, here, move, first_step(r.at), ladder);
    if (reached.step == 0) {
      r.kink = infinite ? "has an infinite slope" : "crosses " + reached.obstacle;
      r.noise = noise;
      judge_at_kink(r, s, move, g, rounding(r.argument, size), o);
      return;
    }
    const Difference d = ridders(g, 0, reached.step);
    move(0);
    r.numeric = d.value;
    r.uncertainty = d.uncertainty;
    r.noise = noise_of(d, noise, reached.step);
    const double floor = rounding(r.argument, size) + std::min(r.noise, 1e-10);
    judge(r, floor, o);
    if (!r.ok) undeclared.look_again(r, reached.step, tangents, move, floor, noise);
  }

  // What rounding leaves in the exact readings: they share no sum, so not the order of its terms.
  double rounding(std::size_t argument, double size) const {
    return 1e-12 * (largest[argument] + std::abs(base) / size);
  }

  void elements(const Recording& recorded, const std::vector<Tensor>& gradients, Undeclared& undeclared) {
    const Course here(recorded);
    largest.assign(s.arguments.size(), 0);
    for (std::size_t k = 0; k < s.arguments.size(); ++k) {
      const Array& x = s.arguments[k];
      report.shapes.push_back(x.shape());
      if (!is_floating(x.dtype())) continue;
      report.total += x.size();
      const std::vector<double> gradient = gradients[k].to_vector();
      for (const double g : gradient)
        if (std::isfinite(g)) largest[k] = std::max(largest[k], std::abs(g));
      const std::vector<Index> looked_at = chosen(x.size(), o.samples, o.seed + k);
      // The exact readings first: differences change the arguments, which the recording looks at.
      std::vector<GradcheckReading> readings;
      const auto tangents_of = [&](Index i) {
        std::vector<Array> tangents(s.arguments.size());
        tangents[k] = Array::zeros(x.shape(), float64);
        tangents[k].data<double>()[i] = 1;
        return tangents;
      };
      for (const Index i : looked_at) {
        GradcheckReading r;
        r.argument = k;
        r.element = i;
        r.at = x.data<double>()[i];
        r.reverse = gradient[static_cast<std::size_t>(i)];
        const std::vector<Array> tangents = tangents_of(i);
        r.forward = recorded.forward(tangents);
        if (report.no_complex_step.empty()) r.complex = complex_step(recorded, tangents, report.no_complex_step);
        readings.push_back(r);
      }
      for (GradcheckReading& r : readings) {
        double& element = x.data<double>()[r.element];
        read(r, here, [&](double t) { element = r.at + t; }, tangents_of(r.element), undeclared);
        report.readings.push_back(r);
      }
    }
  }

  void dot_product(const Recording& recorded, const std::vector<Tensor>& gradients, Undeclared& undeclared) {
    DotProduct& d = report.dot;
    std::vector<Array> direction(s.arguments.size()), start(s.arguments.size());
    double size = 0;  // the sum of the absolute terms: what rounding is measured by
    for (std::size_t k = 0; k < s.arguments.size(); ++k) {
      if (!is_floating(s.arguments[k].dtype())) continue;
      start[k] = s.arguments[k].copy();
      direction[k] = random_direction(s.arguments[k].shape(), o.seed + 100 + k, true);
      const std::vector<double> gradient = gradients[k].to_vector();
      for (std::size_t i = 0; i < gradient.size(); ++i) {
        const double term = gradient[i] * direction[k].data<double>()[i];
        d.reverse += term;
        size += std::abs(term);
      }
    }
    if (!std::isfinite(size)) return;  // an infinite slope has no product
    d.done = true;
    d.forward = recorded.forward(direction);
    if (report.no_complex_step.empty()) d.complex = complex_step(recorded, direction, report.no_complex_step);
    const auto move = [&](double t) {
      for (std::size_t k = 0; k < start.size(); ++k)
        for (Index i = 0; start[k] && i < start[k].size(); ++i)
          s.arguments[k].data<double>()[i] = start[k].data<double>()[i] + t * direction[k].data<double>()[i];
    };
    const auto g = [&](double t) {
      move(t);
      return s.value();
    };
    const double noise = value_noise(g, base, d.reverse, 0.25);
    const double step = reach(s, Course(recorded), move, first_step(0), ladder).step;
    d.allowed = o.exact * size + 1e-12 * std::abs(base) + std::min(1e4 * noise, 1e-10);
    const auto judge = [&](double h) {
      d.ok = std::abs(d.reverse - d.forward) <= d.allowed;
      d.numeric = GradcheckReading::none;
      if (h == 0) return;
      const Difference n = ridders(g, 0, h);
      d.numeric = n.value;
      d.allowed_numeric = o.relative * size + 2 * n.uncertainty + noise_of(n, noise, h);
      d.ok = d.ok && std::abs(d.reverse - d.numeric) <= d.allowed_numeric;
      // At a kink the complex step takes one side, the gradient what lies between.
      if (d.complex) d.ok = d.ok && std::abs(d.reverse - *d.complex) <= d.allowed;
    };
    judge(step);
    move(0);
    if (d.ok) return;
    if (d.complex)
      if (const auto slope = undeclared.complex_at_tie(first_step(0), direction, move)) {
        d.complex = slope;
        judge(step);
      }
    const DotProduct before = d;
    if (const double shorter = d.ok ? step : undeclared.shortened(step, first_step(0), move); shorter < step)
      judge(shorter);
    move(0);
    if (!d.ok) d = before;
  }
};

}  // namespace

void judge(GradcheckReading& r, double floor, const GradcheckOptions& o) {
  const double scale = std::max(std::abs(r.reverse), std::abs(r.numeric));
  r.allowed = o.relative * scale + 2 * r.uncertainty + r.noise;
  const double exact = o.exact * std::max(scale, std::abs(r.forward)) + floor;
  r.ok = std::abs(r.reverse - r.numeric) <= r.allowed && std::abs(r.reverse - r.forward) <= exact;
  if (r.complex) r.ok = r.ok && std::abs(r.reverse - *r.complex) <= exact;
  // Without an exact reference the differences have to be good themselves.
  else r.ok = r.ok && r.uncertainty <= 1e-4 * scale + 100 * r.noise;
}

GradcheckReport check_subject(const Subject& s, const GradcheckOptions& o) {
  Checker check{s, o};
  GradcheckReport& report = check.report;
  report.names = s.names;
  check.base = s.value();
  const double again = s.value();
  if (!(check.base == again) && !(std::isnan(check.base) && std::isnan(again))) {
    report.complaint = not_deterministic;
  } else if (std::none_of(s.arguments.begin(), s.arguments.end(),
                          [](const Array& x) { return is_floating(x.dtype()); })) {
    report.complaint = "there is nothing to check: no parameter, or no argument of a floating dtype";
  } else if (!std::isfinite(check.base)) {
    report.complaint = "the value of the function is not finite here, so it has no derivative to check";
    report.complaint += first_not_finite(s);
  }
  if (!report.complaint.empty()) {
    for (const Array& x : s.arguments) report.shapes.push_back(x.shape());
    s.restart();
    return std::move(report);
  }
  try {
    const std::vector<Tensor> gradients = s.reverse();
    const Recording recorded(s);
    Undeclared undeclared(s, recorded, o);
    check.elements(recorded, gradients, undeclared);
    check.dot_product(recorded, gradients, undeclared);
    for (const std::string& op : undeclared.met()) report.notes.push_back(undeclared_note(op));
  } catch (const ShapeError& e) {  // of a rule: the function itself has been evaluated
    report.shapes.clear();
    for (const Array& x : s.arguments) report.shapes.push_back(x.shape());
    report.readings.clear();
    report.complaint = std::string("a pullback or pushforward throws: ").append(e.what());
    s.restart();
    return std::move(report);
  }
  // A function may be the same twice by chance, or count its calls.
  if (s.value() != check.base) report.complaint = not_deterministic;
  for (const GradcheckReading& r : report.readings) {
    const double apart = r.relative();
    if (r.kink.empty() && !(apart <= report.worst)) report.worst = apart;
  }
  note_cancellation(s, report);
  if (!report.ok() && report.complaint.empty() && o.blame) explain(s, o, report);
  s.restart();
  return std::move(report);
}

}  // namespace autograd::core
