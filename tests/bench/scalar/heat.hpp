// The heat equation in two dimensions, explicit Euler on a 100 x 100 grid for 50 steps with a fixed border; the
// objective is the sum of the squares of the last state. Linear, so that only the tape's own cost shows.
#pragma once

#include <cstddef>
#include <utility>

#include <tests/bench/scalar/problem.hpp>

namespace bench {

struct Heat {
  static constexpr std::string_view name = "heat";
  int side, steps;
  double diffusion = 0.2;  // conductivity * time step / mesh width^2
  std::vector<double> start;

  explicit Heat(int grid_side = 100, int step_count = 50)
      : side(grid_side), steps(step_count), start(static_cast<std::size_t>(side) * side) {
    Random random(8);
    for (double& e : start) e = random.uniform(-1, 1);
  }

  /// One step inside the border.
  template <class T>
  void step(const T* from, T* to) const {
    for (int i = 1; i < side - 1; ++i)
      for (int j = 1; j < side - 1; ++j) {
        const int q = i * side + j;
        to[q] = from[q] + diffusion * (from[q - 1] + from[q + 1] + from[q - side] + from[q + side] - 4.0 * from[q]);
      }
  }

  template <class T>
  T value(const T* x) const {
    const int cells = side * side;
    std::vector<T> first(x, x + cells), second(x, x + cells);
    T *now = first.data(), *next = second.data();
    for (int t = 0; t < steps; ++t) {
      step(now, next);
      std::swap(now, next);
    }
    T sum = 0.0;
    for (int q = 0; q < cells; ++q) sum += now[q] * now[q];
    return sum;
  }

  class ByHand;
};

/// The step is symmetric inside the border, so the adjoint state is stepped like the state. Border cells only collect
/// what their neighbours got from them.
class Heat::ByHand {
 public:
  double gradient(const Heat& problem, const double* x, double* g) {
    const int side = problem.side, cells = side * side, last = side - 1;
    const double c = problem.diffusion;
    now_.assign(x, x + cells);
    next_.assign(x, x + cells);
    double *now = now_.data(), *next = next_.data();
    for (int t = 0; t < problem.steps; ++t) {
      problem.step(now, next);
      std::swap(now, next);
    }
    double sum = 0;
    for (int q = 0; q < cells; ++q) sum += now[q] * now[q];

    adjoint_.assign(cells, 0.0);
    next_adjoint_.assign(cells, 0.0);
    double *adjoint = adjoint_.data(), *before = next_adjoint_.data();
    for (int i = 0; i < side; ++i)
      for (int j = 0; j < side; ++j) {
        const int q = i * side + j;
        const bool inside = i > 0 && j > 0 && i < last && j < last;
        g[q] = inside ? 0 : 2 * now[q];
        adjoint[q] = inside ? 2 * now[q] : 0;
      }
    for (int t = 0; t < problem.steps; ++t) {
      for (int k = 1; k < last; ++k) {
        g[k] += c * adjoint[side + k];
        g[last * side + k] += c * adjoint[(last - 1) * side + k];
        g[k * side] += c * adjoint[k * side + 1];
        g[k * side + last] += c * adjoint[k * side + last - 1];
      }
      problem.step(adjoint, before);
      std::swap(adjoint, before);
    }
    for (int i = 1; i < last; ++i)
      for (int j = 1; j < last; ++j) g[i * side + j] = adjoint[i * side + j];
    return sum;
  }

 private:
  std::vector<double> now_, next_, adjoint_, next_adjoint_;
};

}  // namespace bench
