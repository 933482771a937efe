// A user's test of an op of their own: the battery with one call, from an installed copy.
#include <tests/op/battery.hpp>

namespace ag = autograd;

/// y = 1 / (1 + exp(-2x)): dy = 2 y (1 - y) dx
struct Steep {
  static constexpr std::string_view name = "steep";
  auto value(const auto& x) const { return ag::sigmoid(2.0 * x); }
  auto derivative(const auto&, const auto& y) const { return ag::partials(2.0 * y * (1.0 - y)); }
};

TEST_CASE("steep") { CHECK(battery::check(Steep{})); }
