// The chained Rosenbrock function, the sum of 100 (x[i+1] - x[i]^2)^2 + (1 - x[i])^2: H. H. Rosenbrock, An automatic
// method for finding the greatest or least value of a function, 1960. Many cheap statements, no loop carries a chain.
#pragma once

#include <tests/bench/scalar/problem.hpp>

namespace bench {

struct Rosenbrock {
  static constexpr std::string_view name = "rosenbrock";
  std::vector<double> start;

  explicit Rosenbrock(int size = 10'000) : start(size) {
    Random random(2);
    for (double& x : start) x = random.uniform(-1.5, 1.5);
  }

  template <class T>
  T value(const T* x) const {
    const int size = static_cast<int>(start.size());
    T sum = 0.0;
    for (int i = 0; i + 1 < size; ++i) {
      T valley = x[i + 1] - x[i] * x[i];
      T slope = 1.0 - x[i];
      sum += 100.0 * valley * valley + slope * slope;
    }
    return sum;
  }

  class ByHand;
};

/// Value and gradient in one pass.
class Rosenbrock::ByHand {
 public:
  double gradient(const Rosenbrock& problem, const double* x, double* g) {
    const int size = static_cast<int>(problem.start.size());
    double sum = 0;
    for (int i = 0; i < size; ++i) g[i] = 0;
    for (int i = 0; i + 1 < size; ++i) {
      const double valley = x[i + 1] - x[i] * x[i], slope = 1.0 - x[i];
      sum += 100.0 * valley * valley + slope * slope;
      g[i + 1] += 200 * valley;
      g[i] += -400 * valley * x[i] - 2 * slope;
    }
    return sum;
  }
};

}  // namespace bench
