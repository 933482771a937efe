// Handwritten digits: a network learns to read small images, and is then shown images it has never seen.
//
// Expect about 98 % of those to be read right, and a gradient check that passes. Width, depth, decay and epochs are
// what did best, over ten seeds, on a part of the training images set aside for it: the test images took no part in the
// choice.
#include <iomanip>
#include <iostream>
#include <autograd/autograd.hpp>
#include <nn/nn.hpp>

namespace ag = autograd;

// The images and, of each, four copies moved by one pixel: a digit stays what it is.
nn::Dataset with_moved(const nn::Dataset& images) {
  const ag::Tensor framed = pad(reshape(images.features, {-1, 8, 8}), {{0, 0}, {1, 1}, {1, 1}});
  std::vector<ag::Tensor> x, y;
  for (const auto& [down, right] : {std::pair{1, 1}, {0, 1}, {2, 1}, {1, 0}, {1, 2}}) {
    x.push_back(reshape(slice(framed, ag::all, ag::range(down, down + 8), ag::range(right, right + 8)), {-1, 64}));
    y.push_back(images.targets);
  }
  return {concatenate(x, 0), concatenate(y, 0)};
}

int main() {
  nn::Rng rng{1};  // all randomness comes from here: the same seed gives the same network

  // 1797 images of 8 x 8 pixels, each a row of 64 grey values from 0 to 16 and the digit it shows.
  nn::Dataset digits = nn::from_table(nn::read_csv("examples/data/digits.csv.gz"), "target");
  digits.features = digits.features / 16.0;
  const auto [train, test] = nn::train_test_split(digits, 0.2, rng);

  nn::Sequential model{nn::Dense{64, 256, rng, {.weight = nn::he_normal()}}, nn::Gelu{},
                       nn::Dense{256, 256, rng, {.weight = nn::he_normal()}}, nn::Gelu{}, nn::Dense{256, 10, rng}};
  std::cout << nn::summary(model) << '\n';

  const double rate = 3e-3;
  const int epochs = 12;
  nn::AdamW optimiser{.rate = rate, .weight_decay = 0.3};
  const auto slow_down = [&](const nn::Epoch&) { return optimiser.rate -= rate / epochs, true; };  // to 0 in the end
  nn::fit(model, optimiser, with_moved(train),
          {.epochs = epochs, .batch_size = 64, .metric = nn::accuracy, .after_epoch = slow_down}, rng);

  const auto confusion = nn::confusion_matrix(argmax(model(test.features), 1), test.targets, 10);
  const double accuracy = confusion.accuracy();
  std::cout << '\n' << confusion << std::setprecision(3);
  std::cout << "\nright on " << 100 * accuracy << " % of " << test.size() << " new images\n\n";

  // Was it the right gradient that the network learnt by? Compare it with differences of the loss of 20 images.
  const nn::Dataset few = *nn::Batches{test, 20}.begin();
  const auto loss = [&](const ag::Tensor& images) { return nn::cross_entropy(model(images), few.targets); };
  const auto check = ag::gradcheck({.samples = 25}, model, loss, few.features);
  std::cout << check << '\n';
  return accuracy >= 0.97 && check ? 0 : 1;
}
