// wrong_rule: see local_rule.hpp.
//
// The reference is a column of the operation's Jacobian, d result / d one element, by the complex step or by Ridders'
// differences of all elements of the result at once. An elementwise operation has at most one such column for each
// element that differs from zero in a place of its own: those are all taken in one go.
#include <autograd/check/local_rule.hpp>

#include <algorithm>
#include <cmath>

#include <autograd/check/differences.hpp>
#include <autograd/check/kinks.hpp>

namespace autograd::core {
namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();

// The tangent of the result along dx, and how far each of its elements can be trusted: NaN where no difference can. At
// a kink that no branch declares it is anything from `low` to `high`, the slopes on both sides.
struct Reference {
  std::vector<double> low, high, allowed;

  explicit Reference(Index n) : low(static_cast<std::size_t>(n)), high(low), allowed(low) {}
  void set(std::size_t j, double value, double slack) {
    low[j] = high[j] = value;
    allowed[j] = slack;
  }
  void extend(std::size_t j, double value) {
    low[j] = std::min(low[j], value);
    high[j] = std::max(high[j], value);
  }
  double nearest(std::size_t j, double given) const {
    return std::isnan(given) ? low[j] : std::clamp(given, low[j], high[j]);
  }
};

// How many times too far a number is from those between low and high; infinite for a NaN.
double excess(double a, double low, double high, double allowed) {
  const double gap = a == low || a == high ? 0 : std::max(low - a, a - high);
  if (std::isnan(a) || std::isnan(gap)) return std::numeric_limits<double>::infinity();
  return gap <= allowed ? 0 : gap / allowed;
}

double& at(const Array& a, Index i) { return a.data<double>()[i]; }

Array moved(const Array& x, const Array& dx, const std::vector<double>& step, double factor) {
  const Array y = x.cast(float64).copy();
  for (Index i = 0; i < y.size(); ++i)
    at(y, i) += factor * step[step.size() == 1 ? 0 : static_cast<std::size_t>(i)] * at(dx, i);
  return y;
}

class RuleCheck {
 public:
  RuleCheck(const LocalRule& rule, const GradcheckOptions& options) : rule_(rule), o_(options) {}

  std::optional<Blame> run() {
    for (std::size_t k = 0; k < rule_.arguments(); ++k) {
      if (!rule_.differentiable(k)) continue;
      const Array& x = rule_.argument(k);
      if (x.size() == 0) continue;
      const Array weights = random_direction(rule_.result().shape(), o_.seed + 7, true);
      const Array pulled = rule_.pulled(k, weights);
      if (rule_.statement().elementwise())
        if (const auto suspects = all_at_once(k, weights, pulled)) {
          for (const Index i : *suspects)
            if (auto blame = column(k, i, weights, pulled)) return blame;
          continue;
        }
      // Elements one by one; and all of a large argument at once, along a direction.
      const std::vector<Index> elements = chosen(x.size(), std::max<std::size_t>(o_.samples, 64), o_.seed + 17 * k);
      for (const Index i : elements)
        if (auto blame = column(k, i, weights, pulled)) return blame;
      if (static_cast<Index>(elements.size()) < x.size() && !whole(k, weights, pulled))
        for (Index i = 0; i < std::min<Index>(x.size(), 4096); ++i)
          if (auto blame = column(k, i, weights, pulled)) return blame;
    }
    return std::nullopt;
  }

 private:
  // The elements of argument k of an elementwise operation for which a rule seems to be wrong: every element of the
  // result depends on one of them, so one complex step tells all partial derivatives. None if there is no such step.
  std::optional<std::vector<Index>> all_at_once(std::size_t k, const Array& weights, const Array& pulled) const {
    const Array& x = rule_.argument(k);
    const Array ones = Array::full(x.shape(), float64, 1), size = x.cast(float64).packed();
    const Array right = rule_.complex_tangent(k, x, ones);
    if (!right) return std::nullopt;
    const Array pushed = rule_.pushed(k, ones).packed(), y = rule_.result().packed();
    const auto here = rule_.branches(k, x.cast(float64));
    Reference slopes(y.size());
    for (std::size_t j = 0; j < slopes.low.size(); ++j) slopes.set(j, at(right, static_cast<Index>(j)), 0);
    std::vector<bool> kink(slopes.low.size(), false);
    std::vector<double> step;
    for (Index i = 0; i < x.size(); ++i) step.push_back(least_step(at(size, i)));
    for (const double sign : {1.0, -1.0})
      if (!here.empty()) {
        // Within such a step a kink lies only at x, where the complex step, which takes the branch of x, has no say.
        const auto there = rule_.branches(k, moved(x, ones, step, sign));
        for (std::size_t j = 0; j < kink.size(); ++j) kink[j] = kink[j] || there[j] != here[j];
      }
    extend_at_choices(slopes, k, ones, step);
    const Array numbers = Array::empty(x.shape(), float64);
    for (Index i = 0; i < x.size(); ++i) at(numbers, i) = static_cast<double>(i);
    const Array place = alone::spread(numbers, y.shape());
    std::vector<double> least(step.size()), most(step.size()), allowed(step.size());
    std::vector<bool> unknown(step.size(), false);
    std::vector<Index> suspects;
    for (Index j = 0; j < y.size(); ++j) {
      const auto i = static_cast<std::size_t>(at(place, j));
      const double low = slopes.low[static_cast<std::size_t>(j)], high = slopes.high[static_cast<std::size_t>(j)];
      const double n = std::max(std::abs(low), std::abs(high)), w = at(weights, j);
      const double slack =
          o_.exact * n + 64 * epsilon * std::abs(at(y, j)) / std::max(std::abs(at(size, static_cast<Index>(i))), 1.0);
      if (kink[static_cast<std::size_t>(j)] || !std::isfinite(n)) {
        unknown[i] = true;
        continue;
      }
      least[i] += std::min(w * low, w * high);
      most[i] += std::max(w * low, w * high);
      allowed[i] += std::abs(w) * slack + 1e-14 * n;
      if (!(excess(at(pushed, j), low, high, slack) <= 1)) suspects.push_back(static_cast<Index>(i));
    }
    for (std::size_t i = 0; i < least.size(); ++i)
      if (!unknown[i] && !(excess(at(pulled, static_cast<Index>(i)), least[i], most[i], allowed[i]) <= 1))
        suspects.push_back(static_cast<Index>(i));
    if (suspects.size() > 16) suspects.resize(16);
    return suspects;
  }

  // Where the formula chooses otherwise within a step, the slopes there. That at x itself may be of neither side: at a
  // tie a formula may take the one here and the other there.
  void extend_at_choices(Reference& slopes, std::size_t k, const Array& dx, const std::vector<double>& step) const {
    const auto here = rule_.choices(k, rule_.argument(k).cast(float64));
    if (here.empty()) return;
    const Array up = moved(rule_.argument(k), dx, step, 1), down = moved(rule_.argument(k), dx, step, -1);
    const auto above = rule_.choices(k, up), below = rule_.choices(k, down);
    if ((above == here && below == here) || above.size() != here.size() || below.size() != here.size()) return;
    const Array right = rule_.complex_tangent(k, up, dx).packed(), left = rule_.complex_tangent(k, down, dx).packed();
    for (std::size_t j = 0; j < here.size(); ++j) {
      if (above[j] == here[j] && below[j] == here[j]) continue;
      slopes.set(j, at(right, static_cast<Index>(j)), slopes.allowed[j]);
      slopes.extend(j, at(left, static_cast<Index>(j)));
    }
  }

  // The derivative of the result along dx; nothing at a kink. `size` is that of the element which moves, if it is one.
  std::optional<Reference> reference(std::size_t k, const Array& dx, std::optional<double> element) const {
    const Array& x = rule_.argument(k);
    const Array& y = rule_.result();
    const auto here = rule_.branches(k, x.cast(float64));
    const double size = element.value_or(0);
    double h = first_step(size);
    const auto smooth = [&](double step) {
      for (const double t : {step, -step}) {
        const Array there = moved(x, dx, {t}, 1);
        if (!here.empty() && rule_.branches(k, there) != here) return false;
        const Array v = rule_.value(k, there);
        for (Index j = 0; j < v.size(); ++j)
          if (std::isfinite(at(y_, j)) && !std::isfinite(at(v, j))) return false;
      }
      return true;
    };
    y_ = y.packed();
    const Array exact = rule_.complex_tangent(k, x, dx);
    int rungs = 0;
    for (; rungs < ladder && !smooth(h); ++rungs) h /= rung;
    if (rungs == ladder && !(exact && element && smooth(least_step(*element)))) return std::nullopt;
    Reference r(y.size());
    if (exact) {
      const Array t = exact.packed();
      for (std::size_t j = 0; j < r.low.size(); ++j) {
        const auto e = static_cast<Index>(j);
        r.set(j, at(t, e),
              o_.exact * std::abs(at(t, e)) + 64 * epsilon * std::abs(at(y_, e)) / std::max(std::abs(size), 1.0));
      }
      if (element) extend_at_choices(r, k, dx, {least_step(*element)});
      return r;
    }
    by_differences(r, k, dx, h);
    return r;
  }

  // The same by differences of the values, from the step h on. Where they do not settle, there is perhaps a kink beside
  // x that nothing tells of, and shorter steps know better.
  void by_differences(Reference& r, std::size_t k, const Array& dx, double h) const {
    for (int i = 0; i < ladder; ++i, h /= rung)
      if (differences(r, k, dx, h, i == 0)) return;
  }
  // One of them; true if all have settled. What was known better before is kept.
  bool differences(Reference& r, std::size_t k, const Array& dx, double h, bool first) const {
    const Array& x = rule_.argument(k);
    std::vector<std::vector<double>> quotients(r.low.size()), right(r.low.size()), left(r.low.size());
    bool settled = true;
    std::vector<double> size(r.low.size());
    double step = h;
    for (int row = 0; row < rows; ++row, step /= shrink) {
      const Array up = rule_.value(k, moved(x, dx, {step}, 1)), down = rule_.value(k, moved(x, dx, {step}, -1));
      for (std::size_t j = 0; j < r.low.size(); ++j) {
        const auto e = static_cast<Index>(j);
        quotients[j].push_back((at(up, e) - at(down, e)) / (2 * step));
        size[j] = std::max(size[j], std::max(std::abs(at(up, e)), std::abs(at(down, e))));
        right[j].push_back((at(up, e) - at(y_, e)) / step);
        left[j].push_back((at(y_, e) - at(down, e)) / step);
      }
    }
    for (std::size_t j = 0; j < r.low.size(); ++j) {
      if (r.low[j] != r.high[j]) continue;
      const Difference d = extrapolated(quotients[j]);
      const double noise =
          4 * steps_span * epsilon * std::abs(at(y_, static_cast<Index>(j))) / h + 4 * epsilon * size[j] / h;
      const double slack = o_.relative * std::abs(d.value) + 2 * d.uncertainty + noise;
      if (first || slack < r.allowed[j]) r.set(j, d.value, slack);
      const Difference up = extrapolated_on_side(right[j]), down = extrapolated_on_side(left[j]);
      if (!first || !clearly_apart(up, down, noise)) {
        settled = settled && !(r.allowed[j] > 1e-6 * std::abs(r.low[j]) + 4 * noise);
        continue;
      }
      // A kink at x that nothing tells of.
      r.set(j, up.value, o_.relative * std::abs(up.value) + 2 * (up.uncertainty + down.uncertainty) + noise);
      r.extend(j, down.value);
    }
    return settled;
  }

  // One element of argument k: its column by the pushforward, and its place in a pullback.
  std::optional<Blame> column(std::size_t k, Index i, const Array& weights, const Array& pulled) const {
    const Array& x = rule_.argument(k);
    const Array unit = Array::zeros(x.shape(), float64);
    at(unit, i) = 1;
    const double here = at(x.cast(float64).packed(), i);
    if (!std::isfinite(here)) return std::nullopt;
    const auto right = reference(k, unit, here);
    if (!right) return std::nullopt;
    const Array pushed = rule_.pushed(k, unit).packed();
    double least = 0, most = 0, allowed = 0;
    Index worst = 0;
    double worst_gap = -1;
    bool push_wrong = false;
    for (std::size_t j = 0; j < right->low.size(); ++j) {
      const auto e = static_cast<Index>(j);
      const double low = right->low[j], high = right->high[j], w = at(weights, e);
      if (!std::isfinite(low) || !std::isfinite(high)) return std::nullopt;
      least += std::min(w * low, w * high);
      most += std::max(w * low, w * high);
      allowed += std::abs(w) * right->allowed[j] + 1e-14 * std::max(std::abs(low), std::abs(high));
      const double gap = excess(at(pushed, e), low, high, right->allowed[j]);
      if (gap > 1) {
        push_wrong = true;
        if (gap > worst_gap) worst_gap = gap, worst = e;
      }
    }
    const bool pull_wrong = excess(at(pulled, i), least, most, allowed) > 1;
    if (!push_wrong && !pull_wrong) return std::nullopt;
    Blame blame;
    blame.pullback = pull_wrong;
    blame.pushforward = push_wrong;
    blame.given = push_wrong ? at(pushed, worst) : 0;
    if (pull_wrong) {
      // The row that holds the mistake: one cotangent at a time, of the places that the element reaches or may.
      double gap = -1;
      const Index rows_tried = std::min<Index>(rule_.result().size(), 512);
      for (Index e = 0; e < rows_tried; ++e) {
        const Array one = Array::zeros(rule_.result().shape(), float64);
        at(one, e) = 1;
        const double given = at(rule_.pulled(k, one), i);
        const auto j = static_cast<std::size_t>(e);
        const double apart = excess(given, right->low[j], right->high[j], right->allowed[j]);
        if (apart > std::max(gap, 1.0)) {
          gap = apart;
          worst = e;
          blame.given = given;
        }
      }
    }
    blame.op = rule_.statement().name();
    blame.where = rule_.statement().where;
    blame.argument = k;
    blame.element = i;
    blame.output = worst;
    blame.argument_shape = x.shape();
    blame.output_shape = rule_.result().shape();
    const auto j = static_cast<std::size_t>(worst);
    blame.right = right->nearest(j, blame.given);
    if (right->low[j] != right->high[j]) blame.other = blame.right == right->low[j] ? right->high[j] : right->low[j];
    if (rule_.statement().elementwise()) {
      for (std::size_t a = 0; a < rule_.arguments(); ++a)
        blame.at.push_back(at(alone::spread(rule_.argument(a), rule_.result().shape()), worst));
    } else {
      blame.at.push_back(here);
    }
    return blame;
  }

  // <u, J v> along a direction v through all elements: true if it agrees, or cannot be told.
  bool whole(std::size_t k, const Array& weights, const Array& pulled) const {
    const Array& x = rule_.argument(k);
    const Array v = random_direction(x.shape(), o_.seed + 23, true);
    const auto right = reference(k, v, std::nullopt);
    if (!right) return true;
    const Array pushed = rule_.pushed(k, v).packed();
    double least = 0, most = 0, allowed = 0, given = 0, forward = 0;
    for (std::size_t j = 0; j < right->low.size(); ++j) {
      const auto e = static_cast<Index>(j);
      const double w = at(weights, e);
      least += std::min(w * right->low[j], w * right->high[j]);
      most += std::max(w * right->low[j], w * right->high[j]);
      forward += w * at(pushed, e);
      allowed += std::abs(w) * right->allowed[j];
    }
    for (Index i = 0; i < v.size(); ++i) {
      given += at(pulled, i) * at(v, i);
      allowed += 1e-13 * std::abs(at(pulled, i) * at(v, i));
    }
    return excess(given, least, most, allowed) <= 1 && excess(forward, least, most, allowed) <= 1;
  }

  const LocalRule& rule_;
  const GradcheckOptions& o_;
  mutable Array y_;
};

}  // namespace

std::optional<Blame> wrong_rule(const Recording& recording, const Statement& s, const GradcheckOptions& options) {
  const LocalRule rule(recording, s);
  if (!rule.usable()) return std::nullopt;
  return RuleCheck(rule, options).run();
}

}  // namespace autograd::core
