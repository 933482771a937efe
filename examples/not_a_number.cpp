// Where NaN and infinity come from. The same training step three times: NaN on a plain tape, the culprit on one that
// watches, and the cure, with the strong zeros that it lives on.
//
// Expect sqrt to be blamed for its infinite slope at 0, not the multiplication by 0 that turned it into NaN; log to be
// blamed for its value; and the data, where those are not finite.
#include <iostream>
#include <limits>
#include <autograd/autograd.hpp>

namespace ag = autograd;
using ag::Tensor;

int main() {
  // Distances of points from the origin, one of which lies there.
  const Tensor points = Tensor::of<double>({3, 4, 0, 0, 5, 12}, {3, 2});
  const auto distances = [](const Tensor& p) {
    const Tensor squares = sum(square(p), 1);
    return Tensor(sqrt(squares));
  };
  {
    ag::Tape tape;
    const Tensor p = tape.variable(points);
    std::cout << "plain tape, the gradient:\n" << tape.gradient(sum(distances(p)))[p] << "\n\n";
  }
  const auto blame = [](const char* title, const auto& step) {
    std::cout << title << ":\n";
    try {
      ag::Tape tape{ag::detect_anomaly};
      step(tape);
      std::cout << "  no anomaly\n";
    } catch (const ag::AnomalyError& e) {
      std::cout << "  " << e.what() << '\n';
    }
  };
  blame("the same, watched", [&](ag::Tape& tape) {
    const Tensor p = tape.variable(points, "p");
    tape.gradient(sum(distances(p)));
  });
  blame("sqrt(x * 0)", [](ag::Tape& tape) {
    const auto x = tape.variable(3.0, "x");
    const ag::Var y = sqrt(x * 0.0);
    tape.gradient(y);
  });
  blame("a logarithm of 0", [](ag::Tape& tape) {
    const Tensor a = tape.variable(Tensor::of<double>({0.5, 0, 1}, {3}), "a");
    const Tensor loss = -mean(log(a));
  });
  blame("the data", [](ag::Tape& tape) {
    const Tensor X = Tensor::of<double>({1, 2, std::numeric_limits<double>::quiet_NaN(), 4}, {2, 2});
    const Tensor w = tape.variable(Tensor::ones({2}), "w");
    const Tensor y = matmul(X, w);
  });
  blame("exp, in float32", [](ag::Tape& tape) {
    const Tensor z = tape.variable(Tensor::full({2}, 100, ag::float32), "z");
    const Tensor y = 1.0 / (1.0 + exp(z));
  });

  // The cure: where the distance is 0, another branch. There a cotangent of 0 meets the infinite slope, and stays 0.
  ag::Tape tape{ag::detect_anomaly};
  const Tensor p = tape.variable(points);
  const Tensor squares = sum(square(p), 1);
  const Tensor safe = where(squares > 0.0, sqrt(squares), 0.0);
  std::cout << "\nwith where, the gradient:\n" << tape.gradient(sum(safe))[p] << '\n';
  for (const ag::StrongZero& z : tape.strong_zeros())
    std::cout << "strong zeros in " << z.op << ", " << to_string(z.where) << ": " << z.elements.size() << '\n';
}
