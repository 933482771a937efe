// The statements that cross between scalars and tensors, and the functions that record them.
#include <autograd/reverse/crossing.hpp>

#include <autograd/reverse/rule.hpp>

namespace autograd {
namespace {

double read(const core::Array& a, Index offset) {
  return core::with_type(a.dtype(),
                         [&]<class T>(core::Type<T>) { return static_cast<double>(a.data<const T>()[offset]); });
}

// y = (x1, ..., xn), given a shape. Its pullback hands each scalar its element of the cotangent.
class StackStatement final : public Statement {
 public:
  StackStatement(core::PoolVector<NodeId> nodes, std::span<const Var> x, const Shape& shape, Dtype dtype)
      : nodes_(std::move(nodes)), shape_(shape), dtype_(dtype) {
    for (const Var& v : x) values_.push_back(v.value());
    kept_arguments = 0;
  }
  std::string_view name() const override { return "stack"; }
  std::span<const NodeId> arguments() const override { return nodes_; }
  void pullback(Sweep& sweep) const override {
    Tensor g;
    if (!sweep.take(result.index, g)) return;
    for (std::size_t k = 0; k < nodes_.size(); ++k)
      if (nodes_[k]) sweep.add_scalar(nodes_[k].index, g.rank() ? g(static_cast<Index>(k)) : g());
  }
  void pushforward(ForwardSweep& sweep) const override {
    core::PoolVector<Var> dx;
    for (const NodeId& n : nodes_) dx.push_back(n ? sweep.scalar(n) : Var(0));
    const Tensor dy = stack(dx, dtype_);
    sweep.set_tensor(result.index, shape_.empty() ? Tensor(dy.data().view({}, {}, 0)) : dy);
  }

  core::Array value(std::span<const core::Array> x) const override {
    const core::Array y = core::Array::empty(shape_, dtype_);
    core::with_floating("stack", dtype_, [&]<class T>(core::Type<T>) {
      for (std::size_t k = 0; k < x.size(); ++k) y.data<T>()[k] = static_cast<T>(read(x[k], 0));
    });
    return y;
  }
  core::Array constant(std::size_t k) const override { return core::scalar(values_[k], float64); }
  const char* complex_value(std::span<const core::ComplexArray> x, core::ComplexArray& y) const override {
    return core::alone::complex_of_parts(*this, x, y);
  }

 private:
  core::PoolVector<NodeId> nodes_;
  core::PoolVector<double> values_;
  Shape shape_;
  Dtype dtype_;
};

// y = x[i, j, ...]. Its pullback adds to one element of the cotangent of x.
class ElementStatement final : public Statement {
 public:
  ElementStatement(NodeId node, const Shape& shape, Dtype dtype, const Shape& at)
      : node_{node}, shape_(shape), at_(at), dtype_(dtype) {
    kept_arguments = 0;
  }
  std::string_view name() const override { return "element"; }
  std::span<const NodeId> arguments() const override { return {&node_, 1}; }
  void pullback(Sweep& sweep) const override {
    const Var g = sweep.scalar(result.index);
    if (g.index() == 0) {
      if (g.value() == 0) return;
      bool add = false;
      const core::Array& to = sweep.accumulator(node_.index, shape_, dtype_, add);
      core::with_floating("element", dtype_, [&]<class T>(core::Type<T>) {
        if (!add) std::fill_n(to.data<T>(), to.size(), T{0});
        to.data<T>()[offset()] += static_cast<T>(g.value());
      });
      return;
    }
    // On an outer tape: a tensor of constants and one Var.
    core::PoolVector<Var> flat(static_cast<std::size_t>(core::count(shape_)), Var(0));
    flat[static_cast<std::size_t>(offset())] = g;
    sweep.add_tensor(node_.index, core::reshape_recorded(stack(flat, dtype_), shape_));
  }
  void pushforward(ForwardSweep& sweep) const override {
    Tensor dx;
    if (sweep.tensor(node_, dx)) sweep.set_scalar(result.index, dx.element(at_));
  }

  core::Array value(std::span<const core::Array> x) const override {
    return core::scalar(read(x[0].packed(), offset()), float64);
  }
  const char* complex_value(std::span<const core::ComplexArray> x, core::ComplexArray& y) const override {
    return core::alone::complex_of_parts(*this, x, y);
  }

 private:
  Index offset() const {
    Index o = 0;
    const Strides s = core::row_major(shape_);
    for (std::size_t d = 0; d < at_.size(); ++d) o += at_[d] * s[d];
    return o;
  }
  NodeId node_;
  Shape shape_, at_;
  Dtype dtype_;
};

Tensor stack_with_shape(std::span<const Var> x, const Shape& shape, Dtype dtype, SourceLocation where) {
  core::Array out = core::Array::empty(shape, dtype);
  core::with_floating("stack", dtype, [&]<class T>(core::Type<T>) {
    for (std::size_t k = 0; k < x.size(); ++k) out.data<T>()[k] = static_cast<T>(x[k].value());
  });
  Tensor y(std::move(out));
  Tape* tape = Tape::active();
  if (!tape) return y;
  if (tape->elementary()) where = tape->line(where);
  core::PoolVector<NodeId> nodes;
  core::PoolVector<Var> primals;
  bool any = false;
  for (const Var& v : x) {
    nodes.push_back(tape->node(v));
    any |= static_cast<bool>(nodes.back());
    primals.push_back(tape->primal(v));
  }
  if (tape->outer()) {
    const BasicTape<double>::Activate level(tape->outer());
    y = stack_with_shape(primals, shape, dtype, where);
  }
  if (!any) return y;
  // An element is as finite as its tensor; but a number may be too large for float32.
  if (tape->watch())
    for (std::size_t k = 0; k < x.size(); ++k)
      tape->watch()->value(*tape, "stack", where, x.subspan(k, 1), core::element_at(y.data(), static_cast<Index>(k)));
  return tape->record_tensor<StackStatement>(y, where, std::move(nodes), x, shape, dtype);
}

}  // namespace

Tensor stack(std::span<const Var> x, Dtype dtype, SourceLocation where) {
  return stack_with_shape(x, {static_cast<Index>(x.size())}, dtype, where);
}

Tensor core::to_tensor(const Var& x, Dtype dtype, SourceLocation where) {
  return stack_with_shape({&x, 1}, {}, dtype, where);
}

Var Tensor::element(const Shape& given, SourceLocation where) const {
  if (given.size() != rank())
    throw ShapeError("element", std::to_string(given.size()) + " indices for a tensor of shape " + to_string(shape()));
  Shape at = given;
  Index offset = 0;
  for (std::size_t d = 0; d < rank(); ++d) {
    const Index n = shape()[d];
    if (at[d] < -n || at[d] >= n)
      throw ShapeError("element", "index " + std::to_string(at[d]) + " is out of range for axis " + std::to_string(d) +
                                      " of shape " + to_string(shape()));
    if (at[d] < 0) at[d] += n;
    offset += at[d] * array_.strides()[d];
  }
  const double value = read(array_, offset);
  Tape* tape = Tape::active();
  if (!tape || !is_floating(dtype())) return value;
  if (tape->elementary()) where = tape->line(where);
  const NodeId node = tape->node(*this);
  const Tensor primal = tape->primal(*this);
  Var y = value;
  if (tape->outer()) {
    const BasicTape<double>::Activate level(tape->outer());
    y = primal.element(at, where);
  }
  if (!node) return y;
  return tape->record_scalar<ElementStatement>(y, where, node, shape(), dtype(), at);
}

}  // namespace autograd
