// That nothing is left out: each family of the list has a battery, or this does not link.
#include <tests/op/battery.hpp>

namespace {
template <class... Family>
std::size_t tested(autograd::op::List<Family...>) {
  return (battery::ops_tested<Family>() + ... + battery::ops_tested<autograd::op::Joining>());
}
template <class... Family>
constexpr std::size_t listed(autograd::op::List<Family...>) {
  return (Family::size + ... + autograd::op::Joining::size);
}
}  // namespace

TEST_CASE("every listed op is tested") { CHECK(tested(autograd::op::Families{}) == listed(autograd::op::Families{})); }
