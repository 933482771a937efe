// Second derivatives: Newton's method on Rosenbrock's valley f(x, y) = (1 - x)^2 + 100 (y - x^2)^2 from (-1.2, 1).
//
// Expect f = 24.2, the gradient (-215.6, -88) and the Hessian [[1330, 480], [480, 200]] at the start; the
// minimum 0 at (1, 1) after six Newton steps, where gradient descent is still on its way after 10000.
#include <cstdio>
#include <vector>
#include <autograd/autograd.hpp>

namespace ag = autograd;
using Point = std::vector<double>;

int main() {
  const auto rosenbrock = [](const auto& x) { return square(1.0 - x[0]) + 100.0 * square(x[1] - square(x[0])); };

  const Point start{-1.2, 1.0};
  Point p = start;
  std::printf("step           f         x         y\n");
  for (int step = 0; step <= 6; ++step) {
    const auto [f, g] = ag::value_and_gradient(rosenbrock, p);
    std::printf("%4d %11.3g %9.6f %9.6f\n", step, f.value(), p[0], p[1]);

    // A product of the Hessian with a unit vector is one of its columns.
    const Point hx = ag::hvp(rosenbrock, p, Point{1, 0}), hy = ag::hvp(rosenbrock, p, Point{0, 1});
    if (step == 0)
      std::printf("     gradient (%.1f, %.1f), Hessian [[%.0f, %.0f], [%.0f, %.0f]]\n", g[0], g[1], hx[0], hy[0], hx[1],
                  hy[1]);

    // Newton: p - H^-1 g, by Cramer's rule.
    const double det = hx[0] * hy[1] - hy[0] * hx[1];
    p = {p[0] - (g[0] * hy[1] - g[1] * hy[0]) / det, p[1] - (g[1] * hx[0] - g[0] * hx[1]) / det};
  }

  p = start;
  for (int step = 0; step < 10000; ++step) {
    const Point g = ag::gradient(rosenbrock, p);
    p = {p[0] - 1e-3 * g[0], p[1] - 1e-3 * g[1]};
  }
  std::printf("\nGradient descent with rate 0.001, 10000 steps:\n%16.3g %9.6f %9.6f\n",
              ag::value_and_gradient(rosenbrock, p).first.value(), p[0], p[1]);
}
