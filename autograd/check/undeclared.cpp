// See undeclared.hpp.
#include <autograd/check/undeclared.hpp>

#include <algorithm>
#include <cmath>

#include <autograd/check/compare.hpp>
#include <autograd/check/complex_step.hpp>
#include <autograd/check/local_rule.hpp>

namespace autograd::core {
namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();

// What some operations do on one side: their arguments, values, and slopes by the complex step.
struct Local {
  std::vector<Array> arguments, slopes;
  Array value;
};

std::vector<Local> locals(const Subject& s, const std::vector<std::size_t>& statements) {
  const Recording recording(s);
  std::vector<Local> all;
  for (const std::size_t i : statements) {
    const LocalRule rule(recording, *recording.tape().statements()[i]);
    Local l;
    l.value = rule.result().cast(float64).packed().copy();
    for (std::size_t k = 0; k < rule.arguments(); ++k) {
      if (!rule.differentiable(k)) continue;
      const Array& x = rule.argument(k);
      const Array slope = rule.complex_tangent(k, x, Array::full(x.shape(), float64, 1));
      if (!slope) continue;
      l.arguments.push_back(alone::spread(x, l.value.shape()).copy());
      l.slopes.push_back(slope.packed());
    }
    all.push_back(std::move(l));
  }
  return all;
}

double at(const Array& a, Index i) { return a.data<double>()[i]; }

// Whether slopes or values of an operation jump from one side to the other; `smooth` is how far its slopes may differ
// where they do not.
bool jumps(const Local& a, const Local& b, double smooth) {
  for (std::size_t k = 0; k < std::min(a.slopes.size(), b.slopes.size()); ++k)
    for (Index e = 0; e < a.value.size(); ++e) {
      const double l = at(a.slopes[k], e), r = at(b.slopes[k], e), size = std::max(std::abs(l), std::abs(r));
      if (std::abs(l - r) > smooth * size) return true;
      double moved = 0;
      for (std::size_t j = 0; j < a.slopes.size(); ++j)
        moved += std::abs(at(a.arguments[j], e) - at(b.arguments[j], e)) *
                 std::max(std::abs(at(a.slopes[j], e)), std::abs(at(b.slopes[j], e)));
      if (std::abs(at(a.value, e) - at(b.value, e)) > 4 * moved + 1e-12 * std::abs(at(a.value, e))) return true;
    }
  return false;
}

}  // namespace

bool Undeclared::any() {
  if (!here_) here_.emplace(recording_, true);
  return !here_->choices.empty();
}

// The operations with a kink between x - step and x + step, as positions of their statements.
std::vector<std::size_t> Undeclared::kinks_between(double step, const Move& move) {
  move(step);
  const Course up = course_of(s_, true);
  move(-step);
  const Course down = course_of(s_, true);
  std::vector<std::size_t> statements, kinks;
  for (const std::size_t i : other_choices(up, down))
    if (up.choosers[i] < recording_.tape().statements().size()) statements.push_back(up.choosers[i]);
  if (!statements.empty()) {
    const std::vector<Local> left = locals(s_, statements);
    move(step);
    const std::vector<Local> right = locals(s_, statements);
    for (std::size_t i = 0; i < statements.size(); ++i)
      if (jumps(left[i], right[i], std::clamp(100 * step, 1e-6, 0.1))) kinks.push_back(statements[i]);
  }
  move(0);
  return kinks;
}

// The slope of the piece on one side; from the value at x itself, or where that belongs to another piece, from beside.
Undeclared::Side Undeclared::side(double first, const Move& move, const std::function<double(double)>& g,
                                  double noise) {
  const double step = reach_on_side(s_, move, first, true), near = first / std::pow(rung, ladder - 1) / 512;
  const Difference piece = one_sided(g, near, step);
  const double here = g(0), gap = std::abs(g(near) - here);
  const bool jump = gap > 4 * std::abs(piece.value * near) + 64 * epsilon * std::abs(here) + 1e-290;
  Side side{jump ? piece : one_sided(g, 0, step), 0, jump};
  side.slack = 1e-8 * std::abs(side.slope.value) + 2 * side.slope.uncertainty + 600 * noise / std::abs(step);
  return side;
}

bool Undeclared::at_kink(GradcheckReading& r, const std::vector<Array>& tangents, const Move& move, double floor,
                         double noise) {
  const auto g = [&](double t) {
    move(t);
    return s_.value();
  };
  const double first = first_step(r.at);
  const Side right = side(first, move, g, noise), left = side(-first, move, g, noise);
  move(0);
  r.left = left.slope.value;
  r.right = right.slope.value;
  r.numeric = GradcheckReading::none;
  r.uncertainty = std::max(left.slope.uncertainty, right.slope.uncertainty);
  r.allowed = std::max(left.slack, right.slack);
  // One that is smooth here is as wrong as it seemed.
  if (!left.jump && !right.jump && !(std::abs(r.left - r.right) > left.slack + right.slack)) return false;
  r.ok = r.reverse >= std::min(r.left - left.slack, r.right - right.slack) &&
         r.reverse <= std::max(r.left + left.slack, r.right + right.slack);
  r.ok =
      r.ok && std::abs(r.reverse - r.forward) <= o_.exact * std::max(std::abs(r.reverse), std::abs(r.forward)) + floor;
  if (!r.complex) return true;
  // The complex step has no error, and on either side of a kink its slope.
  const auto [low, high] = complex_on_sides(first, tangents, move);
  const double slack = o_.relative * std::max(std::abs(low), std::abs(high)) + floor;
  r.ok = r.ok && r.reverse >= std::min(low, high) - slack && r.reverse <= std::max(low, high) + slack;
  return true;
}

std::pair<double, double> Undeclared::complex_on_sides(double first, const std::vector<Array>& tangents,
                                                       const Move& move) {
  const auto slope = [&](double t) {
    move(t);
    const Recording there(s_);
    std::string obstacle;
    return complex_step(there, tangents, obstacle).value_or(GradcheckReading::none);
  };
  const double least = first / std::pow(rung, long_ladder - 1);
  const std::pair<double, double> slopes{slope(-least), slope(least)};
  move(0);
  return slopes;
}

std::optional<double> Undeclared::complex_at_tie(double first, const std::vector<Array>& tangents, const Move& move) {
  if (!any() || reach(s_, *here_, move, first, long_ladder).step > 0) return std::nullopt;
  const auto [left, right] = complex_on_sides(first, tangents, move);
  if (!(std::abs(left - right) <= o_.relative * std::max(std::abs(left), std::abs(right)))) return std::nullopt;
  return 0.5 * (left + right);
}

bool Undeclared::rules_right(const std::vector<std::size_t>& statements) {
  return std::none_of(statements.begin(), statements.end(), [&](std::size_t i) {
    return wrong_rule(recording_, *recording_.tape().statements()[i], o_).has_value();
  });
}

std::string Undeclared::text_of(std::size_t statement) const {
  const Statement& s = *recording_.tape().statements()[statement];
  return op_text(s.name(), s.where);
}

void Undeclared::look_again(GradcheckReading& r, double step, const std::vector<Array>& tangents, const Move& move,
                            double floor, double noise) {
  const auto g = [&](double t) {
    move(t);
    return s_.value();
  };
  if (r.complex)
    if (const auto slope = complex_at_tie(first_step(r.at), tangents, move)) {
      r.complex = slope;
      judge(r, floor, o_);
      if (r.ok) return;
    }
  const auto [reached, kinks] = around(step, first_step(r.at), move);
  if (!kinks.empty()) {
    GradcheckReading again = r;
    bool better = true;
    if (reached > 0) {
      const Difference d = ridders(g, 0, reached);
      move(0);
      again.numeric = d.value;
      again.uncertainty = d.uncertainty;
      again.noise = noise_of(d, noise, reached);
      judge(again, floor, o_);
    } else {
      better = at_kink(again, tangents, move, floor, noise);
      again.kink = std::string("crosses a kink in ").append(text_of(kinks.front()));
    }
    if (better) {
      again.ok = again.ok && rules_right(kinks);
      r = again;
      if (r.ok)
        for (const std::size_t i : kinks)
          if (const std::string op = text_of(i); std::find(met_.begin(), met_.end(), op) == met_.end())
            met_.push_back(op);
      return;
    }
  }
  slopes_beside(r, g, step, o_);
  move(0);
}

Undeclared::Around Undeclared::around(double step, double first, const Move& move) {
  if (!any()) return {step, {}};
  const double reached = reach(s_, *here_, move, first, long_ladder).step;
  if (reached >= step) return {step, {}};
  const double crossing = reached > 0 ? rung * reached : first / std::pow(rung, long_ladder - 1);
  return {reached, kinks_between(crossing, move)};
}

double Undeclared::shortened(double step, double first, const Move& move) {
  const auto [reached, kinks] = around(step, first, move);
  return kinks.empty() || !rules_right(kinks) ? step : reached;
}

void slopes_beside(GradcheckReading& r, const std::function<double(double)>& g, double step,
                   const GradcheckOptions& o) {
  const double noise = epsilon * std::abs(g(0));
  Difference up = one_sided(g, 0, step), down = one_sided(g, 0, -step);
  if (!clearly_apart(up, down, 600 * noise / step)) {
    // A kink not at x, but between here and there: then a shorter step knows better.
    double h = step;
    Difference near{};
    int i = 1;
    for (; i < ladder; ++i) {
      h /= rung;
      near = ridders(g, 0, h);
      near.uncertainty += steps_span * noise / h;
      if (std::abs(near.value - r.reverse) <= o.relative * std::abs(r.reverse) + 2 * near.uncertainty &&
          near.uncertainty <= 1e-4 * std::abs(r.reverse))
        break;
    }
    if (i == ladder) return;
    up = ridders(g, step / 2, step / 8);
    down = ridders(g, -step / 2, step / 8);
    if (!clearly_apart(up, down, 600 * noise / step)) return;
  }
  r.left = down.value;
  r.right = up.value;
}

std::string undeclared_note(const std::string& op) {
  return op +
         " declares no `branch`: that it has a kink was seen from the choices in its formula. `int branch(double x) "
         "const` in the op tells on which side of it an element is";
}

}  // namespace autograd::core
