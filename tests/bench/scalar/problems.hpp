// The nine problems, as one list.
#pragma once

#include <tuple>

#include <tests/bench/scalar/bundle_adjustment.hpp>
#include <tests/bench/scalar/burgers.hpp>
#include <tests/bench/scalar/gmm.hpp>
#include <tests/bench/scalar/heat.hpp>
#include <tests/bench/scalar/logistic.hpp>
#include <tests/bench/scalar/lstm.hpp>
#include <tests/bench/scalar/mlp.hpp>
#include <tests/bench/scalar/rosenbrock.hpp>
#include <tests/bench/scalar/speelpenning.hpp>

namespace bench {

/// Calls f with each problem, in the order of the table. They are made once and live as long as the program.
template <class F>
void for_each_problem(F&& f) {
  static const std::tuple<Speelpenning, Rosenbrock, Logistic, Mlp, Gmm, BundleAdjustment, Lstm, Heat, Burgers> all;
  std::apply([&](const auto&... problem) { (f(problem), ...); }, all);
}

}  // namespace bench
