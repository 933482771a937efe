// An op of a user's own gets the battery of the library's ops with one call, and does not pass it when it is wrong.
#include <tests/op/battery.hpp>

namespace mine {

namespace ag = autograd;

/// y = 1 / (1 + exp(-x)): dy = y (1 - y) dx
struct Logistic {
  static constexpr std::string_view name = "logistic";
  auto value(const auto& x) const { return 1.0 / (1.0 + exp(-x)); }
  auto derivative(const auto&, const auto& y) const { return ag::partials(y * (1.0 - y)); }
};

/// The same of 2x, by an op of the library: dy = 2 y (1 - y) dx
struct Steep {
  static constexpr std::string_view name = "steep";
  auto value(const auto& x) const { return ag::sigmoid(2.0 * x); }
  auto derivative(const auto&, const auto& y) const { return ag::partials(2.0 * y * (1.0 - y)); }
};

/// exp(-x) y: d = -exp(-x) y dx + exp(-x) dy
struct Decay {
  static constexpr std::string_view name = "decay";
  static constexpr bool unbounded = true;
  double error = 0;
  auto value(const auto& x, const auto& y) const { return exp(-x) * y; }
  auto derivative(const auto& x, const auto&, const auto& r) const { return ag::partials((error - 1.0) * r, exp(-x)); }
};

/// The order reversed along the last axis
struct Backwards {
  static constexpr std::string_view name = "backwards";
  bool wrong = false;
  auto value(const ag::core::Array& x) const { return ag::core::flip(x, ag::Axes(-1)); }
  auto pullback(const auto& g, const auto&, const auto&) const { return wrong ? g : flip(g, ag::Axes(-1)); }
};

/// The sums of rows, with the slope beside the value
struct RowSum {
  static constexpr std::string_view name = "row_sum";
  double error = 0;
  auto value(const ag::core::Array& x) const { return ag::core::sum(x, ag::Axes(-1), true, false); }
  auto pullback(const auto& g, const auto&, const auto& x) const { return broadcast_to(g, x.shape()); }
  ag::core::Array value_and_pullback(double g, const ag::core::Array& x, ag::core::Array& dx) const {
    dx = ag::core::Array::full(x.shape(), x.dtype(), g * (1 + error));
    return value(x);
  }
};

}  // namespace mine

TEST_CASE("an op of one's own gets the battery with one call") {
  CHECK(battery::check(mine::Logistic{}));
  CHECK(battery::check(mine::Steep{}));
  CHECK(battery::check(mine::Decay{}));
  CHECK(battery::check(mine::Backwards{}, {{2, 4}}));
  CHECK(battery::check(mine::RowSum{}, {{2, 4}}));
}

TEST_CASE("an op of one's own that is wrong by 1e-9 does not pass") {
  CHECK_FALSE(battery::check(mine::Decay{1e-9}, battery::Failures::counted));
  CHECK_FALSE(battery::check(mine::Backwards{true}, {{2, 4}}, battery::Failures::counted));
  CHECK_FALSE(battery::check(mine::RowSum{1e-9}, {{2, 4}}, battery::Failures::counted));
}
