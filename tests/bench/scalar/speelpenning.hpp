// Speelpenning's product x0 x1 x2 ..., the classical example for reverse mode: B. Speelpenning, Compiling fast partial
// derivatives of functions given by algorithms, 1980.
#pragma once

#include <tests/bench/scalar/problem.hpp>

namespace bench {

struct Speelpenning {
  static constexpr std::string_view name = "speelpenning";
  std::vector<double> start;

  explicit Speelpenning(int size = 1000) {
    for (int i = 0; i < size; ++i) start.push_back((i + 1.0) / (i + 2.0) * 1.005);
  }

  template <class T>
  T value(const T* x) const {
    const int size = static_cast<int>(start.size());
    T product = x[0];
    for (int i = 1; i < size; ++i) product *= x[i];
    return product;
  }

  class ByHand;
};

/// Each derivative is the product of all before and the product of all behind.
class Speelpenning::ByHand {
 public:
  double gradient(const Speelpenning& problem, const double* x, double* g) {
    const int size = static_cast<int>(problem.start.size());
    double before = x[0], behind = 1;
    g[0] = 1;
    for (int i = 1; i < size; ++i) {
      g[i] = before;
      before *= x[i];
    }
    for (int i = size - 1; i >= 0; --i) {
      g[i] *= behind;
      behind *= x[i];
    }
    return before;
  }
};

}  // namespace bench
