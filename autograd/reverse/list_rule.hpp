// Ops of a list of tensors, as many as there are: how one is computed, recorded and differentiated.
//
//   struct Concatenate {
//     static constexpr std::string_view name = "concatenate";
//     core::Array value(std::span<const core::Array> x) const;
//     void pullback(const auto& g, std::span<const Shape> x, const auto& give) const;
//   };
//
// Such an op is linear in all its arguments together, so it needs no values to be differentiated, only
// shapes, and its pushforward is the op itself on the tangents, with zeros for those that are absent. The
// cotangent of argument k is handed over as a function, give(k, [&] { return ...; }), called where it is
// wanted. Levels are handled as in rule.hpp.
#pragma once

#include <vector>

#include <autograd/op/list.hpp>
#include <autograd/reverse/rule.hpp>

namespace autograd::core {

template <class Op>
Tensor apply_list(const Op& op, std::span<const Tensor> x, SourceLocation where);

/// A recorded operation on a list of tensors.
template <class Op>
class ListStatement final : public Statement {
 public:
  ListStatement(const Op& op, std::span<const Tensor> x, PoolVector<NodeId> nodes, Dtype dtype)
      : op_(op), nodes_(std::move(nodes)), dtype_(dtype) {
    shapes_.reserve(x.size());
    for (const Tensor& t : x) shapes_.push_back(t.shape());
    kept_arguments = 0;
  }
  /// Constants, which only checks ask for.
  void keep_constants(std::span<const Tensor> x) {
    for (std::size_t k = 0; k < x.size(); ++k) constants_.push_back(nodes_[k] ? Array() : x[k].data());
  }
  std::string_view name() const override { return Op::name; }
  std::span<const NodeId> arguments() const override { return nodes_; }

  void pullback(Sweep& sweep) const override {
    Tensor g{Array()};
    if (!sweep.take(result.index, g)) return;
    op_.pullback(g, std::span<const Shape>(shapes_), [&](std::size_t k, const auto& cotangent) {
      if (nodes_[k]) sweep.add_tensor(nodes_[k].index, Tensor(cotangent()));
    });
  }
  void pushforward(ForwardSweep& sweep) const override {
    PoolVector<Tensor> dx(nodes_.size());
    bool any = false;
    for (std::size_t k = 0; k < dx.size(); ++k) {
      const bool some = sweep.tensor(nodes_[k], dx[k]);
      if (!some) dx[k] = Tensor(scalar(0, dtype_).broadcast_to(shapes_[k]));
      any |= some;
    }
    if (any) sweep.set_tensor(result.index, apply_list(op_, dx, where));
  }

  Array value(std::span<const Array> x) const override { return op_.value(x); }
  Array constant(std::size_t k) const override { return k < constants_.size() ? constants_[k] : Array(); }
  const char* complex_value(std::span<const ComplexArray> x, ComplexArray& y) const override {
    return alone::complex_of_parts(*this, x, y);
  }

 private:
  Op op_;
  PoolVector<NodeId> nodes_;
  PoolVector<Array> constants_;
  PoolVector<Shape> shapes_;
  Dtype dtype_;
};

/// Computes op(x) and records it on the tape in scope, if any.
template <class Op>
Tensor apply_list(const Op& op, std::span<const Tensor> x, SourceLocation where) {
  Tape* tape = Tape::active();
  if (!tape) {
    PoolVector<Array> values;
    values.reserve(x.size());
    for (const Tensor& t : x) values.push_back(t.data());
    return Tensor(op.value(values));
  }
  if (tape->elementary()) where = tape->line(where);
  PoolVector<NodeId> nodes;
  PoolVector<Tensor> primals;
  nodes.reserve(x.size());
  primals.reserve(x.size());
  bool any = false;
  for (const Tensor& t : x) {
    nodes.push_back(tape->node(t));
    any |= static_cast<bool>(nodes.back());
    primals.push_back(tape->primal(t));
  }
  const Tensor y = [&] {
    const BasicTape<double>::Activate level(tape->outer());
    return apply_list(op, std::span<const Tensor>(primals), where);
  }();
  if (!any || !is_floating(y.dtype())) return y;
  if (tape->watch()) tape->watch()->value(*tape, Op::name, where, x, y, false);
  const Tensor result = tape->record_tensor<ListStatement<Op>>(y, where, op, x, std::move(nodes), y.dtype());
  if (tape->elementary()) static_cast<ListStatement<Op>&>(*tape->statements().back()).keep_constants(x);
  return result;
}

using ListRule = Tensor (*)(const void* op, std::span<const Tensor> x, SourceLocation where);

/// The rules that the library has compiled for op::Joining, in its order; in autograd/rules/joining.cpp.
const ListRule* compiled_list_rules();

/// op(x), by the compiled rule of a listed op or by its own.
template <class Op>
Tensor apply_list_op(const Op& op, std::span<const Tensor> x, SourceLocation where) {
  constexpr std::size_t at = op::position_in<Op, op::Joining>;
  if constexpr (at != op::not_listed) return compiled_list_rules()[at](&op, x, where);
  else return apply_list(op, x, where);
}

}  // namespace autograd::core
