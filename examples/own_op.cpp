// A user's own op: its value and its derivative as formulas on one element, in six lines. It then works on
// numbers, scalar variables and tensors, inside fused expressions, in forward mode, and to higher order.
//
// Expect swish(1) = 0.731059 with the derivatives 0.927671 and 0.302366, and a gradient check that tells a
// right derivative from a wrong one.
#include <iostream>
#include <autograd/autograd.hpp>

namespace ag = autograd;

/// y = x s(x), s(x) = 1 / (1 + exp(-x)): dy = (y + s(x) (1 - y)) dx
struct Swish {
  static constexpr std::string_view name = "swish";
  auto value(auto x) const { return x / (1.0 + exp(-x)); }
  auto derivative(auto x, auto y) const { return ag::partials(y + (1.0 - y) / (1.0 + exp(-x))); }
};

/// The same with a slip: (1 + y) for (1 - y).
struct WrongSwish : Swish {
  auto derivative(auto x, auto y) const { return ag::partials(y + (1.0 + y) / (1.0 + exp(-x))); }
};

// Used like any function of the library.
auto swish(auto x) { return ag::evaluate(Swish{}, x); }

int main() {
  const auto f = [](auto x) { return swish(x); };
  const auto slope = [&](const ag::Var& x) { return ag::gradient(f, x); };
  std::cout << "on a number          " << swish(1.0) << '\n'
            << "its derivative       " << ag::gradient(f, 1.0) << '\n'
            << "the same, forwards   " << ag::jvp(f, 1.0, 1.0).tangent << '\n'
            << "the second           " << ag::gradient(slope, 1.0) << "\n\n";

  const auto X = ag::Tensor::linspace(-2, 2, {2, 3});
  ag::Tape tape;
  const auto x = tape.variable(X);
  const auto w = tape.variable(0.5);
  const ag::Tensor loss = sum(swish(w * x) * x);  // one statement, one pass over the elements
  const auto g = tape.gradient(loss);
  std::cout << "loss = sum(swish(w x) x) = " << loss << '\n'
            << "d loss/dx = " << g[x] << '\n'
            << "d loss/dw = " << g[w] << "\n\n";

  std::cout << ag::gradcheck(Swish{}, X) << '\n' << ag::gradcheck(WrongSwish{}, 2.0);
}
