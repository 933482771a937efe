// check_by_hand itself: the right gradient, whether it can be trusted, and the verdict on the one that was given.
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <random>

#include <autograd/check/by_hand_slips.hpp>
#include <autograd/check/recording.hpp>

namespace autograd::check {
namespace {

double value_of(const HandFunction& f, const std::vector<Tensor>& x) {
  const BasicTape<double>::Activate none(nullptr);
  const Tensor y = f(x);
  if (y.size() != 1)
    throw ShapeError("check_by_hand", "the function gives " + to_string(y.shape()) + ", a gradient needs one number",
                     "Reduce it with sum or mean.");
  return y.value();
}

// The derivative along a direction by central differences, with one extrapolation, and how far it can be trusted.
struct Slope {
  double value, uncertainty;
};
Slope slope(const HandFunction& f, const std::vector<Tensor>& x, std::size_t k, const Flat& direction, double base) {
  const double h = 1e-3;
  const auto difference = [&](double step) {
    std::vector<Tensor> at = x;
    const std::vector<double> v = x[k].to_vector();
    double ends[2];
    for (const int sign : {1, -1}) {
      std::vector<double> moved = v;
      for (std::size_t i = 0; i < v.size(); ++i) moved[i] += sign * step * direction.v[i];
      at[k] = Tensor::of(moved, x[k].shape());
      ends[sign > 0 ? 0 : 1] = value_of(f, at);
    }
    return (ends[0] - ends[1]) / (2 * step);
  };
  const double coarse = difference(h), fine = difference(h / 2);
  const double rounding = 10 * std::numeric_limits<double>::epsilon() * std::abs(base) / h;
  return {(4 * fine - coarse) / 3, std::abs(fine - coarse) + rounding};
}

// Says so if the gradient that is about to judge another is itself doubtful.
std::string doubts(const HandFunction& f, const std::vector<Tensor>& x, const std::vector<HandSubject>& subjects) {
  const double base = value_of(f, x);
  if (!std::isfinite(base)) return "the function is not finite here: " + std::to_string(base);
  if (value_of(f, x) != base) return "the function is not deterministic: two evaluations differ";
  std::mt19937_64 bits(1);
  for (std::size_t k = 0; k < subjects.size(); ++k) {
    Flat direction = subjects[k].right;
    double inner = 0, size = 0;
    for (std::size_t i = 0; i < direction.v.size(); ++i) {
      direction.v[i] = bits() & 1 ? 1 : -1;
      inner += direction.v[i] * subjects[k].right.v[i];
      size += std::abs(subjects[k].right.v[i]);
    }
    const Slope s = slope(f, x, k, direction, base);
    if (!(std::abs(s.value - inner) <= 1e-4 * size + 10 * s.uncertainty)) {
      const std::string by_tape = std::to_string(inner), by_difference = std::to_string(s.value);
      return "reverse mode and differences disagree about `" + subjects[k].name + "`: along one direction " + by_tape +
             " and " + by_difference + ". Look for a wrong rule or a stop_gradient with gradcheck before judging by it";
    }
  }
  return {};
}

// What was given against what is right.
void judge(const HandSubject& s, HandGradient& out) {
  out.name = s.name;
  out.shape = s.right.shape;
  out.given_shape = s.given.shape;
  out.not_finite = static_cast<std::size_t>(
      std::count_if(s.given.v.begin(), s.given.v.end(), [](double v) { return !std::isfinite(v); }));
  const bool same = s.given.v.size() == s.right.v.size();
  if (!same) {
    out.elementwise = out.normwise = std::numeric_limits<double>::infinity();
    out.wrong = s.given.v.size();
    return;
  }
  const Comparison c = compare(s.given, s.right, s.dtype == float32 ? close32 : close64);
  out.elementwise = c.elementwise;
  out.normwise = c.normwise;
  out.wrong = c.wrong.size();
  out.ok = c.wrong.empty() && s.given.shape == s.right.shape;
  if (!(s.given.shape == s.right.shape)) return;  // which element is which is not known then
  std::vector<std::size_t> order = c.wrong;
  const auto gap = [&](std::size_t i) {
    const double d = std::abs(s.given.v[i] - s.right.v[i]);
    return std::isnan(d) ? std::numeric_limits<double>::infinity() : d;
  };
  std::stable_sort(order.begin(), order.end(), [&](std::size_t l, std::size_t r) { return gap(l) > gap(r); });
  if (order.size() > 5) order.resize(5);
  for (std::size_t i : order) out.worst.push_back({static_cast<Index>(i), s.given.v[i], s.right.v[i]});
}

// The function, recorded on a tape that no other is around.
class Recording {
 public:
  Recording(const HandFunction& f, const std::function<std::vector<Tensor>(Tape&)>& variables,
            const std::vector<std::string>& names, SourceLocation where)
      : tape_(record_graph, where) {
    const std::vector<Tensor> v = variables(tape_);
    for (std::size_t k = 0; k < v.size(); ++k) {
      nodes.push_back(tape_.node(v[k]));
      tape_.name(v[k], names[k]);
    }
    const NodeId output = tape_.node(f(v));
    if (!output)
      throw TapeError("check_by_hand", "the function depends on none of its arguments",
                      "Compute with the arguments that it receives, not with copies of their values.");
    const BasicTape<double>::Activate quiet(nullptr);
    graph.emplace(tape_, output);
  }

 private:
  Tape tape_;

 public:
  std::vector<NodeId> nodes;
  std::optional<HandGraph> graph;
};

HandReport run(const HandFunction& f, const std::vector<Tensor>& x, std::vector<HandSubject> subjects,
               const std::function<std::vector<Tensor>(Tape&)>& variables, const std::vector<std::string>& names,
               SourceLocation where) {
  const BasicTape<double>::Activate none(nullptr);
  HandReport report;
  report.gradients.resize(subjects.size());
  value_of(f, x);
  {
    const Recording recorded(f, variables, names, where);
    for (std::size_t k = 0; k < subjects.size(); ++k) {
      subjects[k].right = flat(recorded.graph->cotangent(recorded.nodes[k]));
      judge(subjects[k], report.gradients[k]);
      subjects[k].ok = report.gradients[k].ok;
    }
  }
  report.complaint = doubts(f, x, subjects);
  const bool wrong = std::any_of(subjects.begin(), subjects.end(), [](const HandSubject& s) { return !s.ok; });
  if (!report.complaint.empty() || !wrong) return report;
  // Recorded anew: differences may have moved the values that the first tape saved.
  value_of(f, x);
  const Recording recorded(f, variables, names, where);
  const BasicTape<double>::Activate quiet(nullptr);
  for (std::size_t k = 0; k < subjects.size(); ++k) subjects[k].node = recorded.nodes[k];
  explain(*recorded.graph, subjects, hand_factors(*recorded.graph, recorded.nodes), report);
  return report;
}

HandSubject subject(const std::string& name, const Tensor& at, const Tensor& gradient) {
  if (!is_floating(at.dtype()))
    throw DtypeError("check_by_hand", "`" + name + "` is " + std::string(name_of(at.dtype())) + ", it has no gradient",
                     "Convert it with cast(x, ag::float64), or let the function hold it.");
  HandSubject s;
  s.name = name;
  s.given = flat(gradient);
  s.dtype = at.dtype() == float32 || gradient.dtype() == float32 ? float32 : float64;
  return s;
}

}  // namespace

Var hand_element(const Tensor& t, const Shape& at) {
  const Var v = t.element(at, SourceLocation{});
  if (Tape* tape = Tape::active(); tape && v.tag() == tape->tag()) {
    const std::string name = tape->label(tape->node(t));
    tape->name(v, at.empty() ? name : name + "[" + std::to_string(at[0]) + "]");
  }
  return v;
}

HandReport check_by_hand(const HandFunction& f, const std::vector<ByHand>& arguments, SourceLocation where) {
  std::vector<Tensor> x;
  std::vector<HandSubject> subjects;
  std::vector<std::string> names;
  for (const ByHand& a : arguments) {
    subjects.push_back(subject(a.name, a.at, a.gradient));
    names.push_back(a.name);
    x.push_back(Tensor(a.at.data().cast(float64).copy()));
  }
  const auto variables = [&x](Tape& tape) {
    std::vector<Tensor> v;
    for (const Tensor& t : x) v.push_back(tape.variable(t));
    return v;
  };
  return run(f, x, std::move(subjects), variables, names, where);
}

HandReport check_model_by_hand(const std::vector<Parameter*>& parameters, const std::vector<std::string>& names,
                               const std::vector<NamedGradient>& gradients, const std::function<Tensor()>& loss,
                               SourceLocation where) {
  std::vector<Parameter*> checked;
  std::vector<std::string> checked_names;
  std::vector<HandSubject> subjects;
  for (const NamedGradient& g : gradients) {
    const auto at = std::find(names.begin(), names.end(), g.name);
    if (at == names.end()) {
      std::string known;
      for (const std::string& n : names) known += (known.empty() ? "" : ", ") + n;
      throw Error("check_by_hand", "the model has no parameter `" + g.name + "`", "It has " + known + ".");
    }
    checked.push_back(parameters[static_cast<std::size_t>(at - names.begin())]);
    checked_names.push_back(g.name);
    subjects.push_back(subject(g.name, checked.back()->value(), g.gradient));
  }
  const core::InFloat64 restore(parameters);

  std::vector<Tensor> x;
  for (Parameter* p : checked) x.push_back(Tensor(p->data().copy()));
  const auto variables = [&checked](Tape& tape) {
    std::vector<Tensor> v;
    for (Parameter* p : checked) v.push_back(tape.parameter(*p));
    return v;
  };
  // The loss reads the parameters themselves.
  const HandFunction f = [&](const std::vector<Tensor>& at) {
    for (std::size_t k = 0; k < checked.size(); ++k)
      if (at[k].tag() == 0) checked[k]->assign(at[k]);
    return loss();
  };
  return run(f, x, std::move(subjects), variables, checked_names, where);
}

}  // namespace autograd::check
