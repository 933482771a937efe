// The viscous Burgers equation in two dimensions: two velocities that carry each other, explicit Euler and central
// differences on a 100 x 100 grid for 50 steps, fixed border; the objective is the sum of the squares of the last
// state. The largest tape of the group, far beyond any cache.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>

#include <tests/bench/scalar/problem.hpp>

namespace bench {

struct Burgers {
  static constexpr std::string_view name = "burgers";
  int side, steps;
  double advection = 0.05;    // time step / (2 * mesh width)
  double diffusion = 0.1;     // viscosity * time step / mesh width^2
  std::vector<double> start;  // u, then v

  explicit Burgers(int grid_side = 100, int step_count = 50)
      : side(grid_side), steps(step_count), start(static_cast<std::size_t>(2) * side * side) {
    Random random(9);
    for (double& e : start) e = random.uniform(-1, 1);
  }

  /// One step inside the border.
  template <class T>
  void step(const T* u, const T* v, T* next_u, T* next_v) const {
    const double a = advection, d = diffusion;
    for (int i = 1; i < side - 1; ++i)
      for (int j = 1; j < side - 1; ++j) {
        const int q = i * side + j, east = q + 1, west = q - 1, south = q + side, north = q - side;
        next_u[q] = u[q] - a * (u[q] * (u[east] - u[west]) + v[q] * (u[south] - u[north])) +
                    d * (u[east] + u[west] + u[south] + u[north] - 4.0 * u[q]);
        next_v[q] = v[q] - a * (u[q] * (v[east] - v[west]) + v[q] * (v[south] - v[north])) +
                    d * (v[east] + v[west] + v[south] + v[north] - 4.0 * v[q]);
      }
  }

  template <class T>
  T value(const T* x) const {
    const int cells = side * side;
    std::vector<T> u1(x, x + cells), u2(x, x + cells), v1(x + cells, x + 2 * cells), v2(x + cells, x + 2 * cells);
    T *u = u1.data(), *next_u = u2.data(), *v = v1.data(), *next_v = v2.data();
    for (int t = 0; t < steps; ++t) {
      step(u, v, next_u, next_v);
      std::swap(u, next_u);
      std::swap(v, next_v);
    }
    T sum = 0.0;
    for (int q = 0; q < cells; ++q) sum += u[q] * u[q] + v[q] * v[q];
    return sum;
  }

  class ByHand;
};

/// Keeps all states, then steps the adjoint state backwards. What a cell gets from its four neighbours has the same
/// factors for u and v.
class Burgers::ByHand {
 public:
  double gradient(const Burgers& problem, const double* x, double* g) {
    side_ = problem.side, last_ = side_ - 1, cells_ = side_ * side_;
    a_ = problem.advection, d_ = problem.diffusion;
    states_.resize(static_cast<std::size_t>(2) * cells_ * (problem.steps + 1));
    std::copy(x, x + 2 * cells_, states_.data());
    for (int t = 0; t < problem.steps; ++t) {
      const double* u = state(t);
      double* next = state(t + 1);
      for (int k = 0; k < side_; ++k)
        for (const int q : {k, last_ * side_ + k, k * side_, k * side_ + last_})
          next[q] = u[q], next[cells_ + q] = u[cells_ + q];
      problem.step(u, u + cells_, next, next + cells_);
    }
    const double* final_state = state(problem.steps);
    double sum = 0;
    for (int q = 0; q < 2 * cells_; ++q) sum += final_state[q] * final_state[q];

    first_.assign(2 * cells_, 0.0);
    second_.assign(2 * cells_, 0.0);
    double *adjoint = first_.data(), *before = second_.data();
    for (int i = 0; i < side_; ++i)
      for (int j = 0; j < side_; ++j)
        for (const int q : {i * side_ + j, cells_ + i * side_ + j}) {
          const bool inside = i > 0 && j > 0 && i < last_ && j < last_;
          g[q] = inside ? 0 : 2 * final_state[q];
          adjoint[q] = inside ? 2 * final_state[q] : 0;
        }
    for (int t = problem.steps - 1; t >= 0; --t) {
      border(state(t), adjoint, g);
      inside(state(t), adjoint, before);
      std::swap(adjoint, before);
    }
    for (int i = 1; i < last_; ++i)
      for (int j = 1; j < last_; ++j)
        for (const int q : {i * side_ + j, cells_ + i * side_ + j}) g[q] = adjoint[q];
    return sum;
  }

 private:
  double* state(int t) { return &states_[static_cast<std::size_t>(2) * cells_ * t]; }

  // A border cell q only collects from the one neighbour inside, whose step read it with this factor.
  void border(const double* u, const double* adjoint, double* g) const {
    const double* v = u + cells_;
    const auto collect = [&](int q, int neighbour, double factor) {
      g[q] += adjoint[neighbour] * factor;
      g[cells_ + q] += adjoint[cells_ + neighbour] * factor;
    };
    for (int k = 1; k < last_; ++k) {
      const int top = k, bottom = last_ * side_ + k, left = k * side_, right = k * side_ + last_;
      collect(top, top + side_, d_ + a_ * v[top + side_]);
      collect(bottom, bottom - side_, d_ - a_ * v[bottom - side_]);
      collect(left, left + 1, d_ + a_ * u[left + 1]);
      collect(right, right - 1, d_ - a_ * u[right - 1]);
    }
  }

  void inside(const double* u, const double* adjoint_u, double* before_u) const {
    const double *v = u + cells_, *adjoint_v = adjoint_u + cells_;
    double* before_v = before_u + cells_;
    for (int i = 1; i < last_; ++i)
      for (int j = 1; j < last_; ++j) {
        const int q = i * side_ + j, east = q + 1, west = q - 1, south = q + side_, north = q - side_;
        const double from_west = d_ - a_ * u[west], from_east = d_ + a_ * u[east];
        const double from_north = d_ - a_ * v[north], from_south = d_ + a_ * v[south];
        before_u[q] = adjoint_u[q] * (1 - a_ * (u[east] - u[west]) - 4 * d_) -
                      adjoint_v[q] * (a_ * (v[east] - v[west])) + adjoint_u[west] * from_west +
                      adjoint_u[east] * from_east + adjoint_u[north] * from_north + adjoint_u[south] * from_south;
        before_v[q] = adjoint_v[q] * (1 - a_ * (v[south] - v[north]) - 4 * d_) -
                      adjoint_u[q] * (a_ * (u[south] - u[north])) + adjoint_v[west] * from_west +
                      adjoint_v[east] * from_east + adjoint_v[north] * from_north + adjoint_v[south] * from_south;
      }
  }

  int side_ = 0, last_ = 0, cells_ = 0;
  double a_ = 0, d_ = 0;
  std::vector<double> states_, first_, second_;
};

}  // namespace bench
