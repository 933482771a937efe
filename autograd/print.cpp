// The nodes of a tape in order of their making, drawn in two ways.
#include <autograd/print.hpp>

#include <algorithm>
#include <sstream>
#include <vector>

#include <autograd/core/number_text.hpp>

namespace autograd {
namespace {

using core::number_text;

struct Drawn {
  NodeId id;
  const Statement* statement;  // null for a variable
};

// "t3" and "v5" for nodes without a name. (Not "t" + to_string(...): g++ 12 warns falsely about that.)
std::string plain_name(NodeId id) { return std::string(id.tensor ? "t" : "v").append(std::to_string(id.index)); }

std::string shown(const Tensor& t) {
  std::ostringstream out;
  if (t.size() <= 8 && t.rank() <= 1) out << t;
  else out << name_of(t.dtype()) << to_string(t.shape());
  return out.str();
}

class Picture {
 public:
  Picture(const Tape& tape, const Gradients* gradients) : tape_(tape), gradients_(gradients) {
    if (!tape.elementary())
      throw TapeError("print", "this tape keeps fused statements, not a graph",
                      "Open it with ag::Tape tape{ag::record_graph}.");
    // Variables are the nodes that no statement made; they stand before the first statement that reads them.
    std::vector<bool> scalar_made(tape.size() + 1), tensor_made(tape.tensor_count());
    for (const Statement* s : tape.statements()) (s->result.tensor ? tensor_made : scalar_made)[s->result.index] = true;
    std::vector<bool> scalar_drawn(scalar_made.size()), tensor_drawn(tensor_made.size());
    const auto draw = [&](NodeId id, const Statement* s) {
      auto drawn = (id.tensor ? tensor_drawn : scalar_drawn)[id.index];
      if (!id || drawn) return;
      drawn = true;
      nodes_.push_back({id, s});
    };
    for (const Statement* s : tape.statements()) {
      for (const NodeId& a : s->arguments()) draw(a, nullptr);
      draw(s->result, s);
    }
    for (std::uint32_t i = 1; i < scalar_made.size(); ++i)
      if (!scalar_made[i]) draw({i, false}, nullptr);
    for (std::uint32_t i = 1; i < tensor_made.size(); ++i)
      if (!tensor_made[i]) draw({i, true}, nullptr);
  }

  const std::vector<Drawn>& nodes() const { return nodes_; }
  std::string name(NodeId id) const {
    if (!id) return "constant";
    const std::string given = tape_.label(id);
    return given.empty() ? plain_name(id) : given;
  }
  std::string value(NodeId id) const {
    return id.tensor ? shown(tape_.tensor_at(id.index)) : number_text(tape_.scalar_at(id.index).value());
  }
  /// Empty when there is none.
  std::string adjoint(NodeId id) const {
    if (!gradients_) return {};
    if (!id.tensor) return number_text(gradients_->scalar_at(id.index).value());
    Tensor g;
    return gradients_->tensor_at(id.index, g) ? shown(g) : "0";
  }
  std::string formula(const Drawn& d) const {
    if (!d.statement) return "variable";
    std::string text(d.statement->name());
    text += "(";
    bool first = true;
    for (const NodeId& a : d.statement->arguments()) {
      text += (first ? "" : ", ") + name(a);
      first = false;
    }
    return text + ")";
  }

 private:
  const Tape& tape_;
  const Gradients* gradients_;
  std::vector<Drawn> nodes_;
};

std::string in_quotes(const std::string& text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') out += "\\n";
    else out += c;
  }
  return out + "\"";
}

std::string text_of(const Tape& tape, const Gradients* gradients) {
  const Picture picture(tape, gradients);
  std::vector<std::vector<std::string>> rows;
  std::vector<std::size_t> widths(4, 0);
  for (const Drawn& d : picture.nodes()) {
    const std::string adjoint = picture.adjoint(d.id);
    rows.push_back({picture.name(d.id), picture.formula(d), picture.value(d.id), adjoint});
    for (std::size_t k = 0; k < 4; ++k) widths[k] = std::max(widths[k], rows.back()[k].size());
  }
  const auto padded = [](const std::string& s, std::size_t width) { return s + std::string(width - s.size(), ' '); };
  std::string out;
  for (const auto& r : rows) {
    std::string line = padded(r[0], widths[0]) + " = " + padded(r[1], widths[1]) + " = " + padded(r[2], widths[2]);
    if (!r[3].empty()) line += "   adjoint " + r[3];
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

std::string dot_of(const Tape& tape, const Gradients* gradients) {
  const Picture picture(tape, gradients);
  const auto id = plain_name;
  std::string out = "digraph tape {\n  rankdir=LR;\n";
  std::size_t constants = 0;
  for (const Drawn& d : picture.nodes()) {
    std::string label = picture.name(d.id);
    if (d.statement) label.append(" = ").append(d.statement->name());
    label.append("\n").append(picture.value(d.id));
    if (const std::string a = picture.adjoint(d.id); !a.empty()) label.append("\nadjoint ").append(a);
    out += "  " + id(d.id) + " [shape=" + (d.statement ? "ellipse" : "box") + ", label=" + in_quotes(label) + "];\n";
    if (!d.statement) continue;
    for (const NodeId& a : d.statement->arguments()) {
      if (a) {
        out += "  " + id(a) + " -> " + id(d.id) + ";\n";
      } else {
        const std::string c = std::string("c").append(std::to_string(constants++));
        out += "  " + c + " [shape=plaintext, label=\"constant\"];\n  " + c + " -> " + id(d.id) + ";\n";
      }
    }
  }
  return out + "}\n";
}

}  // namespace

std::string to_text(const Tape& tape, const Gradients& gradients) { return text_of(tape, &gradients); }
std::string to_text(const Tape& tape) { return text_of(tape, nullptr); }
std::string to_dot(const Tape& tape, const Gradients& gradients) { return dot_of(tape, &gradients); }
std::string to_dot(const Tape& tape) { return dot_of(tape, nullptr); }

}  // namespace autograd
