// Handwritten digits: a network learns to read small images, and is then shown images it has never seen.
//
// Expect about 98 % of those to be read right (with other seeds 97 to 99), and a gradient check that passes.
#include <iomanip>
#include <iostream>
#include <autograd/autograd.hpp>
#include <nn/nn.hpp>

namespace ag = autograd;

int main() {
  nn::Rng rng{3};  // all randomness comes from here: the same seed gives the same network

  // 1797 images of 8 x 8 pixels, each a row of 64 grey values from 0 to 16 and the digit it shows.
  nn::Dataset digits = nn::from_table(nn::read_csv("examples/data/digits.csv.gz"), "target");
  digits.features = digits.features / 16.0;
  const auto [train, test] = nn::train_test_split(digits, 0.2, rng);

  nn::Sequential model{nn::Dense{64, 256, rng, {.weight = nn::he_normal()}}, nn::Gelu{}, nn::Dense{256, 10, rng}};
  std::cout << nn::summary(model) << '\n';

  nn::AdamW optimiser{.rate = 3e-3, .weight_decay = 0.1};
  nn::fit(model, optimiser, train, {.epochs = 20, .batch_size = 32, .metric = nn::accuracy}, rng);

  const auto confusion = nn::confusion_matrix(argmax(model(test.features), 1), test.targets, 10);
  const double accuracy = confusion.accuracy();
  std::cout << '\n' << confusion << std::setprecision(3);
  std::cout << "\nright on " << 100 * accuracy << " % of " << test.size() << " new images\n\n";

  // Was it the right gradient that the network learnt by? Compare it with differences of the loss of 20
  // images. (Gelu is smooth; with Relu a difference can straddle a kink, and then it is the difference that
  // is wrong.)
  const nn::Dataset few = *nn::Batches{test, 20}.begin();
  const auto loss = [&](const ag::Tensor& images) { return nn::cross_entropy(model(images), few.targets); };
  const auto check = ag::gradcheck({.samples = 25}, model, loss, few.features);
  std::cout << check << '\n';
  return accuracy >= 0.97 && check ? 0 : 1;
}
