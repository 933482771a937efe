// The sweep in pieces: see by_hand_graph.hpp.
#include <autograd/check/by_hand_graph.hpp>

#include <string_view>

#include <autograd/reverse/rule.hpp>

namespace autograd::check {
namespace {

constexpr std::size_t none = static_cast<std::size_t>(-1);

// Hands a statement its cotangent and catches what it contributes, in the order of its arguments.
class Catch final : public Sweep {
 public:
  explicit Catch(const Tensor& cotangent) : cotangent_(cotangent) {}
  Var scalar(std::uint32_t) const override { return cotangent_.value(); }
  void add_scalar(std::uint32_t index, const Var& c) override { caught.push_back({{index, false}, Tensor(c.value())}); }
  bool take(std::uint32_t, Tensor& cotangent) override {
    cotangent = cotangent_;
    return true;
  }
  void add_tensor(std::uint32_t index, Tensor c) override {
    if (index != 0) caught.push_back({{index, true}, std::move(c)});
  }
  const core::Array& accumulator(std::uint32_t index, const Shape& shape, Dtype dtype, bool& add) override {
    add = false;
    caught.push_back({{index, true}, Tensor(core::Array::zeros(shape, dtype))});
    return caught.back().second.data();
  }
  bool offer(std::uint32_t, const Tensor&) override { return false; }

  std::vector<std::pair<NodeId, Tensor>> caught;

 private:
  Tensor cotangent_;
};

// Which arguments the caught contributions belong to: an op may leave some out, but keeps their order.
std::vector<HandEdge> assigned(std::size_t statement, const Statement& s, Catch& from) {
  std::vector<HandEdge> edges;
  std::size_t k = 0;
  const auto nodes = s.arguments();
  for (auto& [node, value] : from.caught) {
    while (k < nodes.size() && !(nodes[k] == node)) ++k;
    if (k == nodes.size()) break;
    edges.push_back({statement, k++, node, std::move(value)});
  }
  return edges;
}

Tensor plus(const Tensor& a, const Tensor& b) { return add_tensors(a, b); }

}  // namespace

std::string place(SourceLocation where) {
  if (where.line == 0) return {};
  std::string_view file = where.file;
  if (const std::size_t slash = file.find_last_of('/'); slash != file.npos) file.remove_prefix(slash + 1);
  std::string text(file);
  text.append(":").append(std::to_string(where.line));
  return text;
}

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
    Catch sweep(cotangents_[at]);
    s.pullback(sweep);
    for (HandEdge& e : assigned(k, s, sweep)) {
      const std::size_t to = slot(e.to);
      cotangents_[to] = reached_[to] ? plus(cotangents_[to], e.value) : e.value;
      reached_[to] = true;
      into_[to].push_back(edges_.size());
      from_[k].push_back(edges_.size());
      edges_.push_back(std::move(e));
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
  return s.arguments()[k] ? value(s.arguments()[k]) : s.saved_argument(k);
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
      std::vector<HandEdge> again;
      if (g) {
        Catch sweep(*g);
        s.pullback(sweep);
        again = assigned(k, s, sweep);
      }
      for (std::size_t e : from_[k]) {
        changed[e] = true;
        for (HandEdge& a : again)
          if (a.argument == edges_[e].argument) now[e] = a.value;
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
  Catch sweep(cotangent);
  statement(e).pullback(sweep);
  for (HandEdge& a : assigned(e.statement, statement(e), sweep))
    if (a.argument == e.argument) return a.value;
  return {};
}

std::optional<Tensor> HandGraph::pulled_at(const HandEdge& e, const std::vector<Tensor>& x, const Tensor& y,
                                           const Tensor& cotangent) const {
  Catch sweep(cotangent);
  statement(e).pullback_at(x, y, sweep);
  for (HandEdge& a : assigned(e.statement, statement(e), sweep))
    if (a.argument == e.argument) return a.value;
  return {};
}

std::string HandGraph::describe(const Statement& s) const {
  std::string text("`");
  text.append(s.name()).append("`");
  if (const std::string at = place(s.where); !at.empty()) text.append(" (").append(at).append(")");
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
