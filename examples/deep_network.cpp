// A network of L layers: the lecture's recursion for the gradients, from the last layer to the first, beside the tape.
//
//   forwards   A(l) = g(W(l) A(l-1) + b(l)), examples as columns, relu inside, sigmoid at the end
//   backwards  dZ(L) = A(L) - Y, dZ(l) = W(l+1)' dZ(l+1) * g'(Z(l))
//              dW(l) = dZ(l) A(l-1)' / m, db(l) = rowsum(dZ(l)) / m
//
// Expect the same numbers from both in every layer, to 1e-14.
#include <cstdio>
#include <vector>
#include <nn/nn.hpp>

namespace ag = autograd;
using Tensors = std::vector<ag::Tensor>;

int main() {
  nn::Dataset data = nn::from_table(nn::read_csv("examples/data/breast_cancer.csv"), "target",
                                    {.target = nn::Target::values, .dtype = ag::float64});
  nn::standardize(data);
  const ag::Tensor X = transpose(data.features), Y = transpose(data.targets);  // (30, m), (1, m)
  const double m = static_cast<double>(X.shape(1));

  nn::Rng rng(1);
  const std::vector<int> units{30, 16, 8, 4, 1};
  const std::size_t L = units.size() - 1;
  Tensors W(L + 1), b(L + 1);  // W[1] ... W[L], as in the formulas
  for (std::size_t l = 1; l <= L; ++l) {
    W[l] = nn::he_normal()({units[l], units[l - 1]}, ag::float64, rng);
    b[l] = ag::Tensor::zeros({units[l], 1});
  }

  for (int step = 0; step <= 300; ++step) {
    // The tape's way: each parameter is a variable, the cost is computed from them.
    ag::Tape tape;
    Tensors w(L + 1), c(L + 1), Z(L + 1), A(L + 1);
    A[0] = X;
    for (std::size_t l = 1; l <= L; ++l) {
      w[l] = tape.variable(W[l]);
      c[l] = tape.variable(b[l]);
      Z[l] = matmul(w[l], A[l - 1]) + c[l];
      if (l < L) A[l] = relu(Z[l]);
      else A[l] = sigmoid(Z[l]);
    }
    const ag::Tensor cost = nn::binary_cross_entropy(A[L], Y);
    const ag::Gradients g = tape.gradient(cost);

    if (step % 150 == 0) {
      const double right = 100 * nn::BinaryAccuracy{}(A[L], Y);
      std::printf("step %d, cost %.4f, right %.1f %%\n", step, cost.value(), right);
      // The lecture's way.
      Tensors dZ(L + 1);
      for (std::size_t l = L; l >= 1; --l) {
        if (l == L) dZ[l] = A[L] - Y;
        else dZ[l] = matmul(transpose(W[l + 1]), dZ[l + 1]) * where(Z[l] > 0.0, 1.0, 0.0);
        const ag::Tensor dW = matmul(dZ[l], transpose(A[l - 1])) / m, db = sum(dZ[l], {1}, true) / m;
        const bool same = max(abs(g[w[l]] - dW)).value() < 1e-14 && max(abs(g[c[l]] - db)).value() < 1e-14;
        std::printf("  layer %zu  (%2d, %2d)  |dW| %.4f  |db| %.4f  tape and recursion agree: %s\n", l, units[l],
                    units[l - 1], norm(dW).value(), norm(db).value(), same ? "yes" : "no");
      }
    }
    for (std::size_t l = 1; l <= L; ++l) {
      W[l] = W[l] - 0.3 * g[w[l]];
      b[l] = b[l] - 0.3 * g[c[l]];
    }
  }
}
