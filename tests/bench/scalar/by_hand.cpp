// The adjoints written by hand, as a contender: the limit, and what the others are checked against.
#include <tests/bench/scalar/bundle_adjustment_by_hand.hpp>
#include <tests/bench/scalar/contender.hpp>
#include <tests/bench/scalar/gmm_by_hand.hpp>
#include <tests/bench/scalar/lstm_by_hand.hpp>

namespace bench {
namespace {

class ByHand {
 public:
  static constexpr std::string_view name = "by hand";
  static constexpr Role role = Role::by_hand;
  std::size_t tape_bytes = 0;

  template <class Problem>
  double gradient(const Problem& problem, double* g) {
    return std::get<typename Problem::ByHand>(adjoints_).gradient(problem, problem.start.data(), g);
  }

  void jacobian(const BundleAdjustment& problem, int block, double* y, double* j) {
    std::get<BundleAdjustment::ByHand>(adjoints_).jacobian(problem, block, problem.block(block), y, j);
  }

 private:
  std::tuple<Speelpenning::ByHand, Rosenbrock::ByHand, Logistic::ByHand, Mlp::ByHand, Gmm::ByHand,
             BundleAdjustment::ByHand, Lstm::ByHand, Heat::ByHand, Burgers::ByHand>
      adjoints_;
};

}  // namespace

void enter_by_hand(Contenders& contenders) { enter<ByHand>(contenders); }

}  // namespace bench
