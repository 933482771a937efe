// A user's test of an op of their own: the battery with one call, from an installed copy.
#include <tests/op/battery.hpp>

namespace ag = autograd;

struct Swish {
  static constexpr std::string_view name = "swish";
  auto value(const auto& x) const { return x * ag::sigmoid(x); }
  auto derivative(const auto& x, const auto& y) const { return ag::partials(y + ag::sigmoid(x) * (1.0 - y)); }
};

TEST_CASE("swish") { CHECK(battery::check(Swish{})); }
