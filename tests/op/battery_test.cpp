// That nothing is left out: each family of the list has a battery, or this does not link.
#include "battery.hpp"

namespace {
template <class... Family>
std::size_t tested(autograd::op::List<Family...>) {
  return (battery::ops_tested<Family>() + ...);
}
template <class... Family>
constexpr std::size_t listed(autograd::op::List<Family...>) {
  return (Family::size + ...);
}
}  // namespace

TEST_CASE("every listed op is tested") { CHECK(tested(autograd::op::Families{}) == listed(autograd::op::Families{})); }
