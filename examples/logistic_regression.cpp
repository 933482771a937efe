// Logistic regression: is a breast tumour benign? 30 measurements of 569 of them, a fifth kept back for testing.
//
// Expect the tape's gradient to be the formula's, dw = X'(a - y)/m and db = mean(a - y), a cost that starts
// at log 2 = 0.6931, and about 99 % of the tumours it never saw in the right class.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>
#include <nn/nn.hpp>

namespace ag = autograd;

int main() {
  nn::Rng rng(1);
  const nn::Table table = nn::read_csv("examples/data/breast_cancer.csv");
  auto [train, test] = nn::train_test_split(
      nn::from_table(table, "target", {.target = nn::Target::values, .dtype = ag::float64}), 0.2, rng);
  nn::standardize(train, test);
  const ag::Tensor X = train.features, y = train.targets;  // (m, 30), (m, 1)

  ag::Tensor w = ag::Tensor::zeros({X.shape(1), 1}), b = ag::Tensor::zeros({});
  const auto model = [&](const ag::Tensor& x) { return ag::Tensor(sigmoid(matmul(x, w) + b)); };
  const auto right = [&](const nn::Dataset& data) {
    return 100 * nn::BinaryAccuracy{}(model(data.features), data.targets);
  };

  std::printf("step    cost  train %%  test %%   tape and formula agree to 1e-14\n");
  for (int step = 0; step <= 500; ++step) {
    // What a user writes: the cost. The tape gives its gradient.
    const auto cost = [&](const ag::Tensor& weight, const ag::Tensor& bias) {
      const ag::Tensor a = sigmoid(matmul(X, weight) + bias);
      return mean(-y * log(a) - (1.0 - y) * log(1.0 - a));
    };
    const auto [value, gradient] = ag::value_and_gradient(cost, w, b);
    const auto [gw, gb] = gradient;

    // What the lecture derives: dz = a - y.
    const ag::Tensor dz = model(X) - y;
    const ag::Tensor dw = matmul(transpose(X), dz) / double(X.shape(0)), db = mean(dz);

    if (step % 100 == 0) {
      const double difference = std::max(max(abs(gw - dw)).value(), std::abs(gb.value() - db.value()));
      std::printf("%4d  %.4f   %5.1f   %5.1f   %s\n", step, value.value(), right(train), right(test),
                  difference < 1e-14 ? "yes" : "no");
    }
    w = w - 0.5 * gw;
    b = b - 0.5 * gb;
  }

  std::printf("\nThe measurements that weigh most (positive: benign):\n");
  std::vector<std::pair<double, std::string>> weights;
  for (double weight : w.to_vector()) weights.emplace_back(weight, table.names[weights.size()]);
  std::sort(weights.begin(), weights.end(),
            [](const auto& p, const auto& q) { return std::abs(p.first) > std::abs(q.first); });
  weights.resize(5);
  for (const auto& [weight, name] : weights) std::printf("  %-22s %6.2f\n", name.c_str(), weight);
}
