// Checks of functions that are not linear, on top of check.hpp: their derivatives, read in three ways and in
// two dtypes.
#pragma once

#include <tests/op/check.hpp>

namespace check {

/// The gradient of sum(w * f(x)) at x, on a tape of its own.
inline Tensor gradient_of(const Function& f, const Tensor& x, const Tensor& w) {
  ag::Tape tape;
  const Tensor v = tape.variable(x), y = f(v);
  return tape.gradient(y, w)[v];
}

/// A tape backwards, a tape forwards, and differences (float64) or the float64 gradient (float32) agree at x.
/// `differences` is false where f has a kink.
inline void expect_derivatives(const Function& f, const Tensor& x, bool differences = true) {
  const Tensor plain = f(x), w = numbers(plain.shape(), plain.dtype()), dx = numbers(x.shape(), x.dtype());
  REQUIRE(plain.dtype() == x.dtype());
  const Tensor g = gradient_of(f, x, w);
  REQUIRE(g.shape() == x.shape());
  REQUIRE(g.dtype() == x.dtype());

  const bool single = x.dtype() == ag::float32;
  const Tensor exact(x.data().cast(ag::float64)), w64(w.data().cast(ag::float64));
  const Tensor reference = single ? gradient_of(f, exact, w64) : g;
  double scale = 1e-30;
  each_index(x.shape(), [&](const Shape& i) { scale = std::max(scale, std::abs(element(reference, i))); });
  each_index(x.shape(), [&](const Shape& i) {
    INFO("gradient " << to_string(i));
    const double h = 1e-5;
    const double want = single || !differences
                            ? element(reference, i)
                            : (dot(f(nudged(exact, i, h)), w) - dot(f(nudged(exact, i, -h)), w)) / (2 * h);
    REQUIRE(element(g, i) == Approx(want).margin(scale * (single ? 2e-5 : 1e-7)).epsilon(0));
  });

  ag::Tape graph{ag::record_graph};
  const Tensor u = graph.variable(x), z = f(u);
  const Tensor dz = graph.pushforward({u}, {dx}, {z})[0];
  REQUIRE(dz.shape() == plain.shape());
  const double tolerance = single ? 1e-4 : 1e-10;
  REQUIRE(dot(dz, w) == Approx(dot(g, dx)).margin(tolerance * scale).epsilon(tolerance));
}

/// Requires that y has this shape and y[i] is expected(i) to a relative error; NaN is equal to NaN.
template <class F>
void expect_near(const Tensor& y, const Shape& shape, const F& expected) {
  REQUIRE(y.shape() == shape);
  const double tolerance = y.dtype() == ag::float32 ? 2e-6 : 1e-14;
  each_index(shape, [&](const Shape& i) {
    const double want = static_cast<double>(expected(i)), got = element(y, i);
    INFO("element " << to_string(i) << ": " << got << ", expected " << want);
    REQUIRE(
        (std::isnan(want) ? std::isnan(got) : got == want || std::abs(got - want) <= tolerance * (1 + std::abs(want))));
  });
}

/// A float64 vector of these numbers.
inline Tensor vector(const std::vector<double>& elements) {
  return Tensor::of(elements, {static_cast<Index>(elements.size())});
}

/// The gradient of a function with one result, as numbers.
inline std::vector<double> slopes(const Function& f, const Tensor& x) {
  return gradient_of(f, x, Tensor(1.0, x.dtype())).to_vector();
}

inline constexpr double infinity = std::numeric_limits<double>::infinity();
inline const double nan_value = std::numeric_limits<double>::quiet_NaN();

}  // namespace check
