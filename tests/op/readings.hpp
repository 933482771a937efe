// One function of scalars or tensors, differentiated in every way the library has.
#pragma once

#include <cmath>
#include <initializer_list>
#include <vector>

#include <autograd/autograd.hpp>
#include <tests/catch.hpp>

namespace battery {

namespace ag = autograd;

/// Equal to within 4 ULP of a double (or `tolerance`), or both NaN, or the same infinity.
inline bool agrees(double a, double b, double tolerance = 9e-16) {
  return a == b || (std::isnan(a) && std::isnan(b)) || std::fabs(a - b) <= tolerance * std::fabs(b);
}

template <class Tape, class X, class Y, class F>
void check_tape(Tape& tape, const char* reading, const std::vector<X>& x, const F& f, const std::vector<double>& slopes,
                double tolerance = 9e-16) {
  const Y y = [&] {
    if constexpr (requires { f(x[0], x[0]); }) return Y(f(x[0], x[1]));
    else return Y(f(x[0]));
  }();
  const auto g = tape.gradient(y);
  for (std::size_t k = 0; k < x.size(); ++k) {
    const double got = g[x[k]].value();
    INFO(reading << ", argument " << k << ": " << got << ", not " << slopes[k]);
    CHECK(agrees(got, slopes[k], tolerance));
  }
}

/// Checks the slopes of f(x) or f(x, y) by Dual, by Var and by Tensor (float64 and float32), fused and one
/// operation at a time.
template <class F>
void check_slopes(const F& f, const std::vector<double>& at, const std::vector<double>& slopes) {
  using D = ag::Dual<double>;
  for (std::size_t k = 0; k < at.size(); ++k) {
    std::vector<D> x;
    for (std::size_t i = 0; i < at.size(); ++i) x.push_back({at[i], i == k ? 1.0 : 0.0});
    const D y = [&] {
      if constexpr (requires { f(x[0], x[0]); }) return D(f(x[0], x[1]));
      else return D(f(x[0]));
    }();
    INFO("Dual, argument " << k << ": " << y.tangent << ", not " << slopes[k]);
    CHECK(agrees(y.tangent, slopes[k]));
  }
  const auto both = [&](auto& tape, const char* name) {
    std::vector<ag::Var> v;
    for (double x : at) v.push_back(tape.variable(x));
    check_tape<ag::Tape, ag::Var, ag::Var>(tape, name, v, f, slopes);
    for (ag::Dtype dtype : {ag::float64, ag::float32}) {
      std::vector<ag::Tensor> t;
      for (double x : at) t.push_back(tape.variable(ag::Tensor(x, dtype)));
      check_tape<ag::Tape, ag::Tensor, ag::Tensor>(tape, dtype == ag::float32 ? "float32" : name, t, f, slopes,
                                                   dtype == ag::float32 ? 5e-7 : 9e-16);
    }
  };
  ag::Tape fused;
  both(fused, "fused");
  {
    // Set the first tape aside: a nested one would differentiate twice.
    const ag::BasicTape<double>::Activate none(nullptr);
    ag::Tape graph{ag::record_graph};
    both(graph, "one operation at a time");
  }
}

}  // namespace battery
