// libtorch's tensors from plain arrays and back; for the libtorch_*.cpp alone, since torch.h takes long to compile.
#pragma once

#include <torch/torch.h>

#include <tests/bench/tensor/libtorch.hpp>

namespace bench {

inline torch::Tensor to_torch(const Array& a) {
  const torch::Tensor t = torch::from_blob(const_cast<float*>(a.elements.data()), a.shape).clone();
  return a.integers ? t.to(torch::kInt64) : t;
}

inline Elements to_elements(const torch::Tensor& t) {
  const torch::Tensor row_major = t.to(torch::kFloat32).contiguous();
  return Elements(row_major.data_ptr<float>(), row_major.data_ptr<float>() + row_major.numel());
}

/// The gradients that lie beside these leaves.
inline std::vector<Elements> gradients_of(const std::vector<torch::Tensor>& leaves) {
  std::vector<Elements> gradients;
  for (const torch::Tensor& leaf : leaves) gradients.push_back(to_elements(leaf.grad()));
  return gradients;
}

inline void forget_gradients(const std::vector<torch::Tensor>& leaves) {
  for (const torch::Tensor& leaf : leaves) leaf.mutable_grad() = torch::Tensor();
}

}  // namespace bench
