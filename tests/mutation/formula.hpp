// Mutants of the derivative of an elementwise op: its formula with one operation wrong (see number.hpp), or used
// wrongly as a whole: sign, slope dropped, arguments or slopes swapped, the result taken for an argument, an argument
// for the result, a stale value, the slope from the other side of a kink, a factor 1 + 1e-3, 1 + 1e-6, 1 + 1e-9.
//
// A mutant that changes no slope anywhere, by more than an ULP, at the battery's points and the 24 special ones, is not
// made: swapping the slopes of add, or dropping "+ 0.0" where no zero is negative, is not a mistake.
#pragma once

#include <array>
#include <cmath>
#include <string>

#include <tests/mutation/number.hpp>
#include <tests/mutation/tally.hpp>
#include <tests/op/battery_formula.hpp>
#include <tests/op/battery_special.hpp>

namespace mutation {

/// A wrong use of a derivative as a whole.
enum class Misuse {
  none,
  sign,
  dropped,
  factor_1e3,
  factor_1e6,
  factor_1e9,
  argument_for_result,
  result_for_argument,
  stale_argument,
  stale_result,
  above_kink,
  below_kink,
  swapped_arguments,
  swapped_slopes,
  slope_of_another,
};
inline constexpr const char* misuse_names[] = {"none",
                                               "sign",
                                               "slope dropped",
                                               "factor 1 + 1e-3",
                                               "factor 1 + 1e-6",
                                               "factor 1 + 1e-9",
                                               "argument for result",
                                               "result for argument",
                                               "stale argument",
                                               "stale result",
                                               "slope above the kink",
                                               "slope below the kink",
                                               "arguments swapped",
                                               "slopes swapped",
                                               "slope of another argument"};

struct FormulaMutation {
  Misuse misuse = Misuse::none;
  std::size_t argument = 0, other = 0;
  Slip slip;
  std::string name;
};
inline FormulaMutation chosen_formula;

/// Op with the chosen mutation in its derivative.
template <class Op>
struct MutatedFormula : Op {
  MutatedFormula(const Op& o) : Op(o) {}

  template <class... A>
  auto derivative(const A&... a) const {
    constexpr std::size_t n = sizeof...(A) - 1;
    using T = std::common_type_t<A...>;
    std::array<T, n + 1> v{T(a)...};
    misuse_values<T, n>(v);
    const Op* const self = this;
    reading.slip = chosen_formula.slip;
    reading.count = 0;
    std::array<T, n> p = std::apply(
        [&](const auto&... x) {
          const auto partials = self->derivative(Number<T>::of(x)...).values;
          return std::apply([](const auto&... q) { return std::array<T, n>{plain<T>(q)...}; }, partials);
        },
        v);
    reading.slip = {};
    misuse_slopes<T, n>(p);
    return std::apply([](const auto&... q) { return ag::partials(q...); }, p);
  }

 private:
  template <class T, class P>
  static T plain(const P& p) {
    if constexpr (std::is_same_v<P, ag::One>) return T(1.0);
    else if constexpr (std::is_same_v<P, ag::MinusOne>) return T(-1.0);
    else if constexpr (std::is_same_v<P, ag::Zero>) return T(0.0);
    else if constexpr (std::is_arithmetic_v<P>) return T(p);
    else return p.v;
  }
  // v[n] is the result.
  template <class T, std::size_t n>
  static void misuse_values(std::array<T, n + 1>& v) {
    static std::array<T, n + 1> before{};
    const std::array<T, n + 1> now = v;
    const FormulaMutation& m = chosen_formula;
    const std::size_t k = m.argument;
    switch (m.misuse) {
      case Misuse::argument_for_result:
        v[n] = v[k];
        break;
      case Misuse::result_for_argument:
        v[k] = v[n];
        break;
      case Misuse::stale_argument:
        v[k] = before[k];
        break;
      case Misuse::stale_result:
        v[n] = before[n];
        break;
      case Misuse::above_kink:
      case Misuse::below_kink: {
        const double up = m.misuse == Misuse::above_kink ? 1 : -1;
        if (v[k] == 0.0) v[k] = v[k] + up * std::numeric_limits<double>::denorm_min();
        else
          for (std::size_t j = 0; j < n; ++j)
            if (j != k && now[j] == now[k]) v[k] = now[k] + up * 4e-16 * ag::abs(now[k]);
        break;
      }
      case Misuse::swapped_arguments:
        std::swap(v[k], v[m.other]);
        break;
      default:
        break;
    }
    before = now;
  }
  template <class T, std::size_t n>
  static void misuse_slopes(std::array<T, n>& p) {
    const FormulaMutation& m = chosen_formula;
    T& q = p[m.argument];
    switch (m.misuse) {
      case Misuse::sign:
        q = -q;
        break;
      case Misuse::dropped:
        q = T(0.0);
        break;
      case Misuse::factor_1e3:
        q = q * (1 + 1e-3);
        break;
      case Misuse::factor_1e6:
        q = q * (1 + 1e-6);
        break;
      case Misuse::factor_1e9:
        q = q * (1 + 1e-9);
        break;
      case Misuse::swapped_slopes:
        std::swap(q, p[m.other]);
        break;
      case Misuse::slope_of_another:
        q = q + p[m.other];
        break;
      default:
        break;
    }
  }
};

/// Every mutation of an op: the misuses of each argument, and each way of each operation to be wrong.
template <std::size_t N, class Op>
std::vector<FormulaMutation> formula_mutations(const Op& o, const std::vector<std::array<double, N>>& points) {
  std::vector<FormulaMutation> all;
  for (std::size_t k = 0; k < N; ++k) {
    for (int m = 1; m <= static_cast<int>(Misuse::below_kink); ++m) {
      const auto misuse = static_cast<Misuse>(m);
      if (misuse == Misuse::stale_result && k > 0) continue;
      all.push_back({misuse, k, 0, {}, misuse_names[m] + std::string(", argument ") + std::to_string(k)});
    }
    for (std::size_t j = 0; j < N; ++j)
      for (Misuse misuse : {Misuse::swapped_arguments, Misuse::swapped_slopes, Misuse::slope_of_another})
        if (misuse == Misuse::slope_of_another ? j != k : j > k)
          all.push_back({misuse,
                         k,
                         j,
                         {},
                         misuse_names[static_cast<int>(misuse)] + std::string(", arguments ") + std::to_string(k) +
                             " and " + std::to_string(j)});
  }
  std::vector<std::vector<const char*>> ways;
  reading.ways = &ways;
  chosen_formula = {};
  const double y = std::apply([&](auto... x) { return static_cast<double>(o.value(x...)); }, points[0]);
  std::apply([&](auto... x) { MutatedFormula<Op>(o).derivative(x..., y); }, points[0]);
  reading.ways = nullptr;
  for (std::size_t i = 0; i < ways.size(); ++i) {
    int way = 0;
    for (const char* what : ways[i])
      all.push_back({Misuse::none, 0, 0, {static_cast<int>(i), ++way}, "operation " + std::to_string(i) + ": " + what});
  }
  return all;
}

/// The slopes with the chosen mutation.
template <std::size_t N, class Op>
std::array<double, N> slopes(const Op& o, const std::array<double, N>& x) {
  return std::apply(
      [&](auto... a) {
        const double y = static_cast<double>(o.value(a...));
        return std::apply([](auto... p) { return std::array<double, N>{static_cast<double>(p)...}; },
                          MutatedFormula<Op>(o).derivative(a..., y).values);
      },
      x);
}

/// True when the chosen mutation changes a slope somewhere.
template <std::size_t N, class Op>
bool changes_something(const Op& o, const std::vector<std::array<double, N>>& points,
                       const std::vector<std::array<double, N>>& right) {
  for (std::size_t i = 0; i < points.size(); ++i) {
    const std::array<double, N> p = slopes<N>(o, points[i]);
    for (std::size_t k = 0; k < N; ++k) {
      const double a = p[k], b = right[i][k];
      if (!(a == b || (a != a && b != b) || std::fabs(a - b) <= 2.3e-16 * std::fabs(b))) return true;
    }
  }
  return false;
}

template <class Op, std::size_t N>
void mutate_formula(const Op& o, Tally& tally) {
  const battery::FormulaBattery<Op, N> formula(o);
  const battery::SpecialBattery<Op, N, double> special(o);
  const MutatedFormula<Op> mutated(o);
  std::vector<std::array<double, N>> points = formula.arguments(), right;
  for (std::size_t i = 0; i < battery::special_points; ++i) points.push_back(battery::special_point<double, N>(i));
  const std::vector<FormulaMutation> mutations = formula_mutations<N>(o, points);
  chosen_formula = {};
  for (const auto& x : points) right.push_back(slopes<N>(o, x));
  const auto killed = [&] {
    battery::Verdict verdict(battery::title(o), battery::Failures::counted);
    formula.compare(mutated, verdict);
    if (!verdict.enough()) special.compare(mutated, verdict);
    if (verdict.failures() > 0 && chosen_formula.name.empty()) tally.complaints.push_back(verdict.first());
    return verdict.failures() > 0;
  };
  ++tally.ops;
  killed();  // without a mutation nothing may fail
  for (const FormulaMutation& m : mutations) {
    chosen_formula = m;
    if (changes_something<N>(o, points, right)) tally.count(battery::title(o), m.name, killed());
    else ++tally.without_effect;
  }
  chosen_formula = {};
}

template <class... Op>
Tally mutate_formulas(ag::op::List<Op...>) {
  Tally tally;
  const auto one = [&]<class O>(std::type_identity<O>) {
    constexpr std::size_t n = battery::elementwise_arity<O>();
    if constexpr (n > 0 && !ag::op::boolean_result<O>)
      for (const O& o : battery::Instances<O>::list()) mutate_formula<O, n>(o, tally);
  };
  (one(std::type_identity<Op>{}), ...);
  return tally;
}

}  // namespace mutation

#define XGRAD_FORMULA_MUTANTS(Family)                                 \
  template <>                                                         \
  mutation::Tally mutation::formula_mutants<autograd::op::Family>() { \
    return mutate_formulas(autograd::op::Family{});                   \
  }
