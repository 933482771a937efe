// One gradient in three ways: loops over examples and features on scalars, one example at a time as a tensor,
// and all examples at once. Logistic regression on 569 tumours with 30 measurements each.
//
// Expect the same gradient, and a vectorised form more than ten times as fast as either of the others.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <vector>
#include <nn/nn.hpp>

namespace ag = autograd;

struct Gradient {
  double cost;
  std::vector<double> w;
};

// Prints the fastest of ten runs.
void report(const char* name, auto compute, const Gradient& expected) {
  Gradient g;
  std::chrono::duration<double, std::micro> best{1e9};
  for (int i = 0; i < 10; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    g = compute();
    best = std::min<decltype(best)>(best, std::chrono::steady_clock::now() - begin);
  }
  double difference = std::abs(g.cost - expected.cost);
  for (std::size_t j = 0; j < g.w.size(); ++j) difference += std::abs(g.w[j] - expected.w[j]);
  std::printf("%-26s%10.6f%10.6f%10.6f   %-9s%8.0f us\n", name, g.cost, g.w[0], g.w[1],
              difference < 1e-13 ? "yes" : "NO", best.count());
}

int main() {
  nn::Dataset data = nn::from_table(nn::read_csv("examples/data/breast_cancer.csv"), "target",
                                    {.target = nn::Target::values, .dtype = ag::float64});
  nn::standardize(data);
  const ag::Tensor X = data.features, Y = data.targets;  // (m, n), (m, 1)
  const ag::Index m = X.shape(0), n = X.shape(1);
  const ag::Tensor start = ag::Tensor::linspace(-0.5, 0.5, {n});

  const auto scalars = [&] {
    const auto x = X.array<double>(), y = Y.array<double>(), w0 = start.array<double>();
    ag::Tape tape;
    std::vector<ag::Var> w;
    for (ag::Index j = 0; j < n; ++j) w.push_back(tape.variable(w0(j)));
    ag::Var cost = 0;
    for (ag::Index i = 0; i < m; ++i) {
      ag::Var z = 0;
      for (ag::Index j = 0; j < n; ++j) z += w[static_cast<std::size_t>(j)] * x(i, j);
      cost += (softplus(z) - y(i, 0) * z) / double(m);
    }
    const auto g = tape.gradient(cost);
    Gradient result{cost.value(), {}};
    for (const ag::Var& e : w) result.w.push_back(g[e].value());
    return result;
  };
  const auto one_by_one = [&] {
    ag::Tape tape;
    const ag::Tensor w = tape.variable(start);
    ag::Tensor cost(0.0);
    for (ag::Index i = 0; i < m; ++i) {
      const ag::Tensor z = sum(w * slice(X, i));
      cost = cost + (softplus(z) - Y(i, 0) * z) / double(m);
    }
    return Gradient{cost.value(), tape.gradient(cost)[w].to_vector()};
  };
  const auto vectorised = [&] {
    ag::Tape tape;
    const ag::Tensor w = tape.variable(start);
    const ag::Tensor z = matmul(X, w), y = reshape(Y, {m});
    const ag::Tensor cost = mean(softplus(z) - y * z);
    return Gradient{cost.value(), tape.gradient(cost)[w].to_vector()};
  };

  std::printf("%-26s%10s%10s%10s   %-9s%s\n", "", "cost", "dcost/dw0", "dcost/dw1", "agrees", "time");
  report("loops over scalars", scalars, vectorised());
  report("one example at a time", one_by_one, vectorised());
  report("all examples at once", vectorised, vectorised());
}
