// Exercises of two courses, each with the gradient that is asked for and with one that students hand in.
//
// Expect `right` for the published numbers of CS231n and deeplearning.ai, and for each wrong gradient the mistake
// that was made in it.
#include <iostream>
#include <autograd/autograd.hpp>

namespace ag = autograd;
using ag::Tensor;

void show(const char* exercise, const ag::HandReport& right, const ag::HandReport& wrong) {
  std::cout << "--- " << exercise << '\n' << right << "and with a slip:\n" << wrong << '\n';
}

int main() {
  {  // CS231n's circuit: the slip is the derivative of the sigmoid.
    const auto neuron = [](const auto& v) { return sigmoid(v[0] * v[3] + v[1] * v[4] + v[2]); };
    const std::vector<double> at{2, -3, -3, -1, -2};  // w0 w1 w2 x0 x1
    show(
        "CS231n, a sigmoid neuron",
        ag::check_by_hand(
            neuron, at, std::vector{-0.196611933241, -0.393223866483, 0.196611933241, 0.393223866483, -0.589835799724}),
        ag::check_by_hand(neuron, at, std::vector<double>{-1, -2, 1, 2, -3}));
  }
  {  // Its staged example: x has three ways to f, y two; the slip is = for += at the last.
    const auto f = [](const auto& v) { return (v[0] + sigmoid(v[1])) / (sigmoid(v[0]) + square(v[0] + v[1])); };
    const auto backward = [](bool fork) {
      return [fork](const std::vector<double>& v) {
        const double x = v[0], y = v[1], sigy = ag::sigmoid(y), num = x + sigy, sigx = ag::sigmoid(x), xpy = x + y;
        const double den = sigx + xpy * xpy, invden = 1 / den, dnum = invden, dden = -num * invden * invden;
        double dx = 0, dy = 0;
        dx += 2 * xpy * dden, dy += 2 * xpy * dden;
        dx += (1 - sigx) * sigx * dden;
        if (!fork) dy = 0;
        dx += dnum, dy += (1 - sigy) * sigy * dnum;
        return std::vector<double>{dx, dy};
      };
    };
    show("CS231n, f = (x + s(y)) / (s(x) + (x + y)^2)",
         ag::check_by_hand(f, std::vector<double>{3, -4}, backward(true)),
         ag::check_by_hand(f, std::vector<double>{3, -4}, backward(false)));
  }
  {  // deeplearning.ai's first assignment: the slip is a sum for the mean.
    const Tensor X = Tensor::of<double>({1, 2, 3, 4}, {2, 2}), Y = Tensor::of<double>({1, 0}, {1, 2});
    const Tensor w = Tensor::of<double>({1, 2}, {2, 1}), b = Tensor(2.0);
    const auto cost = [&](const Tensor& v, const Tensor& c) {
      const Tensor A = sigmoid(matmul(transpose(v), X) + c);
      return Tensor(-mean(Y * log(A) + (1.0 - Y) * log(1.0 - A)));
    };
    const Tensor dZ = sigmoid(matmul(transpose(w), X) + b) - Y, dw = matmul(X, transpose(dZ)) / 2.0, db = sum(dZ) / 2.0;
    show("deeplearning.ai, logistic regression", ag::check_by_hand(cost, {{"w", w, dw}, {"b", b, db}}),
         ag::check_by_hand(cost, {{"w", w, 2.0 * dw}, {"b", b, 2.0 * db}}));
  }
  {  // Its gradient check in one dimension: the slip is the derivative with respect to x.
    const auto J = [](const Tensor& x, const Tensor& theta) { return Tensor(theta * x); };
    show("deeplearning.ai, J = theta x", ag::check_by_hand(J, {{"x", 2.0, 4.0}, {"theta", 4.0, 2.0}}),
         ag::check_by_hand(J, {{"x", 2.0, 4.0}, {"theta", 4.0, 4.0}}));
  }
}
