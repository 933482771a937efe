// Sacado's reverse mode, Rad: one tape of the program, whose memory is used again after each gradient.
#ifdef XGRAD_HAS_SACADO

#include <Sacado_trad.hpp>

#include <tests/bench/scalar/contender.hpp>

namespace bench {
namespace {

class Sacado {
 public:
  using Number = ::Sacado::Rad::ADvar<double>;
  static constexpr std::string_view name = "Sacado";
  static constexpr Role role = Role::peer;
  std::size_t tape_bytes = 0;  // it does not say

  template <class Problem>
  double gradient(const Problem& problem, double* g) {
    record_inputs(problem.start.data(), static_cast<int>(problem.start.size()));
    Number y = problem.value(x_.data());
    Number::Outvar_Gradcomp(y);
    for (std::size_t i = 0; i < x_.size(); ++i) g[i] = x_[i].adj();
    return y.val();
  }

  void jacobian(const BundleAdjustment& problem, int block, double* values, double* j) {
    constexpr int inputs = BundleAdjustment::block_inputs, outputs = BundleAdjustment::block_outputs;
    record_inputs(problem.block(block), inputs);
    Number y[outputs], *results[outputs];
    problem.residual(block, x_.data(), y);
    for (int k = 0; k < outputs; ++k) results[k] = &y[k];
    for (int k = 0; k < outputs; ++k) {
      double weights[outputs] = {};  // all of them each time: the adjoint of another output would stay
      weights[k] = 1;
      Number::Weighted_Gradcomp(outputs, results, weights);
      for (int i = 0; i < inputs; ++i) j[k * inputs + i] = x_[i].adj();
      values[k] = y[k].val();
    }
  }

 private:
  // Made anew, since those of the last gradient are in memory that is used again.
  void record_inputs(const double* x, int size) {
    x_.clear();
    for (int i = 0; i < size; ++i) x_.emplace_back(x[i]);
  }

  std::vector<Number> x_;
};

}  // namespace

void enter_sacado(Contenders& contenders) { enter<Sacado>(contenders); }

}  // namespace bench

#endif
