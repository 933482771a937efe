// Handwritten digits: a network learns to read 8 x 8 images, and shows how well it reads images it has never
// seen.
#include <autograd/autograd.hpp>
#include <iostream>
#include <nn/nn.hpp>

namespace ag = autograd;

int main() {
  nn::Rng rng{1};  // all randomness comes from here: the same seed, the same network

  // 1797 images, one in a row: 64 grey values and the digit. A fifth is kept aside for the test.
  const nn::Dataset digits = nn::from_table(nn::read_csv("examples/data/digits.csv.gz"), "target");
  auto [train, test] = nn::train_test_split(digits, 0.2, rng);
  nn::standardize(train, test);

  nn::Sequential model{nn::Dense{64, 64, rng}, nn::Relu{}, nn::Dense{64, 10, rng}};
  std::cout << nn::summary(model) << '\n';

  nn::Adam optimiser{.rate = 2e-3};
  nn::fit(model, optimiser, train, {.epochs = 20, .batch_size = 32, .metric = nn::accuracy}, rng);

  const ag::Tensor predicted = argmax(model(test.features), 1);
  const nn::ConfusionMatrix confusion = nn::confusion_matrix(predicted, test.targets, 10);
  std::cout << "\naccuracy on " << test.size() << " new images: " << 100 * confusion.accuracy() << " %\n\n"
            << confusion;
}
