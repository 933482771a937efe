// Digits that are not there. Where large terms cancel, no derivative in double precision is right, however it is read;
// and a difference always cancels: its step decides how many digits it has left.
//
// Expect y = x to have the slope 0, and the sum that loses its digits to be named, with how many; the same function
// written without cancellation to be right; and differences to be best with a step of about 1e-5, and never exact.
#include <cmath>
#include <complex>
#include <cstdio>
#include <iostream>
#include <autograd/autograd.hpp>

namespace ag = autograd;

int main() {
  const auto y = [](auto x) {
    const auto large = 1e20 * x;
    return (x + large) - large;
  };
  std::cout << "y = (x + 1e20 x) - 1e20 x is x. At 1 it is " << y(1.0) << ", and its slope is\n"
            << "  forward " << ag::jvp(y, 1.0, 1.0).tangent << ", reverse " << ag::gradient(y, 1.0) << '\n'
            << ag::gradcheck(y, 1.0) << '\n';

  // One with a cure: sqrt(x^2 + 1) - x is 1 / (sqrt(x^2 + 1) + x).
  using std::exp, std::sqrt;
  const auto naive = [](auto x) { return sqrt(x * x + 1.0) - x; };
  const auto cured = [](auto x) { return 1.0 / (sqrt(x * x + 1.0) + x); };
  std::cout << "sqrt(x^2 + 1) - x at 1e7: " << naive(1e7) << ", slope " << ag::gradient(naive, 1e7) << '\n'
            << ag::gradcheck(naive, 1e7) << "1 / (sqrt(x^2 + 1) + x): " << cured(1e7) << ", slope "
            << ag::gradient(cured, 1e7) << '\n'
            << ag::gradcheck(cured, 1e7) << '\n';

  // Every difference cancels: a short step leaves it no digits, a long one is no derivative. The imaginary part of
  // f(x + ih) is h f'(x) without any difference, so its step can be as short as one likes.
  const auto f = [](auto x) { return exp(x) / (1.0 + x * x); };
  const double x = 0.5, slope = ag::gradient(f, x);
  std::cout << "f = exp(x) / (1 + x^2) at 0.5, slope " << slope << "; the relative error by the step:\n"
            << "  h       (f(x+h) - f(x-h)) / 2h     Im f(x+ih) / h\n";
  for (const double h : {1e-1, 1e-3, 1e-5, 1e-7, 1e-9, 1e-11, 1e-13}) {
    const double difference = (f(x + h) - f(x - h)) / (2 * h);
    const double complex_step = std::imag(f(std::complex<double>(x, h))) / h;
    std::printf("  %.0e %26.1e %18.1e\n", h, std::abs(difference / slope - 1), std::abs(complex_step / slope - 1));
  }
  std::cout << ag::gradcheck(f, x);
}
