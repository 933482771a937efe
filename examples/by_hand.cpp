// "Derive it, code it, check it": the lecture's two layers with the mistakes that everybody makes once, and what
// check_by_hand says to each. Examples are columns: X (3, 5), W1 (4, 3), b1 (4, 1), W2 (1, 4), b2 (1, 1), m = 5.
//
// Expect the right formulas to be right, and each wrong one to be explained by the mistake that was made in it, at the
// line of the cost below where the derivative is that went wrong; nothing is said of a gradient that is just noise.
#include <functional>
#include <iostream>
#include <autograd/autograd.hpp>

namespace ag = autograd;
using ag::Tensor;

constexpr double m = 5, lambda = 0.1;

struct Exercise {
  Tensor X = sin(Tensor::linspace(1, 30, {3, 5})), Y = Tensor::of<double>({1, 0, 1, 1, 0}, {1, 5});
  Tensor W1 = sin(Tensor::linspace(1, 12, {4, 3})), b1 = cos(Tensor::linspace(1, 9, {4, 1}));
  Tensor W2 = sin(Tensor::linspace(3, 5, {1, 4})), b2 = Tensor::zeros({1, 1});

  Tensor cost(const Tensor& w1, const Tensor& c1, const Tensor& w2, const Tensor& c2) const {
    const Tensor z1 = matmul(w1, X) + c1;
    const Tensor a1 = tanh(z1);
    const Tensor z2 = matmul(w2, a1) + c2;
    const Tensor a2 = sigmoid(z2);
    const Tensor data = mean(-(Y * log(a2) + (1.0 - Y) * log(1.0 - a2)));
    const Tensor penalty = lambda * sum(square(w2));
    return data + penalty;
  }

  // The lecture's formulas; a mistake is a change to what they need or give.
  Tensor Z1 = matmul(W1, X) + b1, A1 = tanh(Z1), A2 = sigmoid(matmul(W2, A1) + b2);
  Tensor dZ2 = A2 - Y, dA1 = matmul(transpose(W2), dZ2), dZ1 = dA1 * (1.0 - square(A1));
  Tensor dW1, db1, dW2, db2;
  void finish() {
    dW2 = matmul(dZ2, transpose(A1)) / m + 2 * lambda * W2;
    db2 = sum(dZ2, 1, true) / m;
    dW1 = matmul(dZ1, transpose(X)) / m;
    db1 = sum(dZ1, 1, true) / m;
  }

  ag::HandReport check() const {
    const auto f = [this](auto... a) { return cost(a...); };
    return ag::check_by_hand(f, {{"W1", W1, dW1}, {"b1", b1, db1}, {"W2", W2, dW2}, {"b2", b2, db2}});
  }
};

// Makes a mistake before the formulas are finished, or after.
void exercise(const char* title, const std::function<void(Exercise&)>& before,
              const std::function<void(Exercise&)>& after) {
  Exercise e;
  before(e);
  e.finish();
  after(e);
  std::cout << "--- " << title << '\n' << e.check() << '\n';
}

int main() {
  const auto nothing = [](Exercise&) {};
  const auto t = [](const Tensor& x) { return Tensor(transpose(x)); };
  exercise("all is right", nothing, nothing);
  exercise("1/m twice", nothing, [](Exercise& e) { e.db2 = e.db2 / m; });
  exercise("no sum over the batch", nothing, [](Exercise& e) { e.db1 = e.dZ1 / m; });
  exercise("the sum over the wrong axis", nothing, [](Exercise& e) { e.db1 = sum(e.dZ1, 0, true) / m; });
  exercise("transposed", nothing, [&](Exercise& e) { e.dW1 = t(e.dW1); });
  exercise("no derivative of tanh", [](Exercise& e) { e.dZ1 = e.dA1; }, nothing);
  exercise("tanh' at a", [](Exercise& e) { e.dZ1 = e.dA1 * (1.0 - square(tanh(e.A1))); }, nothing);
  exercise(
      "y - a for a - y, and no 1/m", [](Exercise& e) { e.dZ2 = e.Y - e.A2; }, [](Exercise& e) { e.db2 = m * e.db2; });
  exercise("no derivative of the penalty", nothing, [](Exercise& e) { e.dW2 = e.dW2 - 2 * lambda * e.W2; });
  exercise("lambda W for 2 lambda W", nothing, [](Exercise& e) { e.dW2 = e.dW2 - lambda * e.W2; });
  exercise("= for += in the loop over examples", nothing, [&](Exercise& e) {
    const Tensor last = slice(e.dZ1, ag::all, ag::range(4, 5)), x = slice(e.X, ag::all, ag::range(4, 5));
    e.dW1 = matmul(last, t(x)) / m;
  });
  exercise("noise", nothing, [](Exercise& e) { e.dW1 = sin(e.dW1 * 1000.0); });
}
