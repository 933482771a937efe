// How wrong is wrong? Logistic regression whose loss adds eps inside its logarithm, against log(0), while the
// derivative by hand is that of log(a). The larger eps, the larger the mistake: one for each band of |a - n| / max(|a|,
// |n|).
//
// Expect wrong, uneasy, fine and good, the bands of Stanford's CS231n; a norm-wise measure that says less than the
// worst element does; and gradcheck to find the slip also where the bands call it good.
#include <iostream>
#include <autograd/autograd.hpp>

namespace ag = autograd;
using ag::Tensor;

/// log(a + eps), with the derivative of log(a): the slip.
struct SafeLog {
  static constexpr std::string_view name = "safe_log";
  double eps = 0;
  auto value(const auto& a) const { return log(a + eps); }
  auto derivative(const auto& a, const auto&) const { return ag::partials(1.0 / a); }
};

int main() {
  const Tensor X = sin(Tensor::linspace(1, 20, {8, 3})), Y = Tensor::of<double>({1, 0, 1, 1, 0, 0, 1, 0}, {8});
  const Tensor w = Tensor::of<double>({0.5, -1, 0.25}, {3});
  const auto cost = [&](double eps) {
    return [&, eps](const Tensor& v, const Tensor& b) {
      const Tensor a = sigmoid(matmul(X, v) + b);
      const Tensor yes = Y * ag::evaluate(SafeLog{eps}, a);
      const Tensor no = (1.0 - Y) * ag::evaluate(SafeLog{eps}, 1.0 - a);
      return Tensor(-mean(yes + no));
    };
  };
  for (const double eps : {0.1, 1e-3, 1e-6, 1e-8, 0.0})
    std::cout << "eps = " << eps << '\n' << ag::gradcheck(cost(eps), w, Tensor(0.1)) << '\n';
}
