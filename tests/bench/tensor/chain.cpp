// The chain sum(tanh(x * w + b) * z) and the gradients of x, w, b and z: from where the cost of a statement counts, to
// where that of memory does; and with b a row and z a column, which should cost little more than without.
#include <tests/bench/tensor/libtorch.hpp>
#include <tests/bench/tensor/table.hpp>
#include <tests/bench/tensor/xgrad.hpp>

namespace bench {
namespace {

Row chain(const std::string& size, const Extents& shape, const Extents& b_shape, const Extents& z_shape) {
  const Array x = numbers(shape, 0.1), w = numbers(shape, 1.2), b = numbers(b_shape, 2.3), z = numbers(z_shape, 3.4);
  const auto formula = [](const ag::Tensor& s, const ag::Tensor& t, const ag::Tensor& u, const ag::Tensor& v) {
    return ag::Tensor(sum(tanh(s * t + u) * v));
  };
  return {"chain", size, gradient_contender(formula, x, w, b, z), libtorch_gradient("chain", {x, w, b, z}), {}};
}

}  // namespace

bool run_chain() {
  print_head("sum(tanh(x*w+b)*z), four gradients", "xgrad without broadcasting");
  bool correct = true;
  for (const std::int64_t n : {100, 10'000, 100'000, 1'000'000, 10'000'000})
    correct = run(chain(std::to_string(n), {n}, {n}, {n})) && correct;
  const Extents square{1000, 1000};
  Row broadcast = chain("(1000,1000) (1000) (1000,1)", square, {1000}, {1000, 1});
  broadcast.limit = chain("", square, square, square).xgrad.step;
  return run(broadcast) && correct;
}

}  // namespace bench
