// HandGraph: a recorded function whose reverse sweep can be run with a mistake in it.
//
// The sweep is taken apart into edges: what one statement contributes to the cotangent of one of its arguments. A
// mistake replaces the contribution of one edge or several; only what lies behind them is computed again.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <autograd/reverse/tape.hpp>

namespace autograd::check {

/// What a statement contributes to one of its arguments.
struct HandEdge {
  std::size_t statement, argument;
  NodeId to;
  Tensor value;
};

/// In the place of a contribution: computed from the cotangent of the result and the contribution that is right there.
/// Nothing takes the contribution away.
struct HandEdit {
  std::size_t edge;
  std::function<std::optional<Tensor>(const Tensor& cotangent, const Tensor& contribution)> replace;
};

class HandGraph {
 public:
  /// The tape must outlive the graph, record every operation, and not be active while the graph is used.
  HandGraph(const Tape& tape, NodeId output);

  const Tape& tape() const { return tape_; }
  const std::vector<HandEdge>& edges() const { return edges_; }
  const Statement& statement(const HandEdge& e) const { return *tape_.statements()[e.statement]; }
  /// The edges into a node.
  const std::vector<std::size_t>& into(NodeId n) const { return into_[slot(n)]; }
  /// The right cotangent of a node: of its shape, also where it is 0.
  Tensor cotangent(NodeId n) const;
  /// What statement k read as an argument, and what it gave.
  Tensor argument(const Statement& s, std::size_t k) const;
  std::vector<Tensor> arguments(const Statement& s) const;
  Tensor result(const Statement& s) const { return value(s.result); }
  Tensor value(NodeId n) const;

  /// The cotangents of some nodes with the edits made; nothing for one that they do not change.
  std::vector<std::optional<Tensor>> edited(const std::vector<HandEdit>& edits,
                                            const std::vector<NodeId>& wanted) const;
  /// The contribution that the rule of an edge's statement gives for a cotangent, or would at other values.
  std::optional<Tensor> pulled(const HandEdge& e, const Tensor& cotangent) const;
  std::optional<Tensor> pulled_at(const HandEdge& e, const std::vector<Tensor>& x, const Tensor& y,
                                  const Tensor& cotangent) const;

  /// "`tanh` (net.cpp:12)"; the line is left out where it is unknown.
  std::string describe(const Statement& s) const;
  /// "`W1`", or "the result of `tanh` (net.cpp:12)".
  std::string describe(NodeId n) const;
  /// The same for an argument that may be a constant.
  std::string describe_argument(const Statement& s, std::size_t k) const;

 private:
  std::size_t slot(NodeId n) const { return n.tensor ? scalars_ + n.index : n.index; }

  const Tape& tape_;
  NodeId output_;
  std::size_t scalars_;
  std::vector<HandEdge> edges_;
  std::vector<std::vector<std::size_t>> into_;  // edges, by the slot of their argument
  std::vector<std::vector<std::size_t>> from_;  // edges, by their statement
  std::vector<Tensor> cotangents_;
  std::vector<bool> reached_;
  std::vector<std::size_t> maker_;  // the statement that made a node
};

}  // namespace autograd::check
