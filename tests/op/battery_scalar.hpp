// The battery on numbers: one elementwise op read as double, Dual, Dual of Dual, Var in a fused statement,
// Var operation by operation, and Var on nested tapes. All readings come from the op's one definition and
// must agree with each other; that they are right is for battery_formula.hpp.
#pragma once

#include <array>
#include <utility>

#include <tests/op/instances.hpp>
#include <tests/op/samples.hpp>
#include <tests/op/verdict.hpp>

namespace battery {

template <class Op, std::size_t N>
class ScalarBattery {
 public:
  using Numbers = std::array<double, N>;
  static constexpr std::size_t samples = 12;

  ScalarBattery(const Op& o, Verdict& verdict) : op_(o), verdict_(verdict) {}

  void run() {
    for (std::size_t i = 0; i < samples; ++i) {
      for (std::size_t k = 0; k < N; ++k) x_[k] = sample(op::domain_of<Op>(k), k, i);
      // The double just computed in registers may be contracted otherwise than a fused statement: 4 ULP, as for all.
      y_ = value(x_);
      if constexpr (!op::boolean_result<Op>) {
        for (std::size_t k = 0; k < N; ++k) p_[k] = slope(x_, k);
        for (unsigned active = 1; active < 1u << N; ++active) {
          reverse<false>(active);
          reverse<true>(active);
        }
        literals(std::make_index_sequence<(1u << N) - 1>{});
        second_order();
      } else {
        comparison();
      }
    }
  }

 private:
  Verdict& at(const char* reading) {
    return std::apply([&](auto... v) -> Verdict& { return verdict_.at(reading, v...); }, x_);
  }
  double value(const Numbers& x) const {
    return std::apply([&](auto... v) { return static_cast<double>(ag::evaluate(op_, v...)); }, x);
  }
  template <class D, class Seed>
  D dual(const Numbers& x, const Seed& seed) const {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return ag::evaluate(op_, seed(I, x[I])...);
    }(std::make_index_sequence<N>{});
  }
  double slope(const Numbers& x, std::size_t k) const {
    using D = ag::Dual<double>;
    return dual<D>(x, [k](std::size_t i, double v) { return D{v, i == k ? 1.0 : 0.0}; }).tangent;
  }
  double curvature(const Numbers& x, std::size_t j, std::size_t k) const {
    using D = ag::Dual<double>;
    const auto seed = [j, k](std::size_t i, double v) {
      return ag::Dual<D>{D{v, i == j ? 1.0 : 0.0}, D{i == k ? 1.0 : 0.0, 0.0}};
    };
    return dual<ag::Dual<D>>(x, seed).tangent.tangent;
  }
  // Arguments whose bit is set in `active` are variables, the others constants.
  template <bool elementary>
  void reverse(unsigned active) {
    const auto record = [&](ag::Tape& tape) {
      std::array<ag::Var, N> x;
      for (std::size_t k = 0; k < N; ++k) x[k] = active >> k & 1 ? tape.variable(x_[k]) : ag::Var(x_[k]);
      const ag::Var y = std::apply([&](auto... v) { return ag::Var(ag::evaluate(op_, v...)); }, x);
      at(elementary ? "Var, one operation at a time" : "Var, fused");
      verdict_.near(y.value(), y_, 4e-16 * std::fabs(y_), "value");
      const auto g = tape.gradient(y);
      for (std::size_t k = 0; k < N; ++k)
        if (active >> k & 1) verdict_.near(g[x[k]].value(), p_[k], 4e-15 * std::fabs(p_[k]), "gradient");
    };
    if constexpr (elementary) {
      ag::Tape tape{ag::record_graph};
      record(tape);
    } else {
      ag::Tape tape;
      record(tape);
    }
  }

  // Every mix of literals and variables: bit k of the index is set where argument k is a literal.
  template <std::size_t... mask>
  void literals(std::index_sequence<mask...>) {
    (literal<mask>(std::make_index_sequence<N>{}), ...);
  }
  template <std::size_t mask, std::size_t... I>
  void literal(std::index_sequence<I...>) {
    ag::Tape tape;
    const std::array<ag::Var, N> x{tape.variable(x_[I])...};
    const auto argument = [&](auto k) {
      if constexpr (mask >> k & 1) return x_[k];
      else return x[k];
    };
    const ag::Var y = ag::evaluate(op_, argument(std::integral_constant<std::size_t, I>{})...);
    const auto g = tape.gradient(y);
    at("Var beside literals").near(y.value(), y_, 4e-16 * std::fabs(y_), "value");
    for (std::size_t k = 0; k < N; ++k)
      verdict_.near(g[x[k]].value(), mask >> k & 1 ? 0.0 : p_[k], 4e-15 * std::fabs(p_[k]), "gradient");
  }

  void second_order() {
    ag::Tape outer;
    std::array<ag::Var, N> x, g;
    for (std::size_t k = 0; k < N; ++k) x[k] = outer.variable(x_[k]);
    {
      ag::Tape inner;
      std::array<ag::Var, N> u;
      for (std::size_t k = 0; k < N; ++k) u[k] = inner.variable(x[k]);
      const ag::Var y = std::apply([&](auto... v) { return ag::Var(ag::evaluate(op_, v...)); }, u);
      const auto gradients = inner.gradient(y);
      for (std::size_t k = 0; k < N; ++k) g[k] = gradients[u[k]];
    }
    for (std::size_t k = 0; k < N; ++k) {
      at("nested tapes").near(g[k].value(), p_[k], 4e-15 * std::fabs(p_[k]), "gradient");
      for (std::size_t j = 0; j < N; ++j) {
        const double forward = curvature(x_, j, k);
        const double reverse = g[k].tag() == outer.tag() ? outer.gradient(g[k])[x[j]].value() : 0.0;
        const double scale = 1 + std::fabs(p_[k]) + std::fabs(forward);
        at("Dual of Dual").near(forward, reverse, 1e-12 * scale, "second derivative of nested tapes");
      }
    }
  }

  void comparison() {
    ag::Tape tape;
    std::array<ag::Var, N> x;
    for (std::size_t k = 0; k < N; ++k) x[k] = tape.variable(x_[k]);
    const bool y = std::apply([&](auto... v) { return ag::evaluate(op_, v...); }, x);
    at("Var").is(y == (y_ != 0), "truth value");
    const bool d = dual<bool>(x_, [](std::size_t, double v) { return ag::Dual<double>{v, 1.0}; });
    at("Dual").is(d == (y_ != 0), "truth value");
  }

  const Op& op_;
  Verdict& verdict_;
  Numbers x_{}, p_{};
  double y_ = 0;
};

}  // namespace battery
