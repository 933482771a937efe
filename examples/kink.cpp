// A kink: relu, abs and max have two slopes at the point where they change branch, and a difference that straddles it
// measures neither. The course's advice is to look away; here is what can be said instead.
//
// Expect a right gradient to be called wrong by the textbook difference; gradcheck to stay on one side of the kink, and
// at the kink itself to accept what lies between the slopes on its sides; and a wrong slope to be found just beside it.
#include <cmath>
#include <iostream>
#include <autograd/autograd.hpp>

namespace ag = autograd;
using ag::Tensor;

/// The hinge of the support vector machine, max(0, 1 - s), which says on which side of its kink it is. Its slip: +1
/// where the slope is -1.
struct Hinge {
  static constexpr std::string_view name = "hinge";
  auto value(const auto& s) const { return ag::relu(1.0 - s); }
  auto derivative(const auto& s, const auto&) const { return ag::partials(ag::where(s < 1.0, 1.0, 0.0)); }
  static int branch(double s) { return s < 1 ? -1 : s > 1; }
};

/// max(0, s) with its right slope. It does not say that it has a kink; its formula does.
struct Ramp {
  static constexpr std::string_view name = "ramp";
  auto value(const auto& s) const { return ag::relu(s); }
  auto derivative(const auto& s, const auto&) const { return ag::partials(ag::where(s > 0.0, 1.0, 0.0)); }
};

int main() {
  const auto net = [](auto x) { return ag::relu(x) + 0.5 * x; };
  std::cout << "The textbook difference of relu(x) + x/2 at -1e-6, where the slope is 1/2:\n";
  for (const double h : {1e-4, 1e-5, 1e-6, 1e-7}) {
    const double x = -1e-6, numeric = (net(x + h) - net(x - h)) / (2 * h);
    std::cout << "  h = " << h << ": " << numeric << ", relative error " << std::abs(0.5 - numeric) / numeric << '\n';
  }

  std::cout << "\nIts check there, and at the kink:\n" << ag::gradcheck(net, -1e-6) << ag::gradcheck(net, 0.0);

  std::cout << "\nHidden units, one of them at its kink, one without; a largest element that is there twice:\n";
  const auto hidden = [](const Tensor& z) { return Tensor(sum(relu(z) * abs(z - 3.0)) + max(z)); };
  std::cout << ag::gradcheck(hidden, Tensor::of<double>({-2, 0, 1, 3, 3, 2}, {2, 3}));

  std::cout << "\nA wrong slope, a billionth beside the kink:\n" << ag::gradcheck(Hinge{}, 1 - 1e-9);
  std::cout << "\nAnd a slope at the kink that lies outside of both:\n";
  const auto bent = [](auto x) { return abs(x) + ag::evaluate(Hinge{}, x); };
  std::cout << ag::gradcheck(bent, 0.0);

  std::cout << "\nA right op that does not declare its kink, there and a billionth beside it:\n";
  const auto doubled = [](auto x) { return 2.0 * ag::evaluate(Ramp{}, x); };
  std::cout << ag::gradcheck(doubled, 0.0) << ag::gradcheck(doubled, 1e-9);
}
