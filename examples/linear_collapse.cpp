// Layers without activations collapse to one: W3 (W2 (W1 x + b1) + b2) + b3 = W' x + b' with W' = W3 W2 W1.
//
// Expect the deep linear network to have the same gradient dy/dx = W' at every x, and to do no better than
// one layer on points inside and outside of a circle. With tanh between the layers both change.
#include <cstdio>
#include <nn/nn.hpp>

namespace ag = autograd;

// y = W3 g(W2 g(W1 x + b1) + b2) + b3
auto network(nn::Rng rng, auto activation) {
  const nn::DenseOptions options{.offset = nn::normal(1), .dtype = ag::float64};
  return nn::Sequential{nn::Dense{2, 8, rng, options}, activation, nn::Dense{8, 8, rng, options}, activation,
                        nn::Dense{8, 1, rng, options}};
}

void show_slopes(const char* name, const auto& model) {
  std::printf("%s\n", name);
  for (const auto& [x1, x2] : {std::pair{0.0, 0.0}, {1.0, -1.0}, {-2.0, 3.0}}) {
    const ag::Tensor x = ag::Tensor::of<double>({x1, x2}, {1, 2});
    const ag::Tensor slope = ag::gradient([&](const ag::Tensor& t) { return sum(model(t)); }, x);
    std::printf("  at (%4.1f, %4.1f)  dy/dx = ", x1, x2);
    std::printf("(%7.4f, %7.4f)\n", slope(0, 0).value(), slope(0, 1).value());
  }
}

void learn(const char* name, auto model) {
  nn::Rng rng(1);
  const ag::Tensor X = nn::uniform(-1, 1)({300, 2}, ag::float64, rng);
  const ag::Tensor Y = where(sum(square(X), {1}, true) < 0.6, 1.0, 0.0);
  nn::Adam optimiser{.rate = 0.02};
  double last = 0;
  for (int step = 0; step < 500; ++step) {
    ag::Tape tape;
    const ag::Tensor cost = nn::binary_cross_entropy_with_logits(model(X), Y);
    optimiser.step(model, tape.gradient(cost));
    last = cost.value();
  }
  const double right = 100 * nn::BinaryAccuracy{.threshold = 0}(model(X), Y);
  std::printf("  %-20s cost %.3f, %3.0f %% right\n", name, last, right);
}

int main() {
  nn::Rng rng(2);
  const auto linear = network(rng, nn::Identity{});
  const auto bent = network(rng, nn::Tanh{});

  const auto W = [](const nn::Dense& layer) { return layer.weight.value(); };
  const ag::Tensor collapsed = matmul(W(linear.get<4>()), matmul(W(linear.get<2>()), W(linear.get<0>())));
  std::printf("W' = W3 W2 W1           = (%7.4f, %7.4f)\n", collapsed(0, 0).value(), collapsed(0, 1).value());
  show_slopes("three linear layers", linear);
  show_slopes("three layers with tanh", bent);

  std::printf("\nlearning which points lie in a circle\n");
  learn("one linear layer", nn::Dense{2, 1, rng, {.dtype = ag::float64}});
  learn("three linear layers", linear);
  learn("three with tanh", bent);
}
