// That nothing is left out: each family of the list has a battery, or this does not link.
#include <cstdio>

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

TEST_CASE("every listed op is tested") {
  const std::size_t ops = tested(autograd::op::Families{});
  std::printf("%zu ops tested\n", ops);
  CHECK(ops == listed(autograd::op::Families{}));
}

// That each of them is compared is checked where it is: samples == slope_samples<Op>() in battery.hpp.
TEST_CASE("the slopes of the listed ops are compared with quad precision at 50,000 points, none skipped") {
  const std::size_t samples = sampled(autograd::op::Families{});
  std::printf("%zu slopes compared with quad precision, forward and reverse\n", samples);
  CHECK(samples >= 50000);
}
