// One op at a time on scalars: what rule.hpp does for tensors.
#pragma once

#include <autograd/reverse/rule.hpp>

namespace autograd::core {

/// A recorded operation on N scalars, on a tape that keeps every operation.
template <class Op, std::size_t N>
class ScalarRule final : public CheckedStatement<Op, N> {
  using Statement::result;

 public:
  ScalarRule(const Op& op, const std::array<Var, N>& x, const std::array<NodeId, N>& nodes, const Var& y)
      : op_(op), x_(x), nodes_(nodes), y_(y) {}
  std::span<const NodeId> arguments() const override { return nodes_; }
  Array constant(std::size_t k) const override { return scalar(x_[k].value(), float64); }
  // An op that is used on numbers only need not compile for registers.
  Array value(std::span<const Array> x) const override {
    return for_arguments<N>(
        [&](auto... i) { return scalar(static_cast<double>(op_.value(item(Op::name, x[i])...)), float64); });
  }

  void pullback(Sweep& sweep) const override {
    const Var g = sweep.scalar(result.index);
    if (g.index() == 0 && g.value() == 0) return;
    for_arguments<N>([&](auto... i) {
      const auto p = op_.derivative(x_[i]..., y_).values;
      (
          [&] {
            const auto c = op::chain<Op>(g, std::get<i>(p));
            if constexpr (!std::is_same_v<decltype(c), const Zero>)
              if (nodes_[i]) sweep.add_scalar(nodes_[i].index, Var(c));
          }(),
          ...);
    });
  }
  void pushforward(ForwardSweep& sweep) const override {
    Var dy = 0;
    for_arguments<N>([&](auto... i) {
      const auto p = op_.derivative(x_[i]..., y_).values;
      (
          [&] {
            if (!nodes_[i]) return;
            const auto t = op::chain<Op>(sweep.scalar(nodes_[i]), std::get<i>(p));
            if constexpr (!std::is_same_v<decltype(t), const Zero>) dy = add_scalars(dy, Var(t));
          }(),
          ...);
    });
    sweep.set_scalar(result.index, dy);
  }

  std::unique_ptr<Statement> at(std::span<const Array> x, const Array& y) const override {
    std::array<Var, N> other;
    for (std::size_t k = 0; k < N; ++k) other[k] = item(Op::name, x[k]);
    auto s = std::make_unique<ScalarRule>(op_, other, nodes_, item(Op::name, y));
    s->result = this->result;
    return s;
  }

 private:
  const Op& op() const override { return op_; }

  Op op_;
  std::array<Var, N> x_;
  std::array<NodeId, N> nodes_;
  Var y_;
};

/// Computes op(x...) on scalars one operation at a time, recorded on the tape in scope and on those outside it.
template <class Op, std::size_t N>
Var apply_scalar(const Op& op, const std::array<Var, N>& x, SourceLocation where) {
  Tape* tape = Tape::active();
  if (!tape || !tape->elementary())
    return for_arguments<N>(
        [&](auto... i) { return Var(Expression<Op, Repeat<i, ScalarLeaf<double>>...>{op, {x[i].leaf()...}}, where); });
  where = tape->line(where);
  std::array<NodeId, N> nodes;
  std::array<Var, N> primals;
  bool any = false;
  for (std::size_t k = 0; k < N; ++k) {
    nodes[k] = tape->node(x[k]);
    any |= static_cast<bool>(nodes[k]);
    primals[k] = tape->primal(x[k]);
  }
  const Var y = [&] {
    const BasicTape<double>::Activate level(tape->outer());
    return apply_scalar(op, primals, where);
  }();
  note_branches<Op, N>(*tape, op, {}, where, [&](std::size_t k) { return scalar(x[k].value(), float64); });
  if (!any) return y;
  if (tape->watch()) tape->watch()->value(*tape, Op::name, where, x, y);
  return tape->record_scalar<ScalarRule<Op, N>>(y, where, op, primals, nodes, y);
}

}  // namespace autograd::core
