// A formula summed over everything, as losses are: where its cotangent can be guessed, the slopes are computed in the
// loop that computes the values, and wait on the tape.
//
// Note [Slopes ahead] What is read and what value and slope share, such as tanh or exp, then serves both: a training
// step of sum(tanh(x * w + b) * z) takes half the time. A wrong guess costs the slopes' part of one loop, and memory
// until the tape goes. It changes no result: one kernel gives the same bits either way.
#pragma once

#include <algorithm>
#include <bit>
#include <optional>
#include <utility>

#include <autograd/reverse/fused_statement.hpp>

namespace autograd::core {

// A formula summed over everything, with slopes that were computed beside the values for the cotangent that is
// expected: one array for each node, at its first leaf.
class FusedSum final : public FusedStatement {
 public:
  FusedSum(const Recorded& r, double expected, PoolVector<Array> slopes)
      : FusedStatement(r, nullptr, this + 1), expected_(expected), slopes_(std::move(slopes)) {}
  ~FusedSum() override {
    if (!slopes_.empty()) kernels_.guess->saw_none();
  }

  void pullback(Sweep& sweep) const override {
    Tensor g{Array()};
    if (!sweep.take(result.index, g)) return;
    const double given = item(kernels_.name, g.data());
    kernels_.guess->saw(given);
    PoolVector<Array> slopes = std::exchange(slopes_, {});  // to be had once
    const bool guessed = std::bit_cast<std::uint64_t>(given) == std::bit_cast<std::uint64_t>(expected_);
    if (slopes.empty() || !guessed || added_apart(slopes, sweep)) {
      if (guessed && !slopes.empty()) kernels_.guess->saw_none();  // of no use here
      slopes.clear();
      return pull_result(sweep, g);
    }
    check_values();
    for (std::size_t k = 0; k < slopes.size(); ++k)
      if (slopes[k]) sweep.add_tensor(node(k)->index, Tensor(std::move(slopes[k])));
  }

 private:
  // Whether pulling would add the cotangents of two leaves one after the other to what is there: here they have been
  // added to each other first, which would be rounded in another way.
  bool added_apart(const PoolVector<Array>& slopes, const Sweep& sweep) const {
    for (std::size_t k = 0; k < count_; ++k)
      if (*node(k) && !slopes[k] && sweep.knows(node(k)->index)) return true;
    return false;
  }

  double expected_;
  mutable PoolVector<Array> slopes_;
};

/// Elements of a space from which on slopes are computed ahead.
inline constexpr Index ahead_size = 4 * block_size;

/// The first leaf with the same node as leaf k.
inline std::size_t first_with_node(const Recorded& r, std::size_t k) {
  return static_cast<std::size_t>(std::find(r.nodes.begin(), r.nodes.end(), r.nodes[k]) - r.nodes.begin());
}

/// Room for the slopes of a sum over everything, if its cotangent can be guessed, which is `expected` then: at the
/// first leaf of each node. Else nothing.
inline PoolVector<Array> room_for_slopes(const Tape& tape, const Recorded& r, double& expected) {
  PoolVector<Array> slopes;
  const Index size = count(r.space);
  const std::optional<double> guess = r.kernels.guess->get();
  if (!guess || count(r.kept) != 1 || size <= ahead_size) return slopes;
  expected = *guess;
  Index sums = 0;
  for (std::size_t k = 0; k < r.leaves.size(); ++k) {
    if (!r.nodes[k]) continue;
    if (size < parallel_threshold && tape.is_part(r.nodes[k])) return slopes;  // added to the whole at once instead
    if (!(r.leaves[k]->shape() == r.space)) sums += r.leaves[k]->size();
  }
  if (sums > most_sums) return slopes;
  slopes.resize(r.leaves.size());
  for (std::size_t k = 0; k < slopes.size(); ++k)
    if (r.nodes[k] && first_with_node(r, k) == k) slopes[k] = Array::empty(r.leaves[k]->shape(), r.dtype);
  return slopes;
}

/// The sum, and the slopes for a cotangent that is a number.
inline void run_both(const Recorded& r, ArrayList values, const PoolVector<Array>& slopes, double cotangent,
                     const Array& sum) {
  SmallArray<AdjointTarget> targets(values.size());
  for (std::size_t k = 0; k < slopes.size(); ++k) {
    if (!r.nodes[k]) continue;
    const std::size_t first = first_with_node(r, k);
    targets[k] = {&slopes[first], first < k};
  }
  run_backward(r.dtype == float32 ? r.kernels.backward32 : r.kernels.backward64, r.formula, r.dtype, r.space, values,
               Array::full(r.kept, r.dtype, cotangent), r.scale, {targets.data(), targets.size()}, &sum);
}

}  // namespace autograd::core
