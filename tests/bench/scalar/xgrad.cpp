// xgrad as its users write it: a tape for each gradient, variables, loops over ag::Var. Another way to do a problem is
// another adapter with only that function, entered below.
#include <algorithm>
#include <array>

#include <autograd/autograd.hpp>

#include <tests/bench/scalar/contender.hpp>

namespace bench {
namespace {

namespace ag = autograd;

class Loops {
 public:
  static constexpr std::string_view name = "xgrad loops";
  static constexpr Role role = Role::ours;
  std::size_t tape_bytes = 0;

  template <class Problem>
  double gradient(const Problem& problem, double* g) {
    const std::size_t size = problem.start.size();
    ag::Tape tape;
    x_.resize(size);
    for (std::size_t i = 0; i < size; ++i) x_[i] = tape.variable(problem.start[i]);
    const ag::Var y = problem.value(x_.data());
    tape_bytes = tape.bytes();
    const auto gradients = tape.gradient(y);
    for (std::size_t i = 0; i < size; ++i) g[i] = gradients[x_[i]].value();
    return y.value();
  }

  void jacobian(const BundleAdjustment& problem, int block, double* values, double* j) {
    constexpr int inputs = BundleAdjustment::block_inputs, outputs = BundleAdjustment::block_outputs;
    ag::Tape tape;
    ag::Var x[inputs], y[outputs];
    for (int i = 0; i < inputs; ++i) x[i] = tape.variable(problem.block(block)[i]);
    problem.residual(block, x, y);
    tape_bytes = tape.bytes();
    for (int k = 0; k < outputs; ++k) {
      const auto gradients = tape.gradient(y[k]);
      for (int i = 0; i < inputs; ++i) j[k * inputs + i] = gradients[x[i]].value();
      values[k] = y[k].value();
    }
  }

 private:
  std::vector<ag::Var> x_;
};

// A Jacobian as the library gives it: it chooses the mode, here forward, since a residual has few inputs.
class Jacobian {
 public:
  static constexpr std::string_view name = "xgrad jacobian";
  static constexpr Role role = Role::ours;
  std::size_t tape_bytes = 0;

  void jacobian(const BundleAdjustment& problem, int block, double* values, double* j) {
    constexpr int inputs = BundleAdjustment::block_inputs, outputs = BundleAdjustment::block_outputs;
    const auto residual = [&]<class N>(const std::array<N, inputs>& x) {
      std::array<N, outputs> y;
      problem.residual(block, x.data(), y.data());
      return y;
    };
    std::array<double, inputs> x;
    std::copy_n(problem.block(block), inputs, x.begin());
    const auto [y, rows] = ag::value_and_jacobian(residual, x);
    std::copy(y.begin(), y.end(), values);
    for (const auto& row : rows) j = std::copy(row.begin(), row.end(), j);
  }
};

}  // namespace

void enter_xgrad(Contenders& contenders) {
  enter<Loops>(contenders);
  enter<Jacobian>(contenders);
}

}  // namespace bench
