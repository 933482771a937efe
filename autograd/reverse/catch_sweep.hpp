// CatchSweep: hands one statement a cotangent and catches what it contributes to its arguments, outside of any sweep.
#pragma once

#include <utility>
#include <vector>

#include <autograd/reverse/statement.hpp>

namespace autograd::core {

class CatchSweep final : public Sweep {
 public:
  /// The contribution to argument `argument`, which is the node `node`.
  struct Contribution {
    std::size_t argument;
    NodeId node;
    Tensor value;
  };

  /// `cotangent` is that of the result; a number for a scalar.
  explicit CatchSweep(const Tensor& cotangent) : cotangent_(cotangent) {}

  /// What was caught from this statement: an op may leave arguments out, but keeps their order.
  std::vector<Contribution> from(const Statement& s) && {
    std::vector<Contribution> out;
    std::size_t k = 0;
    const auto nodes = s.arguments();
    for (auto& [node, value] : caught_) {
      while (k < nodes.size() && !(nodes[k] == node)) ++k;
      if (k == nodes.size()) break;
      out.push_back({k++, node, std::move(value)});
    }
    return out;
  }

  Var scalar(std::uint32_t) const override { return cotangent_.value(); }
  void add_scalar(std::uint32_t index, const Var& c) override {
    caught_.emplace_back(NodeId{index, false}, Tensor(c.value()));
  }
  bool take(std::uint32_t, Tensor& cotangent) override {
    cotangent = cotangent_;
    return true;
  }
  void add_tensor(std::uint32_t index, Tensor c) override {
    if (index != 0) caught_.emplace_back(NodeId{index, true}, std::move(c));
  }
  const core::Array& accumulator(std::uint32_t index, const Shape& shape, Dtype dtype, bool& add) override {
    add = false;
    caught_.emplace_back(NodeId{index, true}, Tensor(core::Array::zeros(shape, dtype)));
    return caught_.back().second.data();
  }
  bool offer(std::uint32_t, const Tensor&) override { return false; }

 private:
  Tensor cotangent_;
  std::vector<std::pair<NodeId, Tensor>> caught_;
};

}  // namespace autograd::core
