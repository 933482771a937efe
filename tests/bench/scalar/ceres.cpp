// Jets of Ceres Solver, the dual numbers of the best known bundle adjuster.
#ifdef XGRAD_HAS_CERES

#include <ceres/jet.h>

#include <tests/bench/scalar/forward_block.hpp>

namespace bench {
namespace {

struct Ceres {
  static constexpr std::string_view name = "Ceres Jet";
  static constexpr Role role = Role::peer;
  std::size_t tape_bytes = 0;

  void jacobian(const BundleAdjustment& problem, int block, double* y, double* j) {
    using Number = ceres::Jet<double, BundleAdjustment::block_inputs>;
    forward_block<Number>(
        problem, block, y, j, [](double x, int i) { return Number(x, i); }, [](const Number& x) { return x.a; },
        [](const Number& x, int i) { return x.v[i]; });
  }
};

}  // namespace

void enter_ceres(Contenders& contenders) { enter<Ceres>(contenders); }

}  // namespace bench

#endif
