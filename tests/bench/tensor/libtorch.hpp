// libtorch's side of the rows, by the names of the rows. Used as its documentation says: leaves with requires_grad,
// backward(), gradients reset to undefined between steps.
#pragma once

#include <string_view>

#include <tests/bench/tensor/contender.hpp>

namespace bench {

/// A network of dense layers with ReLU between them, trained with cross-entropy; with tanh and mse where the target is
/// not integers, the labels.
struct Net {
  Extents widths;
  std::int64_t batch;
  bool adam;
  Array input, target;
  std::vector<Array> parameters{};  ///< weight (out, in) and bias (out) of each layer
};

/// So small that a network does not change much while it is timed: all steps cost the same.
inline constexpr double learning_rate = 1e-6;

#ifdef XGRAD_HAS_TORCH
void set_libtorch_cores(int cores);
Contender libtorch_gradient(std::string_view name, const std::vector<Array>& variables,
                            const std::vector<Array>& constants = {});
Contender libtorch_net(const Net& net);
Contender libtorch_operation(std::string_view name, const Array& x);
#else
inline void set_libtorch_cores(int) {}
inline Contender libtorch_gradient(std::string_view, const std::vector<Array>&, const std::vector<Array>& = {}) {
  return {};
}
inline Contender libtorch_net(const Net&) { return {}; }
inline Contender libtorch_operation(std::string_view, const Array&) { return {}; }
#endif

}  // namespace bench
