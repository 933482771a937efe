// Stan Math: an arena of operations with virtual functions, given back as a whole after each gradient.
#ifdef XGRAD_HAS_STAN

#include <stan/math/rev/core.hpp>
#include <stan/math/rev/scal.hpp>

#include <tests/bench/scalar/contender.hpp>

namespace bench {
namespace {

class Stan {
 public:
  static constexpr std::string_view name = "Stan Math";
  static constexpr Role role = Role::peer;
  std::size_t tape_bytes = 0;

  template <class Problem>
  double gradient(const Problem& problem, double* g) {
    x_.assign(problem.start.begin(), problem.start.end());
    stan::math::var y = problem.value(x_.data());
    measure();
    y.grad();
    for (std::size_t i = 0; i < x_.size(); ++i) g[i] = x_[i].adj();
    const double value = y.val();
    stan::math::recover_memory();
    return value;
  }

  void jacobian(const BundleAdjustment& problem, int block, double* values, double* j) {
    constexpr int inputs = BundleAdjustment::block_inputs, outputs = BundleAdjustment::block_outputs;
    x_.assign(problem.block(block), problem.block(block) + inputs);
    stan::math::var y[outputs];
    problem.residual(block, x_.data(), y);
    measure();
    for (int k = 0; k < outputs; ++k) {
      if (k) stan::math::set_zero_all_adjoints();
      y[k].grad();
      for (int i = 0; i < inputs; ++i) j[k * inputs + i] = x_[i].adj();
      values[k] = y[k].val();
    }
    stan::math::recover_memory();
  }

 private:
  // Its arena knows the blocks it has allocated, not how far the last is filled: that is tried, once.
  void measure() {
    if (tape_bytes) return;
    constexpr std::size_t piece = 64;
    auto& stack = *stan::math::ChainableStack::instance_;
    const std::size_t allocated = stack.memalloc_.bytes_allocated();
    std::size_t free = 0;
    while (stack.memalloc_.alloc(piece), stack.memalloc_.bytes_allocated() == allocated) free += piece;
    tape_bytes = allocated - free + (stack.var_stack_.size() + stack.var_nochain_stack_.size()) * sizeof(void*);
  }

  std::vector<stan::math::var> x_;
};

}  // namespace

void enter_stan(Contenders& contenders) { enter<Stan>(contenders); }

}  // namespace bench

#endif
