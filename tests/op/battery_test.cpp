// That nothing is left out: each family of the list has a battery, or this does not link.
#include <tests/op/battery.hpp>

namespace {
template <class... Family>
std::size_t tested(autograd::op::List<Family...>) {
  return (battery::ops_tested<Family>() + ... + battery::ops_tested<autograd::op::Joining>());
}
template <class... Family>
std::size_t sampled(autograd::op::List<Family...>) {
  return (battery::slopes_sampled<Family>() + ...);
}
template <class... Family>
constexpr std::size_t listed(autograd::op::List<Family...>) {
  return (Family::size + ... + autograd::op::Joining::size);
}
}  // namespace

TEST_CASE("every listed op is tested") { CHECK(tested(autograd::op::Families{}) == listed(autograd::op::Families{})); }

TEST_CASE("the slopes of the listed ops are compared with quad precision at 50,000 points, none skipped") {
  INFO(sampled(autograd::op::Families{}));
  CHECK(sampled(autograd::op::Families{}) >= 50000);
}
