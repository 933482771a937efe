// Linear regression: how far diabetes progresses in a year, from ten measurements of 442 patients. The model is a line
// of code, its gradient comes from the tape, and gradient descent is compared with the closed-form least squares.
//
// Expect the weights that statistics packages print, an R^2 of 0.5177, and a gradient equal to X'(a - y)/m.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nn/nn.hpp>

namespace ag = autograd;

int main() {
  const nn::Table table = nn::read_csv("examples/data/diabetes.csv");
  nn::Dataset data = nn::from_table(table, "target", {.target = nn::Target::values, .dtype = ag::float64});
  nn::standardize(data);
  const ag::Tensor X = data.features, y = data.targets;  // (m, n), (m, 1)
  const ag::Index m = X.shape(0), n = X.shape(1);

  // The cost as a function of what is learnt, and its gradient by the formula.
  const auto cost = [&](const ag::Tensor& w, const ag::Tensor& b) { return mean(0.5 * square(matmul(X, w) + b - y)); };
  const auto formula = [&](const ag::Tensor& w, const ag::Tensor& b) {
    const ag::Tensor dz = matmul(X, w) + b - y;
    return std::pair{ag::Tensor(matmul(transpose(X), dz) / double(m)), ag::Tensor(mean(dz))};
  };

  ag::Tensor w = ag::Tensor::zeros({n, 1}), b = ag::Tensor::zeros({});
  double difference = 0;
  std::printf(" step      cost\n");
  for (int step = 0; step <= 5000; ++step) {
    const auto [value, gradient] = ag::value_and_gradient(cost, w, b);
    const auto [gw, gb] = gradient;
    const auto [dw, db] = formula(w, b);
    difference = std::max({difference, max(abs(gw - dw)).value(), std::abs(gb.value() - db.value())});
    if (step == 0 || step == 1 || step == 10 || step == 100 || step % 1000 == 0)
      std::printf("%5d %9.2f\n", step, value.value());
    w = w - 0.4 * gw;
    b = b - 0.4 * gb;
  }
  std::printf("tape and formula agree to 1e-10: %s\n\n", difference < 1e-10 ? "yes" : "no");

  // Least squares in closed form: X'X w = X'y, solved by elimination (X'X is positive definite: no pivoting).
  ag::Tensor left = matmul(transpose(X), X), right = matmul(transpose(X), y - mean(y));
  auto A = left.mutable_array<double>(), r = right.mutable_array<double>();
  for (ag::Index k = 0; k < n; ++k)
    for (ag::Index i = 0; i < n; ++i) {
      if (i == k) continue;
      const double factor = A(i, k) / A(k, k);
      for (ag::Index j = k; j < n; ++j) A(i, j) -= factor * A(k, j);
      r(i, 0) -= factor * r(k, 0);
    }

  std::printf("           descent   least squares\n");
  for (ag::Index k = 0; k < n; ++k) {
    const std::string& name = table.names[static_cast<std::size_t>(k)];
    std::printf("%-8s %9.3f %15.3f\n", name.c_str(), w(k, 0).value(), r(k, 0) / A(k, k));
  }
  std::printf("%-8s %9.3f %15.3f\n", "offset", b.value(), mean(y).value());

  const ag::Tensor residual = sum(square(matmul(X, w) + b - y)), total = sum(square(y - mean(y)));
  std::printf("R^2      %9.4f\n", 1 - residual.value() / total.value());
}
