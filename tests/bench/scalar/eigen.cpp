// Eigen's AutoDiffScalar with fifteen derivatives.
#ifdef XGRAD_HAS_EIGEN

#include <Eigen/Core>
#include <unsupported/Eigen/AutoDiff>

#include <tests/bench/scalar/forward_block.hpp>

namespace bench {
namespace {

struct Eigen {
  static constexpr std::string_view name = "Eigen AutoDiff";
  static constexpr Role role = Role::peer;
  std::size_t tape_bytes = 0;

  void jacobian(const BundleAdjustment& problem, int block, double* y, double* j) {
    constexpr int inputs = BundleAdjustment::block_inputs;
    using Number = ::Eigen::AutoDiffScalar<::Eigen::Matrix<double, inputs, 1>>;
    forward_block<Number>(
        problem, block, y, j, [](double x, int i) { return Number(x, inputs, i); },
        [](const Number& x) { return x.value(); }, [](const Number& x, int i) { return x.derivatives()[i]; });
  }
};

}  // namespace

void enter_eigen(Contenders& contenders) { enter<Eigen>(contenders); }

}  // namespace bench

#endif
