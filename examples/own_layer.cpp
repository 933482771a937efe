// A user's own layer: its parameters, how they start, its formula, and one line that shows the parameters.
//
// Radial basis functions answer to how near x lies to a centre; centres and widths are learnt. Expect three species of
// iris told apart with 98 % right, a summary with the names of the new parameters, and a gradient check that passes.
#include <iostream>
#include <nn/nn.hpp>

namespace ag = autograd;

/// y_j = exp(-s_j |x - c_j|^2); x (batch, in), c (out, in), s (out,), y (batch, out)
struct RadialBasis {
  ag::Parameter centre, sharpness;

  RadialBasis(ag::Index in, ag::Index out, nn::Rng& rng)
      : centre(nn::normal(1)({out, in}, ag::float64, rng)), sharpness(ag::Tensor::full({out}, 0.3)) {}
  ag::Tensor operator()(const ag::Tensor& x) const {
    return exp(-sharpness * sum(square(expand_dims(x, 1) - centre), {-1}));
  }
  void each_parameter(auto& visit) { visit("centre", centre), visit("sharpness", sharpness); }
};

int main() {
  nn::Rng rng(1);
  const nn::Table table = nn::read_csv("examples/data/iris.csv");
  const nn::Dataset iris = nn::from_table(table, "target", {.dtype = ag::float64});
  auto [train, test] = nn::train_test_split(iris, 0.3, rng);
  nn::standardize(train, test);

  nn::Sequential model{RadialBasis{4, 6, rng}, nn::Dense{6, 3, rng, {.dtype = ag::float64}}};
  std::cout << nn::summary(model) << '\n';

  nn::Adam optimiser{.rate = 0.02};
  for (int epoch = 0; epoch <= 200; ++epoch) {
    ag::Tape tape;
    const ag::Tensor loss = nn::cross_entropy(model(train.features), train.targets);
    if (epoch % 50 == 0)
      std::printf("epoch %3d  loss %.4f  right on train %5.1f %%, on test %5.1f %%\n", epoch, loss.value(),
                  100 * nn::accuracy(model(train.features), train.targets),
                  100 * nn::accuracy(model(test.features), test.targets));
    optimiser.step(model, tape.gradient(loss));
  }

  const auto loss = [&](const ag::Tensor& x, const ag::Tensor& y) { return nn::cross_entropy(model(x), y); };
  std::cout << '\n' << ag::gradcheck(model, loss, test.features, test.targets);
}
