// The checker itself, on tensors of doubles: see gradcheck.hpp.
//
// Numeric derivatives are Ridders' extrapolated central differences, with the step found per element: see Numerical
// Recipes, section 5.7. Their own error estimate says how far they can be trusted. Reverse runs on a plain tape, so on
// fused statements; forward runs the operations one by one: the two share the formulas and nothing else.
#include <autograd/gradcheck.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <ostream>
#include <random>

namespace autograd {
namespace core {
namespace {

struct Difference {
  double value, uncertainty;
};

// g(h) = f(x + h e). Neville's scheme on central differences with h, h/1.6, h/1.6^2 ...
Difference ridders(const std::function<double(double)>& g, double x) {
  constexpr int rows = 9;
  constexpr double shrink = 1.6;
  double table[rows][rows];
  double h = 0.02 * std::max(std::abs(x), 0.25);
  Difference best{std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()};
  for (int i = 0; i < rows; ++i, h /= shrink) {
    const double up = x + h, down = x - h;  // the steps that are really taken
    table[0][i] = (g(up) - g(down)) / (up - down);
    double factor = shrink * shrink;
    for (int j = 1; j <= i; ++j, factor *= shrink * shrink) {
      table[j][i] = (table[j - 1][i] * factor - table[j - 1][i - 1]) / (factor - 1);
      const double e = std::max(std::abs(table[j][i] - table[j - 1][i]), std::abs(table[j][i] - table[j - 1][i - 1]));
      if (e <= best.uncertainty) best = {table[j][i], e};
    }
  }
  return best;
}

// The elements of an argument that are looked at: all, or a seeded choice.
std::vector<Index> chosen(Index size, const GradcheckOptions& o, std::size_t argument) {
  std::vector<Index> all(static_cast<std::size_t>(size));
  for (Index i = 0; i < size; ++i) all[static_cast<std::size_t>(i)] = i;
  if (all.size() <= o.samples) return all;
  std::mt19937_64 bits(o.seed + argument);
  for (std::size_t i = 0; i < o.samples; ++i) std::swap(all[i], all[i + bits() % (all.size() - i)]);
  all.resize(o.samples);
  std::sort(all.begin(), all.end());
  return all;
}

// A scalar from any result: its sum, each element weighted by a fixed number between 1/2 and 3/2.
Tensor projected(const Tensor& y, std::uint64_t seed) {
  if (y.rank() == 0) return y;
  std::mt19937_64 bits(seed);
  Tensor weights = Tensor::zeros(y.shape(), y.dtype());
  auto w = weights.mutable_array<double>();
  for (auto& e : w) e = 0.5 + static_cast<double>(bits() >> 11) * 0x1p-53;
  return sum(y * weights);
}

// How the function is evaluated and differentiated, whatever holds its arguments.
struct Subject {
  std::function<double()> value;
  std::function<std::vector<Tensor>()> reverse;
  std::function<double(std::size_t argument, Index element)> forward;
  std::vector<Array> arguments;  // perturbed in place
};

GradcheckReport compare(const Subject& s, std::vector<std::string> names, const GradcheckOptions& o) {
  GradcheckReport report;
  report.names = std::move(names);
  const double base = s.value();
  if (base != s.value()) report.complaint = "the function is not deterministic: two evaluations differ";
  const std::vector<Tensor> gradients = s.reverse();
  for (std::size_t k = 0; k < s.arguments.size(); ++k) {
    const Array& x = s.arguments[k];
    report.shapes.push_back(x.shape());
    if (!is_floating(x.dtype())) continue;
    report.total += x.size();
    for (Index i : chosen(x.size(), o, k)) {
      double& element = x.data<double>()[i];
      GradcheckReading r{k, i, element, 0, 0, 0, 0, 0, false};
      r.reverse = gradients[k].to_vector()[static_cast<std::size_t>(i)];
      r.forward = s.forward(k, i);
      const auto value_at = [&](double v) {
        element = v;
        const double y = s.value();
        element = r.at;
        return y;
      };
      const Difference d = ridders(value_at, r.at);
      r.numeric = d.value;
      r.uncertainty = d.uncertainty;
      const double scale = std::max(std::abs(r.reverse), std::abs(r.numeric));
      // Rounding of f leaves about eps |f| / h in the differences, whatever the derivative; and more where f is a small
      // difference of large numbers: so much does f jump about over steps too short to change it otherwise.
      const double size = std::max(std::abs(r.at), 0.25);
      double noise = std::numeric_limits<double>::epsilon() * std::max(std::abs(base), 1e-30);
      for (const double step : {-2e-11 * size, -1e-11 * size, 1e-11 * size, 2e-11 * size})
        noise = std::max(noise, std::abs(value_at(r.at + step) - base - r.reverse * step));
      const double floor = 4300 * noise / size;  // 2 noise / h, with the smallest h above
      r.allowed = o.relative * scale + 2 * d.uncertainty + floor;
      const double gap = std::abs(r.reverse - r.numeric), forward_gap = std::abs(r.reverse - r.forward);
      r.ok = gap <= r.allowed && d.uncertainty <= 1e-4 * scale + 100 * floor &&
             forward_gap <= o.forward * std::max(scale, std::abs(r.forward)) + floor;
      if (scale > 1e3 * floor) report.worst = std::max(report.worst, gap / scale);
      report.readings.push_back(r);
    }
  }
  return report;
}

}  // namespace

GradcheckReport check_gradient(const CheckedFunction& f, const std::vector<Tensor>& x, std::vector<std::string> names,
                               const GradcheckOptions& o) {
  std::vector<Tensor> at;
  for (const Tensor& t : x) at.push_back(is_floating(t.dtype()) ? Tensor(t.data().copy()) : t);
  const auto variables = [&](Tape& tape) {
    std::vector<Tensor> v;
    for (const Tensor& t : at) v.push_back(is_floating(t.dtype()) ? tape.variable(t) : t);
    return v;
  };
  Subject s;
  for (const Tensor& t : at) s.arguments.push_back(t.data());
  s.value = [&] {
    const BasicTape<double>::Activate none(nullptr);
    return projected(f(at), o.seed).value();
  };
  s.reverse = [&] {
    const BasicTape<double>::Activate none(nullptr);  // not nested in the tape below, which would unfuse it
    Tape tape;
    const std::vector<Tensor> v = variables(tape);
    const Tensor y = projected(f(v), o.seed);
    std::vector<Tensor> g;
    if (!tape.node(y)) {
      for (const Tensor& t : at) g.push_back(Tensor::zeros(t.shape()));
      return g;
    }
    const Gradients all = tape.gradient(y);
    for (std::size_t k = 0; k < v.size(); ++k)
      g.push_back(is_floating(at[k].dtype()) ? all[v[k]] : Tensor::zeros(at[k].shape()));
    return g;
  };
  // Recorded once: only the direction changes.
  Tape tape{record_graph};
  const std::vector<Tensor> v = variables(tape);
  const Tensor y = projected(f(v), o.seed);
  s.forward = [&](std::size_t k, Index i) {
    Tensor e = Tensor::zeros(at[k].shape());
    e.data().data<double>()[i] = 1;
    return tape.pushforward({v[k]}, {e}, {y}).front().value();
  };
  return compare(s, std::move(names), o);
}

GradcheckReport check_model(const std::vector<Parameter*>& parameters, std::vector<std::string> names,
                            const std::function<Tensor()>& loss, const GradcheckOptions& o) {
  // Whatever happens, the parameters leave as they came.
  struct Restore {
    std::vector<Parameter*> parameters;
    std::vector<Array> before;
    explicit Restore(const std::vector<Parameter*>& p) : parameters(p) {
      for (Parameter* e : p) {
        before.push_back(e->data().copy());
        e->cast(float64);
      }
    }
    ~Restore() {
      for (std::size_t k = 0; k < parameters.size(); ++k) {
        parameters[k]->cast(before[k].dtype());
        parameters[k]->assign(Tensor(before[k]));
      }
    }
  } const restore(parameters);

  Subject s;
  for (Parameter* p : parameters) s.arguments.push_back(p->data());
  s.value = [&] {
    const BasicTape<double>::Activate none(nullptr);
    return projected(loss(), o.seed).value();
  };
  s.reverse = [&] {
    const BasicTape<double>::Activate none(nullptr);  // not nested in the tape below, which would unfuse it
    Tape tape;
    const Gradients g = tape.gradient(projected(loss(), o.seed));
    std::vector<Tensor> all;
    for (Parameter* p : parameters) all.push_back(g[*p]);
    return all;
  };
  Tape tape{record_graph};
  const Tensor y = projected(loss(), o.seed);
  s.forward = [&](std::size_t k, Index i) {
    Tensor e = Tensor::zeros(parameters[k]->shape());
    e.data().data<double>()[i] = 1;
    return tape.pushforward({Tensor(*parameters[k])}, {e}, {y}).front().value();
  };
  return compare(s, std::move(names), o);
}

}  // namespace core

bool GradcheckReport::ok() const {
  return complaint.empty() && std::all_of(readings.begin(), readings.end(), [](const auto& r) { return r.ok; });
}

namespace {

std::string place(const GradcheckReport& report, const GradcheckReading& r) {
  std::string at;
  Index rest = r.element;
  const Shape& shape = report.shapes[r.argument];
  for (std::size_t d = shape.size(); d-- > 0;) {
    at = std::to_string(rest % shape[d]) + (at.empty() ? "" : ", " + at);
    rest /= shape[d];
  }
  return report.names[r.argument] + (shape.empty() ? "" : "[" + at + "]");
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const GradcheckReport& report) {
  std::vector<GradcheckReading> bad;
  std::copy_if(report.readings.begin(), report.readings.end(), std::back_inserter(bad),
               [](const auto& r) { return !r.ok; });
  out << "gradcheck: " << (report.ok() ? "ok" : "FAILED") << ", " << report.readings.size();
  if (report.total > static_cast<Index>(report.readings.size())) out << " of " << report.total;
  char text[160];
  std::snprintf(text, sizeof text, " element%s of %zu argument%s, worst relative difference %.1e\n",
                report.readings.size() == 1 ? "" : "s", report.names.size(), report.names.size() == 1 ? "" : "s",
                report.worst);
  out << text;
  if (!report.complaint.empty()) out << "  " << report.complaint << '\n';
  if (bad.empty()) return out;
  // A NaN is as wrong as can be; as a NaN it would be in no order at all.
  const auto badness = [](const GradcheckReading& r) {
    const double b = std::abs(r.reverse - r.numeric) / r.allowed;
    return std::isnan(b) ? std::numeric_limits<double>::infinity() : b;
  };
  std::sort(bad.begin(), bad.end(), [&](const auto& l, const auto& r) { return badness(l) > badness(r); });
  out << "  " << bad.size() << " wrong, the worst first:\n";
  std::snprintf(text, sizeof text, "  %-24s %14s %16s %16s %16s %10s %10s\n", "where", "at", "reverse", "forward",
                "numeric", "difference", "allowed");
  out << text;
  for (std::size_t k = 0; k < std::min<std::size_t>(bad.size(), 10); ++k) {
    const GradcheckReading& r = bad[k];
    std::snprintf(text, sizeof text, "  %-24s %14.6g %16.9g %16.9g %16.9g %10.1e %10.1e\n", place(report, r).c_str(),
                  r.at, r.reverse, r.forward, r.numeric, std::abs(r.reverse - r.numeric), r.allowed);
    out << text;
  }
  return out;
}

}  // namespace autograd
