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

// The tangent of the result along dx, and how far each of its elements can be trusted: NaN where no difference can.
struct Reference {
  std::vector<double> value, allowed;
};

// How many times too far apart two numbers are; infinite for a NaN.
double excess(double a, double b, double allowed) {
  const double gap = std::abs(a - b);
  if (std::isnan(gap)) return std::numeric_limits<double>::infinity();
  return gap <= allowed ? 0 : gap / allowed;
}

double& at(const Array& a, Index i) { return a.data<double>()[i]; }

Array moved(const Array& x, const Array& dx, const std::vector<double>& step, double factor) {
  const Array y = x.cast(float64).copy();
  for (Index i = 0; i < y.size(); ++i)
    at(y, i) += factor * step[step.size() == 1 ? 0 : static_cast<std::size_t>(i)] * at(dx, i);
  return y;
}

// A step that no kink lies in unless it is at x, where also the complex step, which takes the branch of x, has no say.
double least_step(double x) { return std::max(64 * epsilon * std::abs(x), 1e-290); }

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
    const Array right = rule_.complex_tangent(k, ones);
    if (!right) return std::nullopt;
    const Array pushed = rule_.pushed(k, ones).packed(), y = rule_.result().packed();
    const auto here = rule_.branches(k, x.cast(float64));
    std::vector<bool> kink(static_cast<std::size_t>(y.size()), false);
    std::vector<double> step;
    for (Index i = 0; i < x.size(); ++i) step.push_back(least_step(at(size, i)));
    for (const double sign : {1.0, -1.0})
      if (!here.empty()) {
        const auto there = rule_.branches(k, moved(x, ones, step, sign));
        for (std::size_t j = 0; j < kink.size(); ++j) kink[j] = kink[j] || there[j] != here[j];
      }
    const Array numbers = Array::empty(x.shape(), float64);
    for (Index i = 0; i < x.size(); ++i) at(numbers, i) = static_cast<double>(i);
    const Array place = alone::spread(numbers, y.shape());
    std::vector<double> sum(step.size()), allowed(step.size());
    std::vector<bool> unknown(step.size(), false);
    std::vector<Index> suspects;
    for (Index j = 0; j < y.size(); ++j) {
      const auto i = static_cast<std::size_t>(at(place, j));
      const double n = at(right, j);
      const double slack = o_.exact * std::abs(n) +
                           64 * epsilon * std::abs(at(y, j)) / std::max(std::abs(at(size, static_cast<Index>(i))), 1.0);
      if (kink[static_cast<std::size_t>(j)] || !std::isfinite(n)) {
        unknown[i] = true;
        continue;
      }
      sum[i] += at(weights, j) * n;
      allowed[i] += std::abs(at(weights, j)) * slack + 1e-14 * std::abs(n);
      if (!(std::abs(at(pushed, j) - n) <= slack)) suspects.push_back(static_cast<Index>(i));
    }
    for (std::size_t i = 0; i < sum.size(); ++i)
      if (!unknown[i] && !(std::abs(at(pulled, static_cast<Index>(i)) - sum[i]) <= allowed[i]))
        suspects.push_back(static_cast<Index>(i));
    if (suspects.size() > 16) suspects.resize(16);
    return suspects;
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
    const Array exact = rule_.complex_tangent(k, dx);
    int rungs = 0;
    for (; rungs < ladder && !smooth(h); ++rungs) h /= rung;
    if (rungs == ladder && !(exact && element && smooth(least_step(*element)))) return std::nullopt;
    Reference r;
    r.value.resize(static_cast<std::size_t>(y.size()));
    r.allowed = r.value;
    if (exact) {
      const Array t = exact.packed();
      for (std::size_t j = 0; j < r.value.size(); ++j) {
        const auto e = static_cast<Index>(j);
        r.value[j] = at(t, e);
        r.allowed[j] =
            o_.exact * std::abs(r.value[j]) + 64 * epsilon * std::abs(at(y_, e)) / std::max(std::abs(size), 1.0);
      }
      return r;
    }
    std::vector<std::vector<double>> quotients(r.value.size());
    double step = h;
    for (int row = 0; row < rows; ++row, step /= shrink) {
      const Array up = rule_.value(k, moved(x, dx, {step}, 1)), down = rule_.value(k, moved(x, dx, {step}, -1));
      for (std::size_t j = 0; j < r.value.size(); ++j) {
        const auto e = static_cast<Index>(j);
        quotients[j].push_back((at(up, e) - at(down, e)) / (2 * step));
      }
    }
    for (std::size_t j = 0; j < r.value.size(); ++j) {
      const Difference d = extrapolated(quotients[j]);
      r.value[j] = d.value;
      r.allowed[j] = o_.relative * std::abs(d.value) + 2 * d.uncertainty +
                     4 * steps_span * epsilon * std::abs(at(y_, static_cast<Index>(j))) / h;
    }
    return r;
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
    double sum = 0, allowed = 0;
    Index worst = 0;
    double worst_gap = -1;
    bool push_wrong = false;
    for (std::size_t j = 0; j < right->value.size(); ++j) {
      const auto e = static_cast<Index>(j);
      if (!std::isfinite(right->value[j])) return std::nullopt;
      sum += at(weights, e) * right->value[j];
      allowed += std::abs(at(weights, e)) * right->allowed[j] + 1e-14 * std::abs(right->value[j]);
      const double gap = excess(at(pushed, e), right->value[j], right->allowed[j]);
      if (gap > 1) {
        push_wrong = true;
        if (gap > worst_gap) worst_gap = gap, worst = e;
      }
    }
    const bool pull_wrong = !(std::abs(at(pulled, i) - sum) <= allowed);
    if (!push_wrong && !pull_wrong) return std::nullopt;
    Blame blame;
    blame.pullback = pull_wrong;
    blame.pushforward = push_wrong;
    blame.given = push_wrong ? at(pushed, worst) : 0;
    if (pull_wrong) {
      // The row that holds the mistake: one cotangent at a time, of the places that the element reaches or may.
      double gap = -1;
      const Index most = std::min<Index>(rule_.result().size(), 512);
      for (Index e = 0; e < most; ++e) {
        const Array one = Array::zeros(rule_.result().shape(), float64);
        at(one, e) = 1;
        const double given = at(rule_.pulled(k, one), i);
        const auto j = static_cast<std::size_t>(e);
        const double apart = excess(given, right->value[j], right->allowed[j]);
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
    blame.right = right->value[static_cast<std::size_t>(worst)];
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
    double sum = 0, allowed = 0, given = 0, forward = 0;
    for (std::size_t j = 0; j < right->value.size(); ++j) {
      const auto e = static_cast<Index>(j);
      sum += at(weights, e) * right->value[j];
      forward += at(weights, e) * at(pushed, e);
      allowed += std::abs(at(weights, e)) * right->allowed[j];
    }
    for (Index i = 0; i < v.size(); ++i) {
      given += at(pulled, i) * at(v, i);
      allowed += 1e-13 * std::abs(at(pulled, i) * at(v, i));
    }
    return std::abs(given - sum) <= allowed && std::abs(forward - sum) <= allowed;
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
