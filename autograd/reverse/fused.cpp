// Fused expressions on their way to an array and to the tape: shapes and dtypes of the leaves, values, the statement.
#include <autograd/reverse/fused_sum.hpp>

#include <autograd/core/reduce.hpp>

namespace autograd::core {
namespace {

// A formula written into a window of a copy of x, or added to it: then x[window] is the formula's first leaf, a
// constant, and the cotangent of x is that of the result.
class FusedUpdate final : public FusedStatement {
 public:
  FusedUpdate(const Recorded& r, std::string_view name, bool adds, const Window& window)
      : FusedStatement(r, nullptr, this + 1), name_(name), adds_(adds), window_(window) {}
  std::string_view name() const override { return name_; }

  void pullback(Sweep& sweep) const override {
    Tensor g{Array()};
    if (!sweep.take(result.index, g)) return;
    const NodeId x = *node(count_);
    bool reads_whole = false;
    for (std::size_t k = 0; k < count_; ++k) reads_whole |= x && *node(k) == x;
    Array inside;
    if (x && adds_ && !reads_whole && g.data().unique() && g.data().contiguous() && sweep.offer(x.index, g)) {
      // Handed over: the slices of x add to the memory that their cotangent is read from.
      g = Tensor(Array());
      return pull(sweep, g, [&] {
        bool add = false;
        return window_.of(name_, sweep.accumulator(x.index, window_.source, dtype_, add));
      });
    }
    if (x && !adds_) {
      Array outside = g.data().unique() && g.data().contiguous() ? g.data() : g.data().copy();
      inside = window_.of(name_, outside).copy();
      copy_into(window_.of(name_, outside), scalar(0, dtype_));
      g = Tensor(Array());
      sweep.add_tensor(x.index, Tensor(std::move(outside)));
    } else {
      inside = window_.of(name_, g.data());
      if (x) sweep.add_tensor(x.index, std::move(g));
    }
    pull(sweep, Tensor(Array()), [&] { return inside; });
  }

 private:
  std::string_view name_;
  bool adds_;
  Window window_;
};

Shape space_of(const FusedKernels& kernels, std::span<const Tensor* const> leaves) {
  Shape space;
  try {
    for (const Tensor* t : leaves) space = broadcast(kernels.name, space, t->shape());
  } catch (const ShapeError&) {
    std::vector<Shape> shapes;
    for (const Tensor* t : leaves) shapes.push_back(t->shape());
    kernels.check(shapes.data());  // names the op whose arguments do not fit
    throw;
  }
  return space;
}

// The common dtype of the leaves. Throws DtypeError.
Dtype dtype_of_leaves(const FusedKernels& kernels, std::span<const Tensor* const> leaves) {
  LeafDtype common;
  bool integers = false, floating = false;
  for (const Tensor* t : leaves) {
    common.see(*t);
    integers |= t->dtype() == int64;
    floating |= is_floating(t->dtype());
  }
  if (integers && !floating && !kernels.boolean)
    throw DtypeError(kernels.name, "arithmetic needs a floating tensor, got int64",
                     "Convert with cast(x, ag::float64).");
  return common.get();
}

// The nodes of the leaves; false when none is on the tape.
bool find_nodes(const Tape& tape, std::span<const Tensor* const> leaves, SmallArray<NodeId>& nodes) {
  bool any = false;
  for (std::size_t k = 0; k < leaves.size(); ++k) {
    nodes[k] = tape.node(*leaves[k]);
    any |= static_cast<bool>(nodes[k]);
  }
  return any;
}

}  // namespace

void LeafDtype::mismatch() {
  throw DtypeError("evaluate", "an expression mixes float32 and float64",
                   "Convert one side with cast(x, ag::float32) or cast(x, ag::float64).");
}

Tensor evaluate_fused(const FusedKernels& kernels, const void* formula, std::span<const Tensor* const> leaves,
                      const Reduction& reduction, const SourceLocation& where) {
  const Array& first = leaves[0]->data();
  bool same_shape = true, same_dtype = is_floating(first.dtype());
  SmallArray<const Array*> values(leaves.size(), unset);
  for (std::size_t k = 0; k < leaves.size(); ++k) {
    values[k] = &leaves[k]->data();
    same_shape &= values[k]->shape() == first.shape();
    same_dtype &= values[k]->dtype() == first.dtype();
  }
  const Dtype dtype = same_dtype ? first.dtype() : dtype_of_leaves(kernels, leaves);
  const Shape space = same_shape ? first.shape() : space_of(kernels, leaves);

  Shape kept = space, shape = space;
  double scale = 1;
  if (reduction.active) {
    const std::string_view name = reduction.mean ? "mean" : "sum";
    const Shape axes = normalize_axes(name, reduction.axes, space.size());
    kept = reduced(space, axes, true);
    shape = reduced(space, axes, reduction.keepdims);
    if (reduction.mean) scale = static_cast<double>(count(kept)) / static_cast<double>(count(space));
  }
  // What the tape will keep, if there is one and a leaf is on it.
  Tape* const tape = kernels.boolean ? nullptr : Tape::active();
  SmallArray<NodeId> nodes(leaves.size(), unset);
  const bool recorded = tape && find_nodes(*tape, leaves, nodes);
  const Recorded r{kernels, formula, leaves, {nodes.data(), nodes.size()}, space, kept, dtype, scale, same_shape};
  double expected = 0;
  PoolVector<Array> slopes;
  if (recorded && kernels.guess) slopes = room_for_slopes(*tape, r, expected);

  Array out;
  const ArrayList in(values.data(), leaves.size());
  if (reduction.active &&
      &kernels == &fused_kernels<Slot>) {  // of what is stored already: columns have a loop of their own
    out = sum(leaves[0]->data(), reduction.axes, reduction.keepdims, reduction.mean);
  } else {
    out = Array::empty(kept, kernels.boolean && !reduction.active ? boolean : dtype);
    if (slopes.empty())
      run_forward(dtype == float32 ? kernels.forward32 : kernels.forward64, formula, dtype, space, in, out, scale);
    else run_both(r, in, slopes, expected, out);
    if (!(shape == kept)) out = out.view(shape, row_major(shape), 0);
  }
  Tensor y(std::move(out));
  if (kernels.boolean) return reduction.active && !reduction.mean ? Tensor(y.data().cast(int64)) : y;
  if (!recorded) return y;
  if (kernels.guess && count(kept) == 1) {
    tape->record_with_space<FusedSum>(y, where, FusedSum::space_for(r), r, expected, std::move(slopes));
  } else {
    const bool by_result = kernels.by_result32 && !reduction.active;
    tape->record_with_space<FusedStatement>(y, where, FusedStatement::space_for(r), r, by_result ? &y.data() : nullptr);
  }
  return y;
}

bool evaluate_fused_update(std::string_view name, const FusedKernels& kernels, const void* formula,
                           std::span<const Tensor* const> leaves, bool adds, const Window& window, const Tensor& x,
                           const SourceLocation& where, Tensor& y) {
  Shape space;
  for (const Tensor* t : leaves) {
    if (!broadcasts_to(t->shape(), window.shape)) return false;
    space = broadcast(name, space, t->shape());
  }
  if (!(space == window.shape)) return false;
  // The window first, where what lies between its rows is written by the way; then what is around it.
  const bool block = is_block(window) && x.data().contiguous();
  Array out = block ? Array::empty(x.shape(), x.dtype()) : x.data().copy();
  SmallArray<const Array*> values(leaves.size(), unset);
  for (std::size_t k = 0; k < leaves.size(); ++k) values[k] = &leaves[k]->data();
  run_forward(x.dtype() == float32 ? kernels.forward32 : kernels.forward64, formula, x.dtype(), space,
              {values.data(), leaves.size()}, window.of(name, out), 1, block ? Around::free : Around::kept);
  if (block) copy_outside(window, x.data(), out);
  y = Tensor(std::move(out));

  Tape* tape = Tape::active();
  if (!tape) return true;
  SmallArray<NodeId> nodes(leaves.size() + 1, unset);
  nodes[leaves.size()] = tape->node(x);
  const bool any = find_nodes(*tape, leaves, nodes);
  if (!any && !nodes[leaves.size()]) return true;
  const Recorded r{kernels, formula, leaves, {nodes.data(), nodes.size()}, space, space, x.dtype(), 1, false};
  tape->record_with_space<FusedUpdate>(y, where, FusedUpdate::space_for(r), r, name, adds, window);
  return true;
}

}  // namespace autograd::core
