// Activations a = g(z), their slopes g'(z), and what a slope near 0 does to learning.
//
// Expect slopes of sigmoid and tanh that vanish on both sides (the unit is saturated), of relu on one; a gradient that
// shrinks with every sigmoid on its way back; and a neuron that learns slowly because it starts badly wrong.
#include <cstdio>
#include <autograd/autograd.hpp>

namespace ag = autograd;

constexpr double points[] = {-10, -2, -0.5, 0, 0.5, 2, 10};

void row(const char* name, auto activation) {
  std::printf("%-10s", name);
  for (double z : points) std::printf("%9.5f", ag::value_and_gradient(activation, z).first.value());
  std::printf("\n%10s", "slope");
  for (double z : points) std::printf("%9.5f", ag::gradient(activation, z));
  std::printf("\n");
}

// d a/d x where a is x after so many layers of one unit each, with weight 1.
double slope_through(int layers, auto activation) {
  return ag::gradient(
      [&](ag::Var a) {
        for (int l = 0; l < layers; ++l) a = activation(a);
        return a;
      },
      1.0);
}

// One sigmoid neuron learns to turn x = 1 into y = 0.
void learn(const char* name, auto loss, double w, double b) {
  std::printf("%-22s w = %.1f, b = %.1f  output", name, w, b);
  for (int step = 0; step <= 300; ++step) {
    const auto cost = [&](auto weight, auto bias) { return loss(1.0 * weight + bias); };
    if (step % 50 == 0) std::printf("  %.3f", ag::sigmoid(w + b));
    const auto [dw, db] = ag::gradient(cost, w, b);
    w -= 0.15 * dw;
    b -= 0.15 * db;
  }
  std::printf("\n");
}

int main() {
  const auto sigmoid = [](auto z) { return ag::sigmoid(z); };
  const auto relu = [](auto z) { return ag::relu(z); };

  std::printf("%-10s", "z");
  for (double z : points) std::printf("%9.1f", z);
  std::printf("\n");
  row("sigmoid", sigmoid);
  row("tanh", [](auto z) { return tanh(z); });
  row("relu", relu);
  row("leaky relu", [](auto z) { return ag::leaky_relu(z, 0.1); });

  std::printf("\nlayers     slope through sigmoids   through tanhs   through relus\n");
  for (int layers : {1, 2, 5, 10, 20})
    std::printf("%6d%27.1e%16.1e%16.1e\n", layers, slope_through(layers, sigmoid),
                slope_through(layers, [](auto z) { return tanh(z); }), slope_through(layers, relu));

  std::printf("\nOne neuron, 300 steps, output shown every 50; it should come down to 0.\n");
  const auto squared = [](auto z) { return 0.5 * square(ag::sigmoid(z)); };
  const auto cross_entropy = [](auto z) { return ag::softplus(z); };  // -log(1 - sigmoid(z)), for y = 0
  learn("squared error", squared, 0.6, 0.9);
  learn("squared error", squared, 2.0, 2.0);
  learn("cross-entropy", cross_entropy, 2.0, 2.0);
}
