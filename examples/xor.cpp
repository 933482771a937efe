// XOR: 1 when exactly one of two inputs is 1. No straight line parts the ones from the zeros.
//
// Expect a linear model that ends where it knows nothing, at 0.5 for every input and the cost log 2 = 0.6931;
// and two layers with sigmoids that learn all four.
#include <cstdio>
#include <nn/nn.hpp>

namespace ag = autograd;

void learn(const char* name, auto model) {
  const ag::Tensor X = ag::Tensor::of<double>({0, 0, 0, 1, 1, 0, 1, 1}, {4, 2});
  const ag::Tensor Y = ag::Tensor::of<double>({0, 1, 1, 0}, {4, 1});

  std::printf("%s, %d parameters\n  step    cost   0 xor 0   0 xor 1   1 xor 0   1 xor 1\n", name,
              static_cast<int>(nn::count_parameters(model)));
  nn::Sgd optimiser{.rate = 0.5, .momentum = 0.9};
  for (int step = 0; step <= 1000; ++step) {
    ag::Tape tape;
    const ag::Tensor logits = model(X);
    const ag::Tensor cost = nn::binary_cross_entropy_with_logits(logits, Y);
    if (step % 250 == 0) {
      const ag::Tensor p = sigmoid(logits);
      std::printf("%6d  %.4f%10.3f%10.3f%10.3f%10.3f\n", step, cost.value(), p(0, 0).value(), p(1, 0).value(),
                  p(2, 0).value(), p(3, 0).value());
    }
    optimiser.step(model, tape.gradient(cost));
  }
}

int main() {
  nn::Rng rng(1);
  const nn::DenseOptions options{.weight = nn::normal(1.0), .dtype = ag::float64};
  learn("one layer", nn::Dense{2, 1, rng, options});
  learn("two layers", nn::Sequential{nn::Dense{2, 2, rng, options}, nn::Sigmoid{}, nn::Dense{2, 1, rng, options}});
}
