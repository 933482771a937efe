// The formulas of the lecture, each as it stands there and with a slip: the chain rule, one neuron, squared errors, the
// softmax, several layers, the normalisation of inputs. The two layers of the lecture are in by_hand.cpp.
//
// Expect each formula to be right, and each slip to be named, at the line where it was made; where no single mistake
// explains a gradient, that is said, and nothing is guessed.
#include <iostream>
#include <autograd/autograd.hpp>

namespace ag = autograd;
using ag::Tensor;

void show(const char* lesson, const ag::HandReport& right, const ag::HandReport& wrong) {
  std::cout << "--- " << lesson << '\n' << right << "with a slip:\n" << wrong << '\n';
}

int main() {
  const auto f = [](const auto& v) { return (v[0] + v[1]) * v[2]; };
  const std::vector<double> at{-2, 5, -4};
  show("f = (x + y) z: without df/dq", ag::check_by_hand(f, at, std::vector<double>{-4, -4, 3}),
       ag::check_by_hand(f, at, std::vector<double>{1, 1, 3}));

  // One neuron: dz = a - y already holds the sigmoid's slope.
  const Tensor x = Tensor::of<double>({0.5, 2, 17}, {3}), w = Tensor::of<double>({0.4, 0.1, 0.0058}, {3});
  const auto neuron = [&](const Tensor& v, const Tensor& b) {
    const Tensor z = sum(v * x) + b;
    const Tensor a = sigmoid(z);
    return Tensor(-log(1.0 - a));  // y = 0
  };
  const Tensor a = sigmoid(sum(w * x) + 0.2), late = a * a * (1.0 - a);
  show("a neuron: the slope of the sigmoid twice", ag::check_by_hand(neuron, {{"w", w, a * x}, {"b", 0.2, a}}),
       ag::check_by_hand(neuron, {{"w", w, late * x}, {"b", 0.2, late}}));

  // Squared errors, 1/n sum (y - a)^2.
  const Tensor y = Tensor::of<double>({1, 3, 2, 5}, {4}), guess = Tensor::of<double>({1.5, 2, 2.5, 4}, {4});
  const auto errors = [&](const Tensor& g) { return Tensor(mean(square(y - g))); };
  show("squared errors: no 2", ag::check_by_hand(errors, guess, Tensor(2.0 * (guess - y) / 4.0)),
       ag::check_by_hand(errors, guess, Tensor((guess - y) / 4.0)));

  // The softmax with its loss: dZ = A - Y. The slip: the softmax taken for an elementwise function.
  const Tensor Z = sin(Tensor::linspace(1, 9, {3, 4})),
               Y = Tensor::of<double>({1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0}, {3, 4});
  const auto classes = [&](const Tensor& z) { return Tensor(-sum(Y * log(softmax(z, 0)))); };
  const Tensor A = softmax(Z, 0);
  show("softmax: without the other classes", ag::check_by_hand(classes, Z, Tensor(A - Y)),
       ag::check_by_hand(classes, Z, Tensor(-Y * (1.0 - A))));

  // Layers of equal size: dW2 = dZ2 A1'. The slip: A2 for A1.
  const Tensor X = cos(Tensor::linspace(0, 5, {3, 4}));
  const Tensor W1 = sin(Tensor::linspace(1, 5, {3, 3})), W2 = cos(Tensor::linspace(2, 9, {3, 3}));
  const auto deep = [&](const Tensor& v1, const Tensor& v2) {
    const Tensor a1 = tanh(matmul(v1, X));
    const Tensor a2 = tanh(matmul(v2, a1));
    return Tensor(0.5 * sum(square(a2)));
  };
  const Tensor A1 = tanh(matmul(W1, X)), A2 = tanh(matmul(W2, A1)), dZ2 = A2 * (1.0 - A2 * A2);
  const Tensor dW1 = matmul(matmul(transpose(W2), dZ2) * (1.0 - A1 * A1), transpose(X));
  const Tensor dW2 = matmul(dZ2, transpose(A1)), shifted = matmul(dZ2, transpose(A2));
  show("several layers: an index too high", ag::check_by_hand(deep, {{"W1", W1, dW1}, {"W2", W2, dW2}}),
       ag::check_by_hand(deep, {{"W1", W1, dW1}, {"W2", W2, shifted}}));

  // The sample variance divides by n - 1.
  const auto variance = [](const Tensor& v) { return Tensor(sum(square(v - mean(v))) / 3.0); };
  const Tensor centred = guess - mean(guess);
  show("a variance: n for n - 1", ag::check_by_hand(variance, guess, Tensor(2.0 * centred / 3.0)),
       ag::check_by_hand(variance, guess, Tensor(2.0 * centred / 4.0)));
}
