// The sweep in pieces: see by_hand_graph.hpp.
#include <autograd/check/by_hand_graph.hpp>

#include <autograd/reverse/catch_sweep.hpp>
#include <autograd/reverse/rule.hpp>

namespace autograd::check {
namespace {

using Contribution = core::CatchSweep::Contribution;

constexpr std::size_t none = static_cast<std::size_t>(-1);

Tensor plus(const Tensor& a, const Tensor& b) { return add_tensors(a, b); }

}  // namespace

HandGraph::HandGraph(const Tape& tape, NodeId output)
    : tape_(tape),
      output_(output),
      scalars_(tape.size() + 1),
      into_(scalars_ + tape.tensor_count()),
      from_(tape.statements().size()),
      cotangents_(into_.size(), Tensor(core::Array())),
      reached_(into_.size()),
      maker_(into_.size(), none) {
  const auto statements = tape.statements();
  for (std::size_t k = 0; k < statements.size(); ++k) maker_[slot(statements[k]->result)] = k;
  cotangents_[slot(output)] =
      output.tensor ? Tensor::ones(tape.tensor_at(output.index).shape(), tape.tensor_at(output.index).dtype())
                    : Tensor::ones({});
  reached_[slot(output)] = true;
  for (std::size_t k = statements.size(); k-- > 0;) {
    const Statement& s = *statements[k];
    const std::size_t at = slot(s.result);
    if (!reached_[at]) continue;
    core::CatchSweep sweep(cotangents_[at]);
    s.pullback(sweep);
    for (Contribution& c : std::move(sweep).from(s)) {
      const std::size_t to = slot(c.node);
      cotangents_[to] = reached_[to] ? plus(cotangents_[to], c.value) : c.value;
      reached_[to] = true;
      into_[to].push_back(edges_.size());
      from_[k].push_back(edges_.size());
      edges_.push_back({k, c.argument, c.node, std::move(c.value)});
    }
  }
}

Tensor HandGraph::value(NodeId n) const {
  return n.tensor ? Tensor(tape_.tensor_at(n.index).data()) : Tensor(tape_.scalar_at(n.index).value());
}

Tensor HandGraph::cotangent(NodeId n) const {
  return reached_[slot(n)] ? cotangents_[slot(n)] : Tensor::zeros(value(n).shape());
}

Tensor HandGraph::argument(const Statement& s, std::size_t k) const {
  return s.arguments()[k] ? value(s.arguments()[k]) : Tensor(s.constant(k));
}

std::vector<Tensor> HandGraph::arguments(const Statement& s) const {
  std::vector<Tensor> x;
  for (std::size_t k = 0; k < s.arguments().size(); ++k) x.push_back(argument(s, k));
  return x;
}

std::vector<std::optional<Tensor>> HandGraph::edited(const std::vector<HandEdit>& edits,
                                                     const std::vector<NodeId>& wanted) const {
  std::vector<std::optional<Tensor>> now(edges_.size());
  std::vector<bool> changed(edges_.size());
  const auto cotangent_now = [&](NodeId n) -> std::optional<Tensor> {
    std::optional<Tensor> sum;
    if (n == output_) sum = cotangents_[slot(n)];
    for (std::size_t e : into_[slot(n)]) {
      const std::optional<Tensor> c = changed[e] ? now[e] : edges_[e].value;
      if (c) sum = sum ? plus(*sum, *c) : *c;
    }
    return sum;
  };
  const auto touched = [&](NodeId n) {
    for (std::size_t e : into_[slot(n)])
      if (changed[e]) return true;
    return false;
  };
  for (std::size_t k = from_.size(); k-- > 0;) {
    if (from_[k].empty()) continue;
    const Statement& s = *tape_.statements()[k];
    const bool other = touched(s.result);
    const std::optional<Tensor> g = other ? cotangent_now(s.result) : cotangents_[slot(s.result)];
    if (other) {
      for (std::size_t e : from_[k]) changed[e] = true;
      if (g) {
        core::CatchSweep sweep(*g);
        s.pullback(sweep);
        for (Contribution& c : std::move(sweep).from(s))
          for (std::size_t e : from_[k])
            if (edges_[e].argument == c.argument) now[e] = c.value;
      }
    }
    for (const HandEdit& edit : edits)
      if (edges_[edit.edge].statement == k && g) {
        const std::optional<Tensor> right = changed[edit.edge] ? now[edit.edge] : edges_[edit.edge].value;
        if (right) now[edit.edge] = edit.replace(*g, *right);
        changed[edit.edge] = true;
      }
  }
  std::vector<std::optional<Tensor>> out;
  for (NodeId n : wanted) {
    if (!touched(n)) {
      out.emplace_back();
      continue;
    }
    const std::optional<Tensor> c = cotangent_now(n);
    out.push_back(c ? *c : Tensor::zeros(value(n).shape()));
  }
  return out;
}

std::optional<Tensor> HandGraph::pulled(const HandEdge& e, const Tensor& cotangent) const {
  core::CatchSweep sweep(cotangent);
  statement(e).pullback(sweep);
  for (Contribution& c : std::move(sweep).from(statement(e)))
    if (c.argument == e.argument) return c.value;
  return {};
}

std::optional<Tensor> HandGraph::pulled_at(const HandEdge& e, const std::vector<Tensor>& x, const Tensor& y,
                                           const Tensor& cotangent) const {
  std::vector<core::Array> values;
  for (const Tensor& t : x) values.push_back(t.data());
  const auto other = statement(e).at(values, y.data());
  if (!other) return {};
  core::CatchSweep sweep(cotangent);
  other->pullback(sweep);
  for (Contribution& c : std::move(sweep).from(statement(e)))
    if (c.argument == e.argument) return c.value;
  return {};
}

std::string HandGraph::describe(const Statement& s) const {
  std::string text("`");
  text.append(s.name()).append("`");
  if (const std::string at = to_string(s.where); !at.empty())
    text.append(s.where.around ? " (within " : " (").append(at).append(")");
  return text;
}

std::string HandGraph::describe(NodeId n) const {
  std::string text;
  if (const std::string given = tape_.label(n); !given.empty()) return text.append("`").append(given).append("`");
  if (maker_[slot(n)] == none) return "a variable";
  return text.append("the result of ").append(describe(*tape_.statements()[maker_[slot(n)]]));
}

std::string HandGraph::describe_argument(const Statement& s, std::size_t k) const {
  if (s.arguments()[k]) return describe(s.arguments()[k]);
  std::string text("the constant in ");
  return text.append(describe(s));
}

}  // namespace autograd::check
