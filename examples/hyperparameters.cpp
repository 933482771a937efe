// Hyper-parameters on handwritten digits: one setting is changed at a time, everything else stays.
//
// Expect rates that get nowhere, one for being small, one for being so large that the relus die (10 % is
// guessing); sigmoids that are hard to train in depth; momentum 0.9 that goes ten times as far with the same
// rate; costs that fall with more epochs, more units and smaller batches; and L2 that keeps the cost up.
#include <cstdio>
#include <functional>
#include <nn/nn.hpp>

namespace ag = autograd;

struct Settings {
  double rate = 0.3;
  int epochs = 10;
  ag::Index units = 32;
  std::size_t layers = 2;
  std::function<ag::Tensor(const ag::Tensor&)> activation = nn::Relu{};
  double momentum = 0.0;
  ag::Index batch = 32;
  double l2 = 0.0;
};

/// So many layers of so many units, the last of 10.
struct Network {
  std::vector<nn::Dense> layers;
  std::function<ag::Tensor(const ag::Tensor&)> activation;

  Network(const Settings& s, nn::Rng& rng) : activation(s.activation) {
    for (std::size_t l = 0; l < s.layers; ++l) {
      const ag::Index in = l == 0 ? 64 : s.units, out = l + 1 == s.layers ? 10 : s.units;
      layers.push_back({in, out, rng, {.dtype = ag::float64}});
    }
  }
  ag::Tensor operator()(const ag::Tensor& x) const {
    ag::Tensor a = layers.front()(x);
    for (std::size_t l = 1; l < layers.size(); ++l) a = layers[l](activation(a));
    return a;
  }
  void each_parameter(auto& visit) { visit("layers", layers); }
};

int main() {
  nn::Rng rng(1);
  const nn::Table table = nn::read_csv("examples/data/digits.csv.gz");
  nn::Dataset digits = nn::from_table(table, "target", {.dtype = ag::float64});
  digits.features = digits.features / 16.0;  // grey values from 0 to 1
  const nn::DatasetSplit data = nn::train_test_split(digits, 0.2, rng);

  const auto row = [&](const char* name, const Settings& s) {
    nn::Rng same(7);
    Network network(s, same);
    nn::Sgd optimiser{.rate = s.rate, .momentum = s.momentum, .weight_decay = s.l2};
    const nn::FitOptions options{.epochs = s.epochs, .batch_size = s.batch, .out = nullptr};
    nn::fit(network, optimiser, data.train, options, same);
    const auto seen = nn::evaluate_on(network, data.train, nn::cross_entropy);
    const auto unseen = nn::evaluate_on(network, data.test, nn::cross_entropy, nn::accuracy);
    std::printf("%-26s%10.3f%10.3f%11.1f\n", name, seen.loss, unseen.loss, 100 * unseen.metric);
  };

  std::printf("%-26s%10s%10s%11s\n", "", "train cost", "test cost", "right %");
  row("the settings above", {});
  row("rate 0.003", {.rate = 0.003});
  row("rate 0.03", {.rate = 0.03});
  row("rate 2", {.rate = 2});
  row("1 epoch", {.epochs = 1});
  row("50 epochs", {.epochs = 50});
  row("4 units", {.units = 4});
  row("128 units", {.units = 128});
  row("1 layer", {.layers = 1});
  row("4 layers", {.layers = 4});
  row("sigmoid", {.activation = nn::Sigmoid{}});
  row("sigmoid, 4 layers", {.layers = 4, .activation = nn::Sigmoid{}});
  row("tanh", {.activation = nn::Tanh{}});
  row("rate 0.03, momentum 0.9", {.rate = 0.03, .momentum = 0.9});
  row("mini-batches of 8", {.batch = 8});
  row("mini-batches of 512", {.batch = 512});
  row("L2 0.01", {.l2 = 0.01});
}
