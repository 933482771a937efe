// Slips in the derivatives of elementwise ops, and in the sums over what they broadcast.
#include <map>

#include <autograd/check/by_hand_slips.hpp>

namespace autograd::check {
namespace {

using Maybe = std::optional<Tensor>;

class Slopes {
 public:
  Slopes(const HandGraph& graph, const std::vector<HandSubject>& subjects, std::vector<HandSlip>& out)
      : graph_(graph), subjects_(subjects), values_(values_of(graph)), out_(out) {}

  void run() {
    for (std::size_t e = 0; e < graph_.edges().size(); ++e) {
      const Statement& s = statement(e);
      const Shape from = graph_.value(edge(e).to).shape(), to = graph_.result(s).shape();
      if (s.elementwise() || from == to) missing(e, from);
      if (!s.elementwise()) continue;
      if (from == to) twice(e);
      if (s.arguments().size() == 1) elsewhere(e);
      else other_values(e);
      if (!(from == to)) unsummed(e, from, to);
    }
    everywhere();
  }

 private:
  const HandEdge& edge(std::size_t e) const { return graph_.edges()[e]; }
  const Statement& statement(std::size_t e) const { return graph_.statement(edge(e)); }

  HandSlip& slip(std::size_t e, Mistake mistake, std::string text, decltype(HandEdit::replace) replace,
                 bool pairs = false) {
    const Statement& s = statement(e);
    out_.emplace_back(mistake, std::move(text), s);
    out_.back().edits.push_back({e, std::move(replace)});
    out_.back().pairs = pairs;
    return out_.back();
  }
  // "The derivative of `tanh` (net.cpp:12)", with the argument where there are several.
  std::string derivative(std::size_t e) const {
    const Statement& s = statement(e);
    std::string text = "The derivative of " + graph_.describe(s);
    if (s.arguments().size() > 1) text += " with respect to " + graph_.describe(edge(e).to);
    return text;
  }

  // The rule of one argument at another value, with the result that belongs to it.
  static Maybe at(const HandGraph& graph, std::size_t e, const Tensor& x, const Tensor& g) {
    const HandEdge& edge = graph.edges()[e];
    const core::Array at[] = {x.data()};
    return graph.pulled_at(edge, {x}, Tensor(graph.statement(edge).value(at)), g);
  }

  void missing(std::size_t e, const Shape& shape) {
    if (statement(e).name() == "add") return;
    slip(
        e, Mistake::missing_slope, derivative(e) + " is missing.",
        [shape](const Tensor& g, const Tensor&) { return Maybe(sum_to(g, shape)); }, true);
    by_op_[{std::string(statement(e).name()), "missing"}].push_back(out_.size() - 1);
  }

  void twice(std::size_t e) {
    slip(
        e, Mistake::slope_twice, derivative(e) + " is there twice.",
        [graph = &graph_, e](const Tensor&, const Tensor& c) { return graph->pulled(graph->edges()[e], c); }, true);
  }

  void elsewhere(std::size_t e) {
    const Statement& s = statement(e);
    const Tensor x = graph_.argument(s, 0), y = graph_.result(s);
    slip(
        e, Mistake::slope_elsewhere, derivative(e) + " is taken at its result (a) instead of its argument (z).",
        [graph = &graph_, e, y](const Tensor& g, const Tensor&) { return at(*graph, e, y, g); }, true);
    by_op_[{std::string(s.name()), "taken at its result (a) instead of its argument (z)"}].push_back(out_.size() - 1);
    slip(
        e, Mistake::slope_elsewhere,
        derivative(e) + " is the formula in terms of its result (a), but its argument (z) was put in.",
        [graph = &graph_, e, x](const Tensor& g, const Tensor&) {
          return graph->pulled_at(graph->edges()[e], {x}, x, g);
        },
        true);
    by_op_[{std::string(s.name()), "the formula in terms of its result (a), with its argument (z) put in"}].push_back(
        out_.size() - 1);
    for (const HandValue& v : values_)
      if (v.value.shape() == x.shape() && !(v.value.data() == x.data()) && !(v.value.data() == y.data()))
        slip(e, Mistake::slope_elsewhere, derivative(e) + " is taken at " + v.name + ".",
             [graph = &graph_, e, value = v.value](const Tensor& g, const Tensor&) { return at(*graph, e, value, g); });
  }

  // One of several arguments is another value of its shape: that of another layer.
  void other_values(std::size_t e) {
    const Statement& s = statement(e);
    const std::vector<Tensor> x = graph_.arguments(s);
    for (std::size_t k = 0; k < x.size(); ++k)
      for (const HandValue& v : values_) {
        if (x[k].rank() == 0 || !(v.value.shape() == x[k].shape()) || v.value.data() == x[k].data()) continue;
        slip(e, Mistake::other_layer,
             "In the derivative of " + graph_.describe(s) + ", " + v.name + " stands in the place of " +
                 graph_.describe_argument(s, k) + ".",
             [graph = &graph_, e, x, k, value = v.value](const Tensor& g, const Tensor&) {
               std::vector<Tensor> other = x;
               other[k] = value;
               const HandEdge& edge = graph->edges()[e];
               return graph->pulled_at(edge, other, graph->result(graph->statement(edge)), g);
             });
      }
  }

  // The same slip in every use of an op.
  void everywhere() {
    for (const auto& [op, slips] : by_op_) {
      if (slips.size() < 2) continue;
      HandSlip all(out_[slips[0]].explanation.mistake,
                   "The derivative of `" + op.first + "` is " + op.second + ", in all " + std::to_string(slips.size()) +
                       " places.",
                   op.first, {});
      for (std::size_t k : slips) all.edits.push_back(out_[k].edits[0]);
      out_.push_back(std::move(all));
    }
  }

  // The argument was repeated along some axes; over those, and only those, its cotangent is summed.
  void unsummed(std::size_t e, const Shape& from, const Shape& to) {
    const Statement& s = statement(e);
    std::vector<Tensor> x = graph_.arguments(s);
    for (Tensor& t : x) t = Tensor(t.data().broadcast_to(to));
    const Maybe all = graph_.pulled_at(edge(e), x, graph_.result(s), graph_.cotangent(s.result));
    if (!all || !(all->shape() == to)) return;
    const Shape repeated = core::repeated_axes(from, to);
    std::string right;
    for (Index d : repeated) right += (right.empty() ? "" : " and ") + std::to_string(d);
    const std::string where =
        "the derivative of " + graph_.describe(s) + " with respect to " + graph_.describe(edge(e).to);
    for (const bool last : {true, false}) {
      Tensor one = *all;
      for (Index d : repeated) one = slice_axis(one, d, last);
      const Index n = core::count(to) / std::max<Index>(1, core::count(from));
      const auto ratio = sum_to(one, from);
      const std::string text = "In " + where + ", only the " + (last ? "last" : "first") + " of " + std::to_string(n) +
                               " counts (axis " + right + "): = for += in a loop?";
      slip(e, Mistake::one_example, text, [ratio](const Tensor&, const Tensor&) { return Maybe(ratio); });
    }
    // Sums over other axes have other shapes, as a rule: only the argument itself can have such a gradient.
    for (std::size_t k = 0; k < subjects_.size(); ++k) {
      if (!(subjects_[k].node == edge(e).to) || graph_.into(edge(e).to).size() > 1 || to.size() > 4) continue;
      for (unsigned subset = 0; subset < 1u << to.size(); ++subset) {
        Shape axes;
        std::string names;
        for (std::size_t d = 0; d < to.size(); ++d)
          if (subset >> d & 1) {
            axes.push_back(static_cast<Index>(d));
            names += (names.empty() ? "" : " and ") + std::to_string(d);
          }
        if (axes == repeated) continue;
        const Tensor total = axes.empty() ? *all : Tensor(sum(*all, Axes(axes)));
        const std::string text =
            axes.empty() ? "In " + where + ", the sum over axis " + right + " is missing."
                         : "In " + where + ", the sum is over axis " + names + ", it must be over axis " + right + ".";
        out_.emplace_back(axes.empty() ? Mistake::missing_sum : Mistake::wrong_axis, text, s);
        out_.back().subject = k;
        out_.back().gradient = total;
      }
    }
  }
  static Tensor slice_axis(const Tensor& x, Index axis, bool last) {
    const Index at = last ? x.shape(axis) - 1 : 0;
    Shape shape = x.shape();
    const Strides strides = x.data().strides();
    const Index offset = at * strides[static_cast<std::size_t>(axis)];
    shape[static_cast<std::size_t>(axis)] = 1;
    return Tensor(x.data().view(shape, strides, offset));
  }

  const HandGraph& graph_;
  const std::vector<HandSubject>& subjects_;
  std::vector<HandValue> values_;
  std::vector<HandSlip>& out_;
  std::map<std::pair<std::string, std::string>, std::vector<std::size_t>> by_op_;
};

}  // namespace

std::vector<HandValue> values_of(const HandGraph& graph) {
  std::vector<HandValue> all;
  const auto add = [&](const Tensor& t, std::string name) {
    if (t.rank() == 0) return;
    for (const HandValue& v : all)
      if (v.value.data() == t.data()) return;
    all.push_back({t, std::move(name)});
  };
  for (const Statement* s : graph.tape().statements()) {
    for (std::size_t k = 0; k < s->arguments().size(); ++k)
      if (s->arguments()[k] || s->constant(k)) add(graph.argument(*s, k), graph.describe_argument(*s, k));
    add(graph.result(*s), graph.describe(s->result));
  }
  return all;
}

void slope_slips(const HandGraph& graph, const std::vector<HandSubject>& subjects, std::vector<HandSlip>& out) {
  Slopes(graph, subjects, out).run();
}

}  // namespace autograd::check
