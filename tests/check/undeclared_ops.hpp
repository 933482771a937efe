// Ops that have a kink and declare no `branch`, or that are smooth and choose: for the tests of checks.
#pragma once

#include <sstream>
#include <string>
#include <string_view>

#include <autograd/autograd.hpp>

namespace undeclared {

namespace ag = autograd;

// Right, or with one of the mistakes.
struct Slip {
  double factor = 1;  // of the slope
  double edge = 0;    // how far from the kink it changes sides
};

// max(x, 0), by the functions of the library.
struct MyRelu : Slip {
  static constexpr std::string_view name = "my_relu";
  auto value(const auto& x) const { return ag::relu(x); }
  auto derivative(const auto& x, const auto&) const {
    using ag::where;
    return ag::partials(where(x > edge, factor, 0.0));
  }
};
// |x - 1|
struct MyAbs : Slip {
  static constexpr std::string_view name = "my_abs";
  auto value(const auto& x) const {
    using ag::abs;
    return abs(x - 1.0);
  }
  auto derivative(const auto& x, const auto&) const {
    using ag::sign;
    return ag::partials(factor * sign(x - (1.0 + edge)));
  }
};
// x^2 above 0, -3 x below
struct MyWhere : Slip {
  static constexpr std::string_view name = "my_where";
  auto value(const auto& x) const {
    using ag::where;
    return where(x > 0.0, x * x, -3.0 * x);
  }
  auto derivative(const auto& x, const auto&) const {
    using ag::where;
    return ag::partials(factor * where(x > edge, 2.0 * x, -3.0));
  }
};
// x times the number of its step
struct MyFloor : Slip {
  static constexpr std::string_view name = "my_floor";
  auto value(const auto& x) const {
    using ag::floor;
    return x * floor(x);
  }
  auto derivative(const auto& x, const auto&) const {
    using ag::floor;
    return ag::partials(factor * floor(x - edge));
  }
};
// max(x, y)
struct MyMax : Slip {
  static constexpr std::string_view name = "my_max";
  auto value(const auto& x, const auto& y) const { return ag::maximum(x, y); }
  auto derivative(const auto& x, const auto& y, const auto&) const {
    using ag::where;
    return ag::partials(where(x > y + edge, factor, 0.0), where(x > y + edge, 0.0, factor));
  }
};
// Branches of the language: on numbers only.
struct Ternary : Slip {
  static constexpr std::string_view name = "ternary";
  template <class N>
  N value(const N& x) const {
    return x > 0.0 ? N(3.0 * x) : N(exp(x) - 1.0);
  }
  template <class N>
  auto derivative(const N& x, const N&) const {
    return ag::partials(x > edge ? N(factor * 3.0) : N(factor * exp(x)));
  }
};
// Its formula runs on doubles and registers alone, so no choice is seen.
struct RealRelu : Slip {
  static constexpr std::string_view name = "real_relu";
  static constexpr bool real_only = true;
  auto value(const auto& x) const {
    using ag::where;
    return where(x > 0.0, x, 0.0);
  }
  auto derivative(const auto& x, const auto&) const {
    using ag::where;
    return ag::partials(where(x > edge, factor, 0.0));
  }
};

// Smooth, and computed with choices.
struct MySoftplus : Slip {
  static constexpr std::string_view name = "my_softplus";
  auto value(const auto& x) const {
    using ag::abs, ag::exp, ag::log1p, ag::where;
    return where(x > 0.0, x, 0.0) + log1p(exp(-abs(x)));
  }
  auto derivative(const auto& x, const auto&) const { return ag::partials(factor * ag::sigmoid(x)); }
};
struct MyLogaddexp : Slip {
  static constexpr std::string_view name = "my_logaddexp";
  auto value(const auto& x, const auto& y) const {
    using ag::abs, ag::exp, ag::log1p;
    return ag::maximum(x, y) + log1p(exp(-abs(x - y)));
  }
  auto derivative(const auto& x, const auto& y, const auto&) const {
    return ag::partials(factor * ag::sigmoid(x - y), factor * ag::sigmoid(y - x));
  }
};

// |x| with a subgradient of its own.
struct Bad {
  static constexpr std::string_view name = "bad_abs";
  double slope;
  auto value(const auto& x) const {
    using ag::abs;
    return abs(x);
  }
  auto derivative(const auto& x, const auto&) const {
    using ag::where;
    return ag::partials(where(x > 0.0, 1.0, where(x < 0.0, -1.0, slope)));
  }
};

inline std::string text_of(const ag::GradcheckReport& report) {
  std::ostringstream text;
  text << report;
  return text.str();
}

}  // namespace undeclared
