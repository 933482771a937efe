// The battery at the values where formulas break: zeros of both signs, subnormal, huge, infinite, NaN.
//
// The rules: a slope is NaN only where the value is NaN, and there every slope is that is not a constant of
// the op; a cotangent of 0 gives a gradient of 0, however steep the op; all readings agree.
#pragma once

#include <tests/op/battery_scalar.hpp>

namespace battery {

template <class Op, std::size_t N>
class ValuesBattery {
 public:
  ValuesBattery(const Op& o, Verdict& verdict) : op_(o), verdict_(verdict) {}

  void run() {
    const std::vector<double> values = special_values();
    std::size_t combinations = 1;
    for (std::size_t k = 0; k < N; ++k) combinations *= values.size();
    for (std::size_t i = 0; i < combinations; i += N == 3 ? 5 : 1) {  // 5 has no factor in common with 27
      for (std::size_t k = 0, rest = i; k < N; ++k, rest /= values.size()) x_[k] = values[rest % values.size()];
      point();
    }
  }

 private:
  Verdict& at(const char* reading) {
    return std::apply([&](auto... v) -> Verdict& { return verdict_.at(reading, v...); }, x_);
  }
  bool in_domain() const {
    for (std::size_t k = 0; k < N; ++k)
      if (!std::isnan(x_[k]) && !op::domain_of<Op>(k).contains(x_[k])) return false;
    return true;
  }
  template <class F>
  bool all_of(const F& f) const {
    for (double v : x_)
      if (!f(v)) return false;
    return true;
  }

  void point() {
    using D = ag::Dual<double>;
    const double y = std::apply([&](auto... v) { return static_cast<double>(ag::evaluate(op_, v...)); }, x_);
    bool some_nan = false;
    for (std::size_t k = 0; k < N; ++k) {
      p_[k] = [&]<std::size_t... I>(std::index_sequence<I...>) {
        return D(ag::evaluate(op_, D{x_[I], I == k ? 1.0 : 0.0}...)).tangent;
      }(std::make_index_sequence<N>{});
      some_nan |= std::isnan(p_[k]);
    }
    // 1^NaN is 1, though its slope in 1 is the exponent itself.
    const bool undefined = std::is_same_v<Op, op::Pow> && x_[0] == 1 && std::isnan(x_[N - 1]);
    if (!std::isnan(y) && in_domain() && !undefined) at("Dual").is(!some_nan, "a value, so a slope");
    bool constant = constant_slopes;
    if constexpr (std::is_same_v<Op, op::PowConstant>) constant = op_.exponent == 1;
    if (std::isnan(y) && !constant) at("Dual").is(some_nan, "no value, so no slope");
    reverse<false>(y);
    reverse<true>(y);
    // What a register computes for NaN, infinity and 0 is what the C library does.
    tensors(y);
  }

  // Ops whose slopes are types or other arguments: they are right whatever the value.
  static constexpr bool constant_slopes = [] {
    constexpr std::string_view names[] = {"add",   "subtract", "multiply", "negate", "sign",
                                          "floor", "ceil",     "round",    "where",  "xlogy"};
    for (auto name : names)
      if (name == Op::name) return true;
    return false;
  }();

  static bool same(double a, double b) {
    return std::isnan(b) ? std::isnan(a) : a == b || std::fabs(a - b) <= 8e-15 * std::fabs(b);
  }

  // Where the value is NaN, forward mode lets one argument's NaN slope reach the others: NaN times a tangent of 0.
  void compare(double got, std::size_t k, double tolerance) {
    if (N == 1 || !std::isnan(p_[k])) verdict_.near(got, p_[k], tolerance * std::fabs(p_[k]) + 1e-320, "slope");
  }

  template <bool elementary>
  void reverse(double value) {
    const auto check = [&](ag::Tape& tape) {
      std::array<ag::Var, N> x;
      for (std::size_t k = 0; k < N; ++k) x[k] = tape.variable(x_[k]);
      const ag::Var y = std::apply([&](auto... v) { return ag::Var(ag::evaluate(op_, v...)); }, x);
      at(elementary ? "Var, one operation at a time" : "Var, fused").is(same(y.value(), value), "the double value");
      const auto g = tape.gradient(y);
      for (std::size_t k = 0; k < N; ++k) compare(g[x[k]].value(), k, 8e-15);
    };
    if constexpr (elementary) {
      ag::Tape tape{ag::record_graph};
      check(tape);
    } else {
      ag::Tape tape;
      check(tape);
    }
  }

  void tensors(double value) {
    ag::Tape tape;
    std::array<ag::Tensor, N> x;
    for (std::size_t k = 0; k < N; ++k) x[k] = tape.variable(ag::Tensor(x_[k]));
    const ag::Tensor y = std::apply([&](const auto&... t) { return ag::Tensor(ag::evaluate(op_, t...)); }, x);
    at("Tensor").near(y.value(), value, 4e-15 * std::fabs(value) + 1e-320, "the double value");
    const auto g = tape.gradient(y, ag::Tensor(1.0));
    for (std::size_t k = 0; k < N; ++k) compare(g[x[k]].value(), k, 4e-14);
    // Beyond 1e200 slopes overflow by themselves.
    if (!all_of([](double v) { return std::fabs(v) <= 1e200; })) return;
    const auto none = tape.gradient(y, ag::Tensor(0.0));
    for (std::size_t k = 0; k < N; ++k) verdict_.near(none[x[k]].value(), 0, 0, "gradient of a cotangent of 0");
  }

  const Op& op_;
  Verdict& verdict_;
  std::array<double, N> x_{}, p_{};
};

}  // namespace battery
