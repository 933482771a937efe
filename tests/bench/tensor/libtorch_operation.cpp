// libtorch's operations that are bound by memory, by their names.
#ifdef XGRAD_HAS_TORCH

#include <map>
#include <string>

#include <tests/bench/tensor/libtorch_tensor.hpp>

namespace bench {
namespace {

using torch::Tensor;
using torch::indexing::None;
using torch::indexing::Slice;
using Operation = std::function<Tensor(const Tensor&)>;

Operation operation_of(std::string_view name) {
  const std::map<std::string, Operation, std::less<>> operations{
      {"sum over rows", [](const Tensor& x) { return x.sum(1); }},
      {"sum over columns", [](const Tensor& x) { return x.sum(0); }},
      {"max over rows", [](const Tensor& x) { return x.amax(1); }},
      {"max over columns", [](const Tensor& x) { return x.amax(0); }},
      {"argmax over rows", [](const Tensor& x) { return x.argmax(1); }},
      {"argmax over columns", [](const Tensor& x) { return x.argmax(0); }},
      {"cumsum along rows", [](const Tensor& x) { return x.cumsum(1); }},
      {"cumsum along columns", [](const Tensor& x) { return x.cumsum(0); }},
      {"softmax over rows", [](const Tensor& x) { return x.softmax(1); }},
      {"softmax over columns", [](const Tensor& x) { return x.softmax(0); }},
      {"transpose, copied", [](const Tensor& x) { return x.t().contiguous(); }},
      {"x[::2, ::2], copied",
       [](const Tensor& x) { return x.index({Slice(None, None, 2), Slice(None, None, 2)}).contiguous(); }},
      {"concatenate halves",
       [](const Tensor& x) {
         const std::int64_t half = x.size(0) / 2;
         return torch::cat({x.slice(0, 0, half), x.slice(0, half)}, 0);
       }},
      {"take shuffled rows", [rows = to_torch(shuffled(4096))](const Tensor& x) { return x.index_select(0, rows); }},
  };
  return operations.find(name)->second;
}

}  // namespace

Contender libtorch_operation(std::string_view name, const Array& x) {
  const auto operation = [x = to_torch(x), f = operation_of(name)] {
    const torch::NoGradGuard constant;
    return f(x);
  };
  return {[operation] { operation(); }, [operation] { return std::vector<Elements>{to_elements(operation())}; }};
}

}  // namespace bench

#endif
