// The gradient check of deeplearning.ai's course 2, with its own numbers: three layers, relu, relu, sigmoid, and
// backpropagation with the two mistakes that the exercise hides in it. Examples are columns.
//
// Expect the right gradient to measure 1.19e-07 at the course's step of 1e-7, and so to miss the course's own threshold
// of 1e-7; the same gradient to pass with a longer step, and easily with a complex one; and both mistakes to be named.
#include <cmath>
#include <cstdio>
#include <iostream>
#include <random>
#include <utility>
#include <autograd/autograd.hpp>

namespace ag = autograd;
using ag::Index, ag::Tensor;

/// numpy.random.randn after numpy.random.seed(1).
struct Randn {
  std::mt19937 bits{1};
  double spare = 0;
  double uniform() {
    const double a = static_cast<double>(bits() >> 5), b = static_cast<double>(bits() >> 6);
    return 2 * ((a * 67108864 + b) / 9007199254740992) - 1;
  }
  double operator()() {
    if (spare != 0) return std::exchange(spare, 0);
    double x, y, r;
    do x = uniform(), y = uniform(), r = x * x + y * y;
    while (r >= 1 || r == 0);
    const double f = std::sqrt(-2 * std::log(r) / r);
    spare = f * x;
    return f * y;
  }
  Tensor operator()(Index rows, Index columns) {
    std::vector<double> v;
    for (Index i = 0; i < rows * columns; ++i) v.push_back((*this)());
    return Tensor::of(v, {rows, columns});
  }
} randn;

const Tensor X = randn(4, 3), Y = Tensor::of<double>({1, 1, 0}, {1, 3});
const double m = 3;

const auto cost = [](auto W1, auto b1, auto W2, auto b2, auto W3, auto b3) -> Tensor {
  const Tensor A1 = relu(matmul(W1, X) + b1), A2 = relu(matmul(W2, A1) + b2), A3 = sigmoid(matmul(W3, A2) + b3);
  return -mean(Y * log(A3) + (1.0 - Y) * log(1.0 - A3));
};

int main() {
  const Tensor W1 = randn(5, 4), b1 = randn(5, 1), W2 = randn(3, 5), b2 = randn(3, 1), W3 = randn(1, 3),
               b3 = randn(1, 1);
  // The course's formulas.
  const Tensor A1 = relu(matmul(W1, X) + b1), A2 = relu(matmul(W2, A1) + b2), A3 = sigmoid(matmul(W3, A2) + b3);
  const Tensor dZ3 = A3 - Y, dW3 = matmul(dZ3, transpose(A2)) / m, db3 = sum(dZ3, 1, true) / m;
  const Tensor dZ2 = matmul(transpose(W3), dZ3) * where(A2 > 0.0, 1.0, 0.0);
  const Tensor dW2 = matmul(dZ2, transpose(A1)) / m, db2 = sum(dZ2, 1, true) / m;
  const Tensor dZ1 = matmul(transpose(W2), dZ2) * where(A1 > 0.0, 1.0, 0.0);
  const Tensor dW1 = matmul(dZ1, transpose(X)) / m, db1 = sum(dZ1, 1, true) / m;
  // The course's measure: || gradient - differences || / (|| gradient || + || differences ||).
  const std::vector<Tensor> at{W1, b1, W2, b2, W3, b3}, by_formula{dW1, db1, dW2, db2, dW3, db3};
  for (const double h : {1e-7, 1e-5}) {
    double apart = 0, ours = 0, theirs = 0;
    for (std::size_t k = 0; k < at.size(); ++k)
      for (std::size_t i = 0; i < static_cast<std::size_t>(at[k].size()); ++i) {
        const auto J = [&](double t) {
          std::vector<Tensor> x = at;
          std::vector<double> v = at[k].to_vector();
          v[i] += t;
          x[k] = Tensor::of(v, at[k].shape());
          return cost(x[0], x[1], x[2], x[3], x[4], x[5]).value();
        };
        const double g = by_formula[k].to_vector()[i], n = (J(h) - J(-h)) / (2 * h);
        apart += (g - n) * (g - n), ours += g * g, theirs += n * n;
      }
    std::printf("differences with h = %.0e: %.2e\n", h, std::sqrt(apart) / (std::sqrt(ours) + std::sqrt(theirs)));
  }
  const ag::GradcheckReport report = ag::gradcheck(cost, W1, b1, W2, b2, W3, b3);
  std::printf("complex step: %.1e\n", report.normwise());
  const auto two = [&](const Tensor& b, const Tensor& W) { return cost(W1, b, W, b2, W3, b3); };
  std::cout << report << '\n' << ag::check_by_hand(two, {{"b1", b1, 4.0 * db1}, {"W2", W2, 2.0 * dW2}});
}
