// The statement of a fused expression: the formula, handles on its leaves, and how a cotangent is pulled back to them.
#pragma once

#include <cstring>
#include <new>

#include <autograd/core/small_array.hpp>
#include <autograd/reverse/fused.hpp>

namespace autograd::core {

// A formula on its way to the tape.
struct Recorded {
  const FusedKernels& kernels;
  const void* formula;
  std::span<const Tensor* const> leaves;
  std::span<const NodeId> nodes;  // of the leaves, and of what else the statement reads
  const Shape &space, &kept;
  Dtype dtype;
  double scale;
  bool same_shape;  // all leaves have the shape of the space

  /// The leaves whose values the cotangents of those on the tape are computed from.
  std::uint64_t reads() const {
    std::uint64_t all = 0;
    for (std::size_t k = 0; k < leaves.size(); ++k)
      if (nodes[k]) all |= kernels.reads[k];
    return all;
  }
};

// The formula's bytes, then the leaves, then their nodes lie behind the statement in the arena.
class FusedStatement : public Statement {
 public:
  struct Leaf {
    Array value;  // a constant leaf keeps its elements, not its place on an outer tape; none where nothing reads them
    std::uint32_t version;
  };

  /// The result is given where the pullback may read that instead of leaves.
  FusedStatement(const Recorded& r, const Array* kept_result) : FusedStatement(r, kept_result, this + 1) {}
  ~FusedStatement() override {
    for (std::size_t k = 0; k < values_; ++k) leaf(k)->~Leaf();
  }

  static std::size_t space_for(const Recorded& r) {
    return leaves_at(r.kernels) + (r.leaves.size() + 1) * sizeof(Leaf) + r.nodes.size() * sizeof(NodeId);
  }

  std::string_view name() const override { return kernels_.name; }
  std::span<const NodeId> arguments() const override { return {node(0), nodes_}; }

  void pullback(Sweep& sweep) const override {
    Tensor g{Array()};
    if (sweep.take(result.index, g)) pull_result(sweep, g);
  }

  void pushforward(ForwardSweep&) const override {
    throw TapeError("jvp", "this tape records fused statements, which run backwards only",
                    "Open it with ag::Tape tape{ag::record_graph}.");
  }

 protected:
  FusedStatement(const Recorded& r, const Array* kept_result, void* behind)
      : kernels_(r.kernels),
        space_(r.space),
        kept_(r.kept),
        dtype_(r.dtype),
        scale_(r.scale),
        same_shape_(r.same_shape),
        count_(r.leaves.size()),
        values_(count_),
        nodes_(r.nodes.size()),
        behind_(static_cast<std::byte*>(behind)) {
    keeps_result = kept_result != nullptr;
    values_ += keeps_result;
    std::memcpy(behind_, r.formula, kernels_.bytes);
    const std::uint64_t reads = keeps_result ? 0 : r.reads();
    kept_arguments = 0;
    for (std::size_t k = 0; k < count_; ++k) {
      const Array& value = r.leaves[k]->data();
      // What is repeated is small, and says by its shape what is summed.
      const bool keeps = (reads >> k & 1) != 0 || !(same_shape_ || value.shape() == space_);
      new (leaf(k)) Leaf{keeps ? value : Array(), keeps ? value.version() : 0};
      kept_arguments |= std::uint64_t{keeps} << k;
    }
    if (keeps_result) new (leaf(count_)) Leaf{*kept_result, kept_result->version()};
    for (std::size_t k = 0; k < nodes_; ++k) new (node(k)) NodeId(r.nodes[k]);
  }

  // Pulls the cotangent of the result back to the leaves.
  void pull_result(Sweep& sweep, const Tensor& g) const {
    pull(sweep, g, [&] {
      // A reduction without keepdims has dropped the axes that its cotangent is repeated along.
      return g.shape() == kept_ ? g.data() : g.data().packed().view(kept_, row_major(kept_), 0);
    });
  }

  // Throws TapeError when a value that was kept is another now.
  void check_values() const {
    for (std::size_t k = 0; k < values_; ++k)
      if (const Leaf& l = *leaf(k); l.value && l.value.version() != l.version)
        throw TapeError(kernels_.name, "a tensor that its gradient needs was changed in place after it was recorded",
                        "Change a copy, or take the gradient first.");
  }

  // Pulls the cotangent that make() gives back to the leaves, when the places for theirs have been found; `g` is its
  // memory if nobody else needs that, or anything else.
  template <class Make>
  void pull(Sweep& sweep, const Tensor& g, const Make& make) const {
    // A kernel has read an element of its cotangent when it writes that element of an adjoint, so the two may share
    // memory.
    bool spare = g.data() && g.data().unique() && g.data().contiguous() && g.shape() == space_;
    SmallArray<const Array*> values(values_, unset);
    SmallArray<AdjointTarget> targets(values_);
    // The cotangent of a slice goes straight to its place in that of the whole. Not of a short one, where finding the
    // place takes longer, and not when several cores share the work: slices may overlap.
    const Index size = count(space_);
    const bool parts_possible = size > block_size && size < parallel_threshold;
    SmallArray<const Statement*> part(parts_possible ? count_ : 0);
    bool any_part = false;
    check_values();
    for (std::size_t k = 0; k < values_; ++k) values[k] = leaf(k)->value ? &leaf(k)->value : nullptr;
    NodeId taken;  // whose cotangent is in the memory of g now
    for (std::size_t k = 0; k < count_; ++k) {
      const NodeId n = *node(k);
      if (!n) continue;
      if (n == taken) {
        targets[k] = {&g.data(), true};
        continue;
      }
      const Shape& shape = values[k] ? values[k]->shape() : space_;
      const bool fills = same_shape_ || shape == space_;
      if (parts_possible && fills && (part[k] = part_beside(sweep, n))) {
        any_part = true;
      } else if (spare && fills && sweep.offer(n.index, g)) {
        if (!(kernels_.passes >> k & 1) || scale_ != 1.0) targets[k].array = &g.data();  // else it is there already
        spare = false;
        taken = n;
      } else {
        targets[k].array = &sweep.accumulator(n.index, shape, dtype_, targets[k].add);
      }
    }
    // All accumulators first: one that a view looks at would be copied.
    SmallArray<const Array*> wholes(any_part ? count_ : 0);
    for (std::size_t k = 0; k < wholes.size(); ++k)
      if (part[k]) wholes[k] = &sweep.accumulator(part[k]->arguments()[0].index);
    const Array cotangent = make();
    SmallArray<Array> places(wholes.size());
    for (std::size_t k = 0; k < places.size(); ++k) {
      if (!part[k]) continue;
      for (std::size_t j = 0; j < k && !targets[k].array; ++j)
        if (part[j] == part[k]) targets[k] = targets[j];
      if (targets[k].array) continue;
      places[k] = part[k]->part_of(*wholes[k]);
      targets[k] = {&places[k], true, true};
    }
    // Terms of a sum that are slices get the same cotangent, which is computed once.
    const auto alone = [&](std::size_t k) {
      if (!part[k] || targets[k].array != &places[k]) return false;
      for (std::size_t j = k + 1; j < count_; ++j)
        if (targets[j].array == &places[k]) return false;
      return true;
    };
    for (std::size_t k = 1; k < places.size(); ++k)
      for (std::size_t j = 0; j < k && !targets[k].like && alone(k); ++j)
        if (kernels_.alike[j] == kernels_.alike[k] && !targets[j].like && alone(j))
          targets[k].like = static_cast<std::uint8_t>(j + 1);
    bool wanted = false;
    for (std::size_t k = 0; k < values_; ++k) {
      wanted |= targets[k].array != nullptr;
      if (!values[k]) values[k] = &cotangent;  // the kernel looks at it and forgets what it saw
    }
    if (!wanted) return;
    const bool single = dtype_ == float32;
    run_backward(keeps_result ? (single ? kernels_.by_result32 : kernels_.by_result64)
                              : (single ? kernels_.backward32 : kernels_.backward64),
                 behind_, dtype_, space_, {values.data(), values_}, cotangent, scale_, {targets.data(), values_});
  }

  // The statement that made a leaf as a part of another, unless that is a leaf itself, whose cotangent is overwritten.
  const Statement* part_beside(Sweep& sweep, NodeId n) const {
    const Statement* part = sweep.part(n.index);
    for (std::size_t k = 0; part && k < count_; ++k)
      if (*node(k) == part->arguments()[0]) part = nullptr;
    return part;
  }

  static std::size_t leaves_at(const FusedKernels& kernels) {
    return (kernels.bytes + alignof(Leaf) - 1) / alignof(Leaf) * alignof(Leaf);
  }
  Leaf* leaf(std::size_t k) const { return reinterpret_cast<Leaf*>(behind_ + leaves_at(kernels_)) + k; }
  NodeId* node(std::size_t k) const { return reinterpret_cast<NodeId*>(leaf(values_)) + k; }

  const FusedKernels& kernels_;
  Shape space_, kept_;
  Dtype dtype_;
  double scale_;
  bool same_shape_;
  std::size_t count_, values_, nodes_;  // leaves; values kept of them and of the result; nodes read
  std::byte* behind_;
};

}  // namespace autograd::core
