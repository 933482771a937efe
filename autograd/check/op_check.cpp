// See op_check.hpp.
#include <autograd/check/op_check.hpp>

#include <algorithm>
#include <cmath>
#include <random>

#include <autograd/check/complex_step.hpp>
#include <autograd/check/differences.hpp>
#include <autograd/check/undeclared.hpp>

namespace autograd::core {
namespace {

using Point = std::vector<double>;
constexpr double infinity = std::numeric_limits<double>::infinity();

// What the formula chooses at a point; for an op whose formula runs on Complex.
std::int64_t choices_at(const OpUnderCheck& op, const Point& p) {
  const Choices noted;
  op.complex_value(std::vector<Complex>(p.begin(), p.end()));
  return noted.way();
}

// On which side of its kinks the op is at a point: as it declares, or as it chooses.
std::int64_t side_of(const OpUnderCheck& op, const Point& p) {
  return op.branch ? op.branch(p) : op.quad ? choices_at(op, p) : 0;
}

// By the complex step.
double slope_at(const OpUnderCheck& op, const Point& p, std::size_t k) {
  std::vector<Complex> q(p.begin(), p.end());
  q[k].imag = imaginary_step;
  return op.complex_value(q).imag / imaginary_step;
}

// Whether slope or value jump between two neighbours.
bool bends_between(const OpUnderCheck& op, const Point& a, const Point& b) {
  const double ya = op.value(a), yb = op.value(b);
  if (!(std::abs(ya - yb) <= 1e-9 * std::max(std::abs(ya), std::abs(yb)) + 1e-30)) return true;
  for (std::size_t k = 0; k < a.size(); ++k) {
    const double l = slope_at(op, a, k), r = slope_at(op, b, k);
    if (!(std::abs(l - r) <= 1e-6 * std::max(std::abs(l), std::abs(r)))) return true;
  }
  return false;
}

class Points {
 public:
  Points(const OpUnderCheck& op, const GradcheckOptions& o) : op_(op), bits_(o.seed) {
    for (const Domain& d : op.domain) windows_.push_back(sampled_part(d));
    const std::size_t n = std::max<std::size_t>(o.samples, 8);
    for (std::size_t i = 0; i < n; ++i) add(inside());
    ends();
    kinks(n);
  }
  const std::vector<Point>& list() const { return points_; }

 private:
  double uniform() { return static_cast<double>(bits_() >> 11) * 0x1p-53; }
  Point inside() {
    Point p;
    for (const Domain& w : windows_) p.push_back(w.low + (w.high - w.low) * uniform());
    return p;
  }
  void add(const Point& p) {
    for (std::size_t k = 0; k < p.size(); ++k)
      if (!op_.domain[k].contains(p[k])) return;
    if (std::isfinite(op_.value(p))) points_.push_back(p);
  }
  // Beside the ends of each argument, at them, and far out.
  void ends() {
    for (std::size_t k = 0; k < windows_.size(); ++k) {
      const Domain d = op_.domain[k];
      for (const double v : {d.low, d.low + 1e-6, d.low + 1e-3, d.high - 1e-3, d.high - 1e-6, d.high, 1e-3, -1e-3, 0.0,
                             1.0, -1.0, 12.0, -12.0, 40.0, -40.0}) {
        Point p = inside();
        p[k] = v;
        if (std::isfinite(v)) add(p);
      }
    }
  }
  // Between two points of different branches there is a kink, between those of different choices there may be one:
  // found by halving.
  void kinks(std::size_t n) {
    std::size_t found = 0, halved = 0;
    for (std::size_t i = 0; i + 1 < n && i + 1 < points_.size() && halved < 16; ++i) {
      Point a = points_[i], b = points_[i + 1];
      const std::int64_t side = side_of(op_, a);
      if (side_of(op_, b) == side) continue;
      for (int step = 0; step < 200; ++step) {
        Point middle = a;
        for (std::size_t k = 0; k < a.size(); ++k) middle[k] = 0.5 * (a[k] + b[k]);
        if (middle == a || middle == b) break;
        (side_of(op_, middle) == side ? a : b) = middle;
      }
      ++halved;
      if (!op_.branch && !bends_between(op_, a, b)) continue;
      add(a);
      add(b);
      ++found;
    }
    if (!op_.branch && !found) return;
    // Ties, of two at a time: where three kinks meet, conventions do.
    for (std::size_t k = 1; k < windows_.size(); ++k)
      for (std::size_t j = 0; j < k; ++j) {
        Point equal = inside();
        equal[k] = equal[j];
        add(equal);
      }
    if (windows_.size() == 2) add({0.0, 0.0});
  }

  const OpUnderCheck& op_;
  std::mt19937_64 bits_;
  std::vector<Domain> windows_;
  std::vector<Point> points_;
};

// One partial derivative at one point, read in every way but by the tape.
class PointReading {
 public:
  PointReading(const OpUnderCheck& op, const Point& p, std::size_t k) : op_(op), p_(p), k_(k) {}

  // Whether a kink lies between here and there, one that is declared, or also one that the formula seems to have.
  bool crosses(double t, bool choices) const {
    if (op_.branch && op_.branch(moved(t)) != op_.branch(p_)) return true;
    if (choices && choices_at(op_, moved(t)) != choices_at(op_, p_)) return true;
    return !op_.domain[k_].contains(p_[k_] + t) || !std::isfinite(op_.value(moved(t)));
  }
  Point moved(double t) const {
    Point q = p_;
    q[k_] += t;
    return q;
  }
  // f at a distance, in quad precision.
  Quad quad_at(const Quad& t) const {
    std::vector<Quad> q(p_.begin(), p_.end());
    q[k_] = q[k_] + t;
    return op_.quad_value(q);
  }
  double five_point(double size) const {
    const Quad h = std::ldexp(size, -24);
    const Quad d = (quad_at(-2.0 * h) - 8.0 * quad_at(-h) + 8.0 * quad_at(h) - quad_at(2.0 * h)) / (12.0 * h);
    return static_cast<double>(d);
  }
  double formula() const { return static_cast<double>(op_.quad_partial(std::vector<Quad>(p_.begin(), p_.end()), k_)); }
  double complex(double t = 0) const { return slope_at(op_, moved(t), k_); }

 private:
  const OpUnderCheck& op_;
  const Point& p_;
  std::size_t k_;
};

void judge_kink(GradcheckReading& r, const OpUnderCheck& op, const Point& p, const PointReading& at, double h) {
  const auto g = [&](double t) { return op.value(at.moved(t)); };
  double low = infinity, high = -infinity;
  for (const double side : {1.0, -1.0}) {
    const double smallest = side * h / 4096 / 512;
    const auto piece = [&](double t) { return op.branch ? op.branch(at.moved(t)) : 0; };
    double step = side * h;
    const auto inside = [&](double t) {
      return op.domain[r.argument].contains(p[r.argument] + t) && std::isfinite(g(t));
    };
    if (!inside(smallest)) continue;
    for (int i = 0; i < 4 && (!inside(step) || piece(step) != piece(smallest)); ++i) step /= 8;
    const Difference d = one_sided(g, 0, step);
    (side > 0 ? r.right : r.left) = d.value;
    const double slack = 1e-6 * std::abs(d.value) + 2 * d.uncertainty +
                         600 * std::numeric_limits<double>::epsilon() * std::abs(g(0)) / std::abs(step);
    low = std::min(low, d.value - slack);
    high = std::max(high, d.value + slack);
    r.allowed = std::max(r.allowed, slack);
    if (std::isinf(r.reverse)) {
      const auto quotient = [&](double t) { return (g(t) - g(0)) / t; };
      r.ok = std::abs(quotient(step / 4096)) > 4 * std::abs(quotient(step)) &&
             std::signbit(quotient(step)) == std::signbit(r.reverse);
    }
  }
  if (!std::isinf(r.reverse)) r.ok = low <= r.reverse && r.reverse <= high;
  r.ok = r.ok && (r.forward == r.reverse || std::abs(r.forward - r.reverse) <= 1e-10 * std::abs(r.reverse));
}

// At what may be a kink that is not declared, within `step`: false if it is smooth.
bool judge_undeclared(GradcheckReading& r, const OpUnderCheck& op, const Point& p, const PointReading& at, double step,
                      double exact) {
  for (const double t : {step, -step}) {
    if (!op.domain[r.argument].contains(p[r.argument] + t)) return false;
    (t > 0 ? r.right : r.left) = at.complex(t);
  }
  double low = std::min(r.left, r.right), high = std::max(r.left, r.right);
  const double size = std::max(std::abs(low), std::abs(high));
  const double jump = std::abs(op.value(at.moved(step)) - op.value(at.moved(-step)));
  if (!(high - low > 1e-9 * size + exact || jump > 8 * size * step + exact)) return false;
  r.kink = std::string("at a kink of ").append(op.name);
  r.allowed = exact;
  // Beside it the slope is known.
  if (const double least = least_step(r.at); !at.crosses(least, true) && !at.crosses(-least, true))
    low = high = r.left = r.right = at.complex();
  const double formula = at.formula();
  r.ok = r.reverse >= low - exact && r.reverse <= high + exact && std::abs(r.forward - r.reverse) <= exact &&
         formula >= low - exact && formula <= high + exact;
  return true;
}

// Without a declared branch, `choices` takes what its formula chooses for one: false if it learns nothing from that.
bool read(GradcheckReading& r, const OpUnderCheck& op, const Point& p, const GradcheckOptions& o, bool choices) {
  const PointReading at(op, p, r.argument);
  const double y = op.value(p);
  double h = first_step(r.at);
  // Close to an end of the domain the function may be steep: the step stays within half of the way there.
  const double room = std::min(r.at - op.domain[r.argument].low, op.domain[r.argument].high - r.at);
  if (room > 0) h = std::min(h, 0.5 * room);
  // In quad precision and complex numbers there is no step too small.
  const int most = choices ? 14 : 5;
  int rungs = std::isinf(r.reverse) ? most : 0;
  for (; rungs < most && (at.crosses(h, choices) || at.crosses(-h, choices)); ++rungs) h /= 8;
  const double epsilon = std::numeric_limits<double>::epsilon();
  // In doubles a derivative computed from a rounded value is as good as that value, seen from here.
  const double rounding = 64 * epsilon * (std::abs(y) + std::abs(r.reverse)) / std::min(1.0, std::abs(r.at) + 1e-3);
  if (choices && (rungs == 0 || std::isinf(r.reverse))) return false;
  if (choices && rungs == most)
    return judge_undeclared(r, op, p, at, std::max(h, least_step(r.at)), 1e-11 * std::abs(r.reverse) + rounding);
  if (rungs == most) {
    r.kink = std::isinf(r.reverse) ? "at an infinite slope of " : "at a kink or an end of the domain of ";
    r.kink.append(op.name);
    judge_kink(r, op, p, at, first_step(r.at));
    return true;
  }
  const Difference d = ridders([&](double t) { return op.value(at.moved(t)); }, 0, h);
  r.numeric = d.value;
  r.uncertainty = d.uncertainty;
  r.noise = noise_of(d, 4 * epsilon * std::abs(y), h);
  if (op.quad) {
    r.complex = at.complex();
    r.quad = at.five_point(std::min(std::abs(r.at) + 0.25, 50 * h));
    r.formula = at.formula();
  }
  const double scale = std::max(std::abs(r.reverse), std::abs(r.numeric));
  r.allowed = o.relative * scale + 2 * r.uncertainty + r.noise;
  const double exact = 1e-11 * scale + rounding;
  r.ok = std::abs(r.reverse - r.forward) <= exact;
  if (r.quad) {
    r.ok = r.ok && std::abs(r.reverse - *r.quad) <= exact;
    r.ok = r.ok && std::abs(*r.formula - *r.quad) <= 1e-13 * std::abs(*r.quad) + 1e-22 * (1 + std::abs(y));
  } else {
    r.ok = r.ok && std::abs(r.reverse - r.numeric) <= r.allowed && r.uncertainty <= 1e-4 * scale + 100 * r.noise;
  }
  if (r.complex && !r.quad) r.ok = r.ok && std::abs(r.reverse - *r.complex) <= exact;
  return true;
}

// An element that fails where no kink is declared is looked at again: see undeclared.hpp.
void read(GradcheckReading& r, const OpUnderCheck& op, const Point& p, const GradcheckOptions& o,
          GradcheckReport& report) {
  const GradcheckReading fresh = r;
  read(r, op, p, o, false);
  if (r.ok || op.branch || !r.kink.empty()) return;
  if (!op.quad) {
    const PointReading at(op, p, r.argument);
    const auto g = [&](double t) { return op.value(at.moved(t)); };
    slopes_beside(r, g, first_step(r.at), o);
    return;
  }
  GradcheckReading again = fresh;
  if (!read(again, op, p, o, true)) return;
  r = again;
  if (!r.ok || r.kink.empty()) return;
  const std::string note = undeclared_note(op.name);
  if (std::find(report.notes.begin(), report.notes.end(), note) == report.notes.end()) report.notes.push_back(note);
}

// Where it is wrong first, as blame has it; away from kinks, if it is wrong there too.
void blame_op(GradcheckReport& report, const OpUnderCheck& op, const std::vector<Point>& points) {
  const auto blamed = [&](const GradcheckReading& r) {
    Blame b;
    b.op = op.name;
    b.position = b.operations = 1;
    b.argument = r.argument;
    b.at = points[static_cast<std::size_t>(r.element)];
    b.given = r.reverse;
    return b;
  };
  const GradcheckReading* kink = nullptr;
  for (const GradcheckReading& r : report.readings) {
    if (r.ok) continue;
    const bool sides = !std::isnan(r.left) && !std::isnan(r.right);
    if (!r.kink.empty() || (sides && r.between_slopes())) {
      if (!kink && sides && !op.branch && std::isfinite(r.reverse)) kink = &r;
      continue;
    }
    Blame b = blamed(r);
    b.right = r.reference();
    const double slack = 1e-13 * std::abs(b.right) + 1e-6 * std::min(r.noise, 1e-3 * std::abs(b.right));
    const auto wrong = [&](double v) { return !(std::abs(v - b.right) <= slack); };
    b.pullback = wrong(r.reverse);
    b.pushforward = wrong(r.forward);
    report.blame = b;
    return;
  }
  if (!kink) return;
  if (kink->kink.empty()) {
    report.remains = slopes_apart(report);
    return;
  }
  Blame b = blamed(*kink);
  const double low = std::min(kink->left, kink->right), high = std::max(kink->left, kink->right);
  b.right = std::clamp(b.given, low, high);
  b.other = b.right == low ? high : low;
  b.pullback = kink->reverse != b.right;
  b.pushforward = kink->forward != b.right;
  report.blame = b;
}

}  // namespace

Domain sampled_part(Domain d) {
  const bool low = std::isfinite(d.low), high = std::isfinite(d.high);
  if (low && high) return d;
  if (low) return {d.low, d.low + 6};
  if (high) return {d.high - 6, d.high};
  return {-4, 4};
}

GradcheckReport check_elementwise(const OpUnderCheck& op, const GradcheckOptions& o) {
  GradcheckReport report;
  const std::vector<Point> points = Points(op, o).list();
  const std::size_t n = op.domain.size();
  const auto count = static_cast<Index>(points.size());
  // Reverse on tensors of all points at once, by the kernels that programs use.
  const BasicTape<double>::Activate none(nullptr);
  Tape tape{SourceLocation{}};
  std::vector<Tensor> x;
  for (std::size_t k = 0; k < n; ++k) {
    Array a = Array::empty({count}, float64);
    for (Index i = 0; i < count; ++i) a.data<double>()[i] = points[static_cast<std::size_t>(i)][k];
    x.push_back(tape.variable(Tensor(a)));
    report.names.push_back(std::string("argument ").append(std::to_string(k)));
    report.shapes.push_back({count});
    report.total += count;
  }
  const Tensor y = op.tensors(x);
  const std::vector<Tensor> gradients = [&] {
    std::vector<Tensor> g;
    if (!is_floating(y.dtype()) || !tape.node(y)) {
      for (std::size_t k = 0; k < n; ++k) g.push_back(Tensor::zeros({count}));
      return g;
    }
    const Gradients all = tape.gradient(y, Tensor::ones(y.shape()));
    for (const Tensor& t : x) g.push_back(all[t]);
    return g;
  }();
  for (std::size_t k = 0; k < n; ++k) {
    const std::vector<double> reverse = gradients[k].to_vector();
    for (std::size_t i = 0; i < points.size(); ++i) {
      GradcheckReading r;
      r.argument = k;
      r.element = static_cast<Index>(i);
      r.at = points[i][k];
      r.reverse = reverse[i];
      r.forward = op.forward(points[i], k);
      read(r, op, points[i], o, report);
      report.readings.push_back(r);
    }
  }
  for (const GradcheckReading& r : report.readings)
    if (r.kink.empty() && !(r.relative() <= report.worst)) report.worst = r.relative();
  if (!op.quad) report.no_complex_step = op.name + ": its formula takes real numbers only";
  if (!report.ok()) blame_op(report, op, points);
  return report;
}

}  // namespace autograd::core
