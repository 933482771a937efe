// Why weights start at random: hidden units that start alike receive the same gradient, and stay alike for ever.
//
// Four units are to tell the points inside a circle from those outside. Expect, after a start at zero, four equal rows:
// one unit in four copies, which can only draw a straight line. After a random start the units share the work.
#include <cstdio>
#include <nn/nn.hpp>

namespace ag = autograd;

void learn(const char* name, const ag::Tensor& X, const ag::Tensor& Y, const nn::Initialiser& start) {
  nn::Rng rng(3);
  const nn::DenseOptions options{.weight = start, .dtype = ag::float64};
  nn::Sequential model{nn::Dense{2, 4, rng, options}, nn::Sigmoid{}, nn::Dense{4, 1, rng, options}};

  nn::Adam optimiser{.rate = 0.05};
  double first = 0, last = 0;
  for (int step = 0; step < 1000; ++step) {
    ag::Tape tape;
    const ag::Tensor cost = nn::binary_cross_entropy_with_logits(model(X), Y);
    optimiser.step(model, tape.gradient(cost));
    if (step == 0) first = cost.value();
    last = cost.value();
  }

  const double right = nn::BinaryAccuracy{.threshold = 0}(model(X), Y);
  std::printf("%s: cost %.4f -> %.4f, %.0f %% right\n", name, first, last, 100 * right);
  std::printf("  unit  weight 1  weight 2    offset  outgoing\n");
  const auto W1 = model.get<0>().weight.array<double>(), b1 = model.get<0>().bias.array<double>();
  const auto W2 = model.get<2>().weight.array<double>();
  for (int i = 0; i < 4; ++i) std::printf("%6d%10.3f%10.3f%10.3f%10.3f\n", i + 1, W1(i, 0), W1(i, 1), b1(i), W2(0, i));
}

int main() {
  nn::Rng rng(1);
  const ag::Tensor X = nn::uniform(-1, 1)({300, 2}, ag::float64, rng);
  const ag::Tensor Y = where(sum(square(X), {1}, true) < 0.6, 1.0, 0.0);
  learn("start at 0", X, Y, nn::constant(0));
  learn("\nstart at random", X, Y, nn::normal(1));
}
