// Hyper-parameters on handwritten digits: one setting is changed at a time, everything else stays.
//
// Expect a rate that is too small to get anywhere and one that is too large, sigmoids that are hard to train
// in depth, momentum that speeds up, and L2 that trades training cost for small weights.
#include <cstdio>
#include <functional>
#include <nn/nn.hpp>

namespace ag = autograd;

struct Settings {
  double rate = 0.1;
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
  const nn::Dataset digits = nn::from_table(table, "target", {.dtype = ag::float64});
  auto [train, test] = nn::train_test_split(digits, 0.2, rng);
  nn::standardize(train, test);

  const auto row = [&](const char* name, const Settings& s) {
    nn::Rng same(7);
    Network network(s, same);
    nn::Sgd optimiser{.rate = s.rate, .momentum = s.momentum, .weight_decay = s.l2};
    nn::fit(network, optimiser, train, {.epochs = s.epochs, .batch_size = s.batch, .out = nullptr}, same);
    const auto seen = nn::evaluate_on(network, train, nn::cross_entropy);
    const auto unseen = nn::evaluate_on(network, test, nn::cross_entropy, nn::accuracy);
    std::printf("%-26s%10.3f%10.3f%11.1f\n", name, seen.loss, unseen.loss, 100 * unseen.metric);
  };

  std::printf("%-26s%10s%10s%11s\n", "", "train cost", "test cost", "right %");
  row("rate 0.1, 10 epochs, ...", {});
  row("rate 0.001", {.rate = 0.001});
  row("rate 0.01", {.rate = 0.01});
  row("rate 1", {.rate = 1});
  row("3 epochs", {.epochs = 3});
  row("30 epochs", {.epochs = 30});
  row("4 units", {.units = 4});
  row("128 units", {.units = 128});
  row("1 layer", {.layers = 1});
  row("5 layers", {.layers = 5});
  row("sigmoid", {.activation = nn::Sigmoid{}});
  row("sigmoid, 5 layers", {.layers = 5, .activation = nn::Sigmoid{}});
  row("tanh", {.activation = nn::Tanh{}});
  row("momentum 0.9", {.momentum = 0.9});
  row("rate 0.01, momentum 0.9", {.rate = 0.01, .momentum = 0.9});
  row("mini-batches of 8", {.batch = 8});
  row("mini-batches of 256", {.batch = 256});
  row("L2 0.01", {.l2 = 0.01});
}
