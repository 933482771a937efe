// What fused statements share: shapes and dtypes of a formula's leaves, the statement itself, and the crossing that
// turns a scalar into a tensor.
#include <autograd/reverse/fused.hpp>

#include <new>

#include <autograd/core/reduce.hpp>
#include <autograd/core/small_array.hpp>

namespace autograd::core {
namespace {

// The formula's bytes, then the leaves, lie behind the statement in the arena.
class FusedStatement final : public Statement {
 public:
  struct Leaf {
    Array value;  // a constant leaf keeps its elements, not its place on an outer tape
    std::uint32_t version;
  };

  FusedStatement(const FusedKernels& kernels, const void* formula, std::span<const Tensor* const> leaves,
                 std::span<const NodeId> nodes, const Shape& space, const Shape& kept, Dtype dtype, double scale)
      : kernels_(kernels), space_(space), kept_(kept), dtype_(dtype), scale_(scale), count_(leaves.size()) {
    std::memcpy(formula_bytes(), formula, kernels.bytes);
    for (std::size_t k = 0; k < count_; ++k) {
      new (leaf(k)) Leaf{leaves[k]->data(), leaves[k]->data().version()};
      new (node(k)) NodeId(nodes[k]);
    }
  }
  ~FusedStatement() override {
    for (std::size_t k = 0; k < count_; ++k) leaf(k)->~Leaf();
  }

  static std::size_t space_for(const FusedKernels& kernels, std::size_t leaves) {
    return leaves_at(kernels) + leaves * (sizeof(Leaf) + sizeof(NodeId));
  }

  std::string_view name() const override { return kernels_.name; }
  std::span<const NodeId> arguments() const override { return {node(0), count_}; }

  void pullback(Sweep& sweep) const override {
    Tensor g{Array()};
    if (!sweep.take(result.index, g)) return;
    // A kernel has read an element of its cotangent when it writes that element of an adjoint, so the two may share
    // memory.
    bool spare = g.data().unique() && g.data().contiguous() && g.shape() == space_;
    SmallArray<const Array*> values(count_);
    SmallArray<AdjointTarget> targets(count_);
    // The cotangent of a slice goes straight to its place in that of the whole. Not of a short one, where finding the
    // place takes longer, and not when several cores share the work: slices may overlap.
    const Index n = count(space_);
    const bool parts_possible = n > block_size && n < parallel_threshold;
    SmallArray<const Statement*> part(parts_possible ? count_ : 0);
    bool any_part = false;
    for (std::size_t k = 0; k < count_; ++k) {
      const Array& value = *(values[k] = &leaf(k)->value);
      if (value.version() != leaf(k)->version)
        throw TapeError(kernels_.name, "a tensor that its gradient needs was changed in place after it was recorded",
                        "Change a copy, or take the gradient first.");
      if (!*node(k)) continue;
      for (std::size_t j = 0; j < k && !targets[k].array; ++j)
        if (*node(j) == *node(k)) targets[k] = {targets[j].array, true};
      if (!targets[k].array && parts_possible && value.shape() == space_ && (part[k] = sweep.part(node(k)->index))) {
        any_part = true;
        continue;
      }
      if (!targets[k].array && spare && value.shape() == space_ && sweep.offer(node(k)->index, g)) {
        targets[k].array = &g.data();
        spare = false;
      }
      if (!targets[k].array)
        targets[k].array = &sweep.accumulator(node(k)->index, value.shape(), dtype_, targets[k].add);
    }
    SmallArray<Array> places(any_part ? count_ : 0);
    if (any_part) find_places(sweep, part, places, targets);
    // A reduction without keepdims has dropped the axes that its cotangent is repeated along.
    const Array cotangent = g.shape() == kept_ ? g.data() : g.data().packed().view(kept_, row_major(kept_), 0);
    run_backward(dtype_ == float32 ? kernels_.backward32 : kernels_.backward64, formula_bytes(), dtype_, space_,
                 {values.data(), count_}, cotangent, scale_, {targets.data(), count_});
  }

  void pushforward(ForwardSweep&) const override {
    throw TapeError("jvp", "this tape records fused statements, which run backwards only",
                    "Open it with ag::Tape tape{ag::record_graph}.");
  }

 private:
  static std::size_t leaves_at(const FusedKernels& kernels) {
    return (kernels.bytes + alignof(Leaf) - 1) / alignof(Leaf) * alignof(Leaf);
  }
  // All accumulators first: one that a view looks at would be copied.
  void find_places(Sweep& sweep, const SmallArray<const Statement*>& part, SmallArray<Array>& places,
                   SmallArray<AdjointTarget>& targets) const {
    SmallArray<const Array*> wholes(count_);
    for (std::size_t k = 0; k < count_; ++k)
      if (part[k]) wholes[k] = &sweep.accumulator(part[k]->arguments()[0].index);
    for (std::size_t k = 0; k < count_; ++k) {
      if (!part[k]) continue;
      for (std::size_t j = 0; j < k && !targets[k].array; ++j)
        if (part[j] == part[k]) targets[k] = targets[j];
      if (targets[k].array) continue;
      places[k] = part[k]->part_of(*wholes[k]);
      targets[k] = {&places[k], true, true};
    }
  }

  std::byte* formula_bytes() const { return reinterpret_cast<std::byte*>(const_cast<FusedStatement*>(this) + 1); }
  Leaf* leaf(std::size_t k) const { return reinterpret_cast<Leaf*>(formula_bytes() + leaves_at(kernels_)) + k; }
  NodeId* node(std::size_t k) const { return reinterpret_cast<NodeId*>(leaf(count_)) + k; }

  const FusedKernels& kernels_;
  Shape space_, kept_;
  Dtype dtype_;
  double scale_;
  std::size_t count_;
};

Shape space_of(const FusedKernels& kernels, std::span<const Tensor* const> leaves) {
  Shape space = leaves[0]->shape();
  bool same = true;
  for (const Tensor* t : leaves) same &= t->shape() == space;
  if (same) return space;
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

}  // namespace

void LeafDtype::mismatch() {
  throw DtypeError("evaluate", "an expression mixes float32 and float64",
                   "Convert one side with cast(x, ag::float32) or cast(x, ag::float64).");
}

Tensor evaluate_fused(const FusedKernels& kernels, const void* formula, std::span<const Tensor* const> leaves,
                      const Reduction& reduction, SourceLocation where) {
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
  const Dtype dtype = common.get();
  const Shape space = space_of(kernels, leaves);

  Shape kept = space, shape = space;
  double scale = 1;
  if (reduction.active) {
    const std::string_view name = reduction.mean ? "mean" : "sum";
    const Shape axes = normalize_axes(name, reduction.axes, space.size());
    kept = reduced(space, axes, true);
    shape = reduced(space, axes, reduction.keepdims);
    if (reduction.mean) scale = static_cast<double>(count(kept)) / static_cast<double>(count(space));
  }
  SmallArray<const Array*> values(leaves.size());
  for (std::size_t k = 0; k < leaves.size(); ++k) values[k] = &leaves[k]->data();
  Array out;
  if (reduction.active &&
      &kernels == &fused_kernels<Slot>) {  // of what is stored already: columns have a loop of their own
    out = sum(leaves[0]->data(), reduction.axes, reduction.keepdims, reduction.mean);
  } else {
    out = Array::empty(kept, kernels.boolean && !reduction.active ? boolean : dtype);
    run_forward(dtype == float32 ? kernels.forward32 : kernels.forward64, formula, dtype, space,
                {values.data(), leaves.size()}, out, scale);
    if (!(shape == kept)) out = out.view(shape, row_major(shape), 0);
  }
  const Tensor y(std::move(out));
  if (kernels.boolean) return reduction.active && !reduction.mean ? Tensor(y.data().cast(int64)) : y;

  Tape* tape = Tape::active();
  if (!tape) return y;
  SmallArray<NodeId> nodes(leaves.size());
  bool any = false;
  for (std::size_t k = 0; k < leaves.size(); ++k) {
    nodes[k] = tape->node(*leaves[k]);
    any |= static_cast<bool>(nodes[k]);
  }
  if (!any) return y;
  return tape->record_with_space<FusedStatement>(y, where, FusedStatement::space_for(kernels, leaves.size()), kernels,
                                                 formula, leaves, std::span<const NodeId>(nodes.data(), leaves.size()),
                                                 space, kept, dtype, scale);
}

}  // namespace autograd::core
