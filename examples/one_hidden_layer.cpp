// A network with one hidden layer, by hand: the lecture's formulas beside the gradients of the tape.
//
// Examples are columns: X (n_x, m), W1 (n_h, n_x), b1 (n_h, 1), W2 (1, n_h), b2 (1, 1). Expect the two to
// agree to rounding in every step, and the cost to fall from log 2 = 0.6931.
#include <algorithm>
#include <cstdio>
#include <nn/nn.hpp>

namespace ag = autograd;

int main() {
  nn::Dataset data = nn::from_table(nn::read_csv("examples/data/breast_cancer.csv"), "target",
                                    {.target = nn::Target::values, .dtype = ag::float64});
  nn::standardize(data);
  const ag::Tensor X = transpose(data.features), Y = transpose(data.targets);  // (30, m), (1, m)
  const double m = static_cast<double>(X.shape(1)), rate = 1.0;

  nn::Rng rng(1);
  const nn::Initialiser start = nn::normal(0.01);
  ag::Tensor W1 = start({5, 30}, ag::float64, rng), b1 = ag::Tensor::zeros({5, 1});
  ag::Tensor W2 = start({1, 5}, ag::float64, rng), b2 = ag::Tensor::zeros({1, 1});

  // For the tape: the cost, and nothing else.
  const auto cost = [&](auto w1, auto c1, auto w2, auto c2) {
    const ag::Tensor a = sigmoid(matmul(w2, tanh(matmul(w1, X) + c1)) + c2);
    return mean(-Y * log(a) - (1.0 - Y) * log(1.0 - a));
  };

  std::printf("step    cost  right %%   largest slope   difference\n");
  for (int step = 0; step <= 500; ++step) {
    const auto [value, gradient] = ag::value_and_gradient(cost, W1, b1, W2, b2);
    const auto& [gW1, gb1, gW2, gb2] = gradient;

    // By the formulas: forwards ...
    const ag::Tensor Z1 = matmul(W1, X) + b1, A1 = tanh(Z1);
    const ag::Tensor Z2 = matmul(W2, A1) + b2, A2 = sigmoid(Z2);
    // ... and backwards, with g'(Z1) = 1 - A1^2.
    const ag::Tensor dZ2 = A2 - Y;
    const ag::Tensor dW2 = matmul(dZ2, transpose(A1)) / m, db2 = sum(dZ2, {1}, true) / m;
    const ag::Tensor dZ1 = matmul(transpose(W2), dZ2) * (1.0 - square(A1));
    const ag::Tensor dW1 = matmul(dZ1, transpose(X)) / m, db1 = sum(dZ1, {1}, true) / m;

    if (step % 100 == 0) {
      const double difference = std::max({max(abs(gW1 - dW1)).value(), max(abs(gb1 - db1)).value(),
                                          max(abs(gW2 - dW2)).value(), max(abs(gb2 - db2)).value()});
      const double largest = std::max({max(abs(dW1)).value(), max(abs(db1)).value(), max(abs(dW2)).value()});
      const double right = 100 * nn::BinaryAccuracy{}(A2, Y);
      std::printf("%4d  %.4f    %5.1f   %13.4f   %s\n", step, value.value(), right, largest,
                  difference < 1e-15 ? "< 1e-15" : "LARGE");
    }
    W1 = W1 - rate * dW1;
    b1 = b1 - rate * db1;
    W2 = W2 - rate * dW2;
    b2 = b2 - rate * db2;
  }
}
