// Slips on the way back: a contribution that is lost where a value is used more than once, a term without a derivative.
#include <autograd/check/by_hand_slips.hpp>

namespace autograd::check {
namespace {

std::string capitalised(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

HandEdit drop(std::size_t edge) {
  return {edge, [](const Tensor&, const Tensor&) { return std::optional<Tensor>(); }};
}

// Where several edges meet at a node: one of them is lost, or all but one.
void forks(const HandGraph& graph, NodeId node, std::vector<HandSlip>& out) {
  const std::vector<std::size_t>& in = graph.into(node);
  const std::string used = capitalised(graph.describe(node)) + " is used " + std::to_string(in.size()) + " times, ";
  for (std::size_t e : in) {
    const Statement& s = graph.statement(graph.edges()[e]);
    out.emplace_back(Mistake::lost_contribution,
                     used + "but the contribution through " + graph.describe(s) + " is missing: = for +=?", s);
    out.back().edits.push_back(drop(e));
    out.back().pairs = true;
    if (in.size() < 3) continue;
    HandSlip only(Mistake::lost_contribution,
                  used + "but only the contribution through " + graph.describe(s) + " is there: = for +=?", s);
    only.pairs = true;
    for (std::size_t other : in)
      if (other != e) only.edits.push_back(drop(other));
    out.push_back(std::move(only));
  }
}

}  // namespace

void path_slips(const HandGraph& graph, std::vector<HandSlip>& out) {
  const auto& edges = graph.edges();
  std::vector<HandSlip> branches;
  for (std::size_t e = 0; e < edges.size(); ++e) {
    const Statement& s = graph.statement(edges[e]);
    if (graph.into(edges[e].to).size() > 1) continue;
    std::size_t arguments = 0;
    for (const HandEdge& other : edges) arguments += other.statement == edges[e].statement;
    if (arguments < 2) continue;
    const bool sums = s.name() == "add" || s.name() == "subtract";
    std::string text = sums ? "The term that is " : "In " + graph.describe(s) + ", ";
    text += graph.describe(edges[e].to);
    if (sums)
      text += ", in the sum at " + graph.describe(s) + ", has no derivative" +
              (graph.result(s).size() == 1 ? ": is it a regularisation that was left out?" : ".");
    else text += " is taken for a constant.";
    std::vector<HandSlip>& to = sums && graph.result(s).size() == 1 ? out : branches;
    to.emplace_back(sums ? Mistake::missing_term : Mistake::lost_contribution, text, s);
    to.back().edits.push_back(drop(e));
    to.back().pairs = true;
  }
  for (std::size_t e = 0; e < edges.size(); ++e) {
    const std::vector<std::size_t>& meeting = graph.into(edges[e].to);
    if (meeting.size() > 1 && meeting.front() == e) forks(graph, edges[e].to, out);
  }
  // Another way to see a fork, and a less telling one.
  for (HandSlip& s : branches) out.push_back(std::move(s));
}

}  // namespace autograd::check
