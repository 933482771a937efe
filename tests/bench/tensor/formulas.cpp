// Formulas as they stand in papers: what is fused from the formula must hold its own beside ops written by hand.
#include <nn/loss.hpp>

#include <tests/bench/tensor/libtorch.hpp>
#include <tests/bench/tensor/table.hpp>
#include <tests/bench/tensor/xgrad.hpp>

namespace bench {
namespace {

Row cross_entropy() {
  const Array logits = numbers({4096, 1000}, 0.1, 4), target = labels(4096, 1000);
  const auto formula = [t = to_tensor(target)](const ag::Tensor& z) { return nn::cross_entropy(z, t); };
  return {"cross-entropy",
          "(4096,1000)",
          gradient_contender(formula, logits),
          libtorch_gradient("cross-entropy", {logits}, {target}),
          {}};
}

// Weighted by c, since the sum of what is normalised does not depend on x.
Row layer_norm(const std::string& name) {
  const Array x = numbers({1024, 1024}, 0.1), g = numbers({1024}, 1.2), b = numbers({1024}, 2.3),
              weight = numbers({1024, 1024}, 3.4);
  const auto formula = [c = to_tensor(weight)](const ag::Tensor& t, const ag::Tensor& gain, const ag::Tensor& offset) {
    const ag::Tensor center = t - mean(t, 1, true);
    const ag::Tensor variance = mean(square(center), 1, true);
    return ag::Tensor(sum((center / sqrt(variance + 1e-5) * gain + offset) * c));
  };
  return {name, "(1024,1024)", gradient_contender(formula, x, g, b), libtorch_gradient(name, {x, g, b}, {weight}), {}};
}

Row gelu_layer() {
  const Extents shape{1'000'000};
  const Array x = numbers(shape, 0.1, 2), w = numbers(shape, 1.2), b = numbers(shape, 2.3);
  const auto formula = [](const ag::Tensor& s, const ag::Tensor& t, const ag::Tensor& u) {
    return ag::Tensor(sum(gelu(s * t + u)));
  };
  return {"gelu", "1000000", gradient_contender(formula, x, w, b), libtorch_gradient("gelu", {x, w, b}), {}};
}

}  // namespace

Row ten_operations(std::int64_t n) {
  const Extents shape{n};
  const Array x = numbers(shape, 0.1), y = numbers(shape, 1.2);
  const auto formula = [](const ag::Tensor& s, const ag::Tensor& t) {
    return ag::Tensor(sum(sqrt(square(sigmoid(tanh(s * t + s) * t) - s) + 1.0) * exp(t)));
  };
  return {"ten operations",
          std::to_string(n),
          gradient_contender(formula, x, y),
          libtorch_gradient("ten operations", {x, y}),
          {}};
}

bool run_formulas() {
  print_head("Formulas, all gradients", "");
  bool correct = run(cross_entropy());
  correct = run(layer_norm("layer norm, formula")) && correct;
  correct = run(layer_norm("layer norm, one op")) && correct;  // libtorch's own, beside the same formula
  correct = run(gelu_layer()) && correct;
  return run(ten_operations(1'000'000)) && correct;
}

}  // namespace bench
