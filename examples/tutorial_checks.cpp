// Two well-known tutorials, with the mistakes that they warn of: micrograd's graph, where values are used many times,
// and Mazur's network of two layers.
//
// Expect the published gradients to be right; a gradient that was assigned where it should have been added to be told
// by the use that was lost; and a delta without the slope of the activation to be told by that.
#include <iostream>
#include <autograd/autograd.hpp>

namespace ag = autograd;
using ag::Tensor;

int main() {
  // micrograd's README: dg/da = 138.8338, dg/db = 645.5773. The slip: = for += where b's cube adds to its gradient.
  const auto graph = [](const std::vector<ag::Var>& v, bool slip) {
    const ag::Var &a = v[0], &b = v[1];
    ag::Var c = a + b;
    ag::Var d = a * b + pow(slip ? stop_gradient(b) : b, 3);
    c += c + 1.0;
    c += 1.0 + c + (-a);
    d += d * 2.0 + relu(b + a);
    d += 3.0 * d + relu(b - a);
    const ag::Var e = c - d;
    const ag::Var f = pow(e, 2);
    ag::Var g = f / 2.0;
    g += 10.0 / f;
    return g;
  };
  const auto right = [&](const std::vector<ag::Var>& v) { return graph(v, false); };
  const auto slip = [&](const std::vector<ag::Var>& v) { return graph(v, true); };
  const std::vector<double> at{-4, 2}, published{138.83381924198252, 645.57725947521865};
  std::cout << "--- micrograd's graph\n" << ag::check_by_hand(right, at, published);
  std::cout << "--- and with a contribution lost\n" << ag::check_by_hand(right, at, ag::gradient(slip, at)) << '\n';

  // Mazur's: two inputs, two hidden units, two outputs, all sigmoid. His weights w1..w4 and w5..w8 are rows.
  const Tensor x = Tensor::of<double>({0.05, 0.10}, {2}), target = Tensor::of<double>({0.01, 0.99}, {2});
  const Tensor W1 = Tensor::of<double>({0.15, 0.20, 0.25, 0.30}, {2, 2}), b1 = Tensor(0.35);
  const Tensor W2 = Tensor::of<double>({0.40, 0.45, 0.50, 0.55}, {2, 2}), b2 = Tensor(0.60);
  const auto error = [&](const Tensor& V1, const Tensor& c1, const Tensor& V2, const Tensor& c2) {
    const Tensor h = sigmoid(matmul(V1, x) + c1);
    const Tensor out = sigmoid(matmul(V2, h) + c2);
    return Tensor(sum(0.5 * square(target - out)));
  };
  const Tensor h = sigmoid(matmul(W1, x) + b1), out = sigmoid(matmul(W2, h) + b2);
  const auto check = [&](const Tensor& delta2) {
    const auto outer = [](const Tensor& a, const Tensor& b) { return reshape(a, {2, 1}) * reshape(b, {1, 2}); };
    const Tensor delta1 = matmul(transpose(W2), delta2) * h * (1.0 - h);
    const Tensor dW1 = outer(delta1, x), dW2 = outer(delta2, h), db1 = sum(delta1), db2 = sum(delta2);
    std::cout << "dE/dw5 = " << dW2.to_vector()[0] << ", dE/dw1 = " << dW1.to_vector()[0] << '\n'
              << ag::check_by_hand(error, {{"W1", W1, dW1}, {"b1", b1, db1}, {"W2", W2, dW2}, {"b2", b2, db2}});
  };
  std::cout << "--- Mazur's network\n";
  check((out - target) * out * (1.0 - out));
  std::cout << "--- and with a delta of out - target\n";
  check(out - target);
}
