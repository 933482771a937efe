// libtorch's gradients of the formulas, op by op.
#ifdef XGRAD_HAS_TORCH

#include <map>
#include <string>

#include <tests/bench/tensor/libtorch_tensor.hpp>

namespace bench {
namespace {

using Tensors = std::vector<torch::Tensor>;
using Formula = std::function<torch::Tensor(const Tensors& x, const Tensors& c)>;

Formula formula_of(std::string_view name) {
  static const std::map<std::string, Formula, std::less<>> formulas{
      {"chain", [](const Tensors& x, const Tensors&) { return (torch::tanh(x[0] * x[1] + x[2]) * x[3]).sum(); }},
      {"cross-entropy",
       [](const Tensors& x, const Tensors& c) { return torch::nn::functional::cross_entropy(x[0], c[0]); }},
      {"layer norm, formula",
       [](const Tensors& x, const Tensors& c) {
         const torch::Tensor center = x[0] - x[0].mean(1, true);
         const torch::Tensor variance = center.square().mean(1, true);
         return ((center / torch::sqrt(variance + 1e-5) * x[1] + x[2]) * c[0]).sum();
       }},
      {"layer norm, one op",
       [](const Tensors& x, const Tensors& c) {
         return (torch::layer_norm(x[0], {x[0].size(1)}, x[1], x[2], 1e-5) * c[0]).sum();
       }},
      {"gelu", [](const Tensors& x, const Tensors&) { return torch::gelu(x[0] * x[1] + x[2]).sum(); }},
      {"ten operations",
       [](const Tensors& x, const Tensors&) {
         const torch::Tensor inner = torch::sigmoid(torch::tanh(x[0] * x[1] + x[0]) * x[1]) - x[0];
         return (torch::sqrt(torch::square(inner) + 1.0) * torch::exp(x[1])).sum();
       }},
  };
  return formulas.find(name)->second;
}

}  // namespace

void set_libtorch_cores(int cores) { at::set_num_threads(cores); }

Contender libtorch_gradient(std::string_view name, const std::vector<Array>& variables,
                            const std::vector<Array>& constants) {
  Tensors x, c;
  for (const Array& a : variables) x.push_back(to_torch(a).requires_grad_(true));
  for (const Array& a : constants) c.push_back(to_torch(a));
  const auto step = [x, c, formula = formula_of(name)] {
    forget_gradients(x);
    formula(x, c).backward();
  };
  return {step, [x, step] {
            step();
            return gradients_of(x);
          }};
}

}  // namespace bench

#endif
