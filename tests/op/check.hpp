// Checks shared by the tests of layout, indexing and joining: arguments in every kind of memory, values
// against plain loops over indices, gradients read in three ways.
#pragma once

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include <autograd/autograd.hpp>
#include <tests/catch.hpp>

namespace check {

namespace ag = autograd;
using ag::Index, ag::Shape, ag::Tensor;

/// Calls f(index) for every index of a shape, in row-major order.
template <class F>
void each_index(const Shape& shape, const F& f) {
  for (Index n : shape)
    if (n == 0) return;
  Shape at = Shape::filled(shape.size(), 0);
  for (;;) {
    f(static_cast<const Shape&>(at));
    std::size_t d = shape.size();
    while (d > 0 && ++at[d - 1] == shape[d - 1]) at[--d] = 0;
    if (d == 0) return;
  }
}

/// One element, read from memory by its strides.
inline double element(const Tensor& t, const Shape& at) {
  Index offset = 0;
  for (std::size_t d = 0; d < at.size(); ++d) offset += at[d] * t.data().strides()[d];
  return ag::core::with_type(
      t.dtype(), [&]<class T>(ag::core::Type<T>) { return static_cast<double>(t.data().data<const T>()[offset]); });
}

/// Requires that y has this shape and y[i] = expected(i) for all i.
template <class F>
void expect_elements(const Tensor& y, const Shape& shape, const F& expected) {
  INFO("shape " << to_string(y.shape()) << ", expected " << to_string(shape));
  REQUIRE(y.shape() == shape);
  each_index(shape, [&](const Shape& i) {
    INFO("element " << to_string(i));
    REQUIRE(element(y, i) == static_cast<double>(expected(i)));
  });
}

/// Fills a tensor of any layout with numbers that differ and are exact in float32.
inline Tensor filled(const Tensor& t) {
  Index k = 0;
  each_index(t.shape(), [&](const Shape& at) {
    Index offset = 0;
    for (std::size_t d = 0; d < at.size(); ++d) offset += at[d] * t.data().strides()[d];
    ag::core::with_type(t.dtype(), [&]<class T>(ag::core::Type<T>) {
      t.data().data<T>()[offset] = static_cast<T>(0.25 * static_cast<double>((k++ * 7) % 31) - 2);
    });
  });
  return t;
}

/// Row-major numbers.
inline Tensor numbers(const Shape& shape, ag::Dtype dtype = ag::float64) { return filled(Tensor::zeros(shape, dtype)); }

struct Argument {
  std::string layout;
  Tensor value;
};

/// The same shape in memory that is contiguous, transposed, stepped, reversed and (along its first axis) broadcast.
inline std::vector<Argument> arguments(const Shape& shape, ag::Dtype dtype) {
  using ag::core::Array;
  const std::size_t rank = shape.size();
  Shape backwards = shape, twice = shape;
  for (std::size_t d = 0; d < rank; ++d) backwards[d] = shape[rank - 1 - d], twice[d] = 2 * shape[d];
  const Array rows = Array::zeros(shape, dtype), columns = Array::zeros(backwards, dtype),
              wide = Array::zeros(twice, dtype);
  Shape turned = shape, stepped = wide.strides(), reversed = rows.strides(), repeated = rows.strides();
  Index last = 0;
  for (std::size_t d = 0; d < rank; ++d) {
    turned[d] = columns.strides()[rank - 1 - d];
    stepped[d] *= 2;
    last += reversed[d] * (shape[d] - 1);
    reversed[d] *= -1;
  }
  std::vector<Argument> out{{"contiguous", Tensor(rows)}};
  if (rank == 0) return {{"scalar", filled(out[0].value)}};
  out.push_back({"transposed", Tensor(columns.view(shape, turned, 0))});
  out.push_back({"stepped", Tensor(wide.view(shape, stepped, 0))});
  if (rows.size() > 0) out.push_back({"reversed", Tensor(Array::zeros(shape, dtype).view(shape, reversed, last))});
  repeated[0] = 0;
  out.push_back({"broadcast", Tensor(Array::zeros(shape, dtype).view(shape, repeated, 0))});
  for (Argument& a : out) filled(a.value);
  return out;
}

/// Calls f(x) with arguments of a shape in every layout and both floating dtypes.
template <class F>
void each_argument(const Shape& shape, const F& f) {
  for (ag::Dtype dtype : {ag::float32, ag::float64})
    for (const Argument& a : arguments(shape, dtype)) {
      INFO(a.layout << " " << name_of(dtype) << " " << to_string(shape));
      f(a.value);
    }
}

inline double dot(const Tensor& a, const Tensor& b) {
  double sum = 0;
  each_index(a.shape(), [&](const Shape& i) { sum += element(a, i) * element(b, i); });
  return sum;
}

/// x with h added to one element, as a new row-major tensor.
inline Tensor nudged(const Tensor& x, const Shape& at, double h) {
  Tensor y(x.data().copy());
  Index offset = 0;
  for (std::size_t d = 0; d < at.size(); ++d) offset += at[d] * y.data().strides()[d];
  ag::core::with_type(x.dtype(), [&]<class T>(ag::core::Type<T>) { y.data().data<T>()[offset] += static_cast<T>(h); });
  return y;
}

using Function = std::function<Tensor(const Tensor&)>;

/// The gradient of a linear f at x, for an arbitrary cotangent, three ways: a tape backwards, a tape
/// forwards, differences.
inline void expect_gradient(const Function& f, const Tensor& x) {
  const double tolerance = x.dtype() == ag::float32 ? 1e-4 : 1e-9;
  const Tensor plain = f(x);
  const Tensor w = numbers(plain.shape(), plain.dtype()), dx = numbers(x.shape(), x.dtype());

  ag::Tape tape;
  const Tensor v = tape.variable(x), y = f(v);
  expect_elements(y, plain.shape(), [&](const Shape& i) { return element(plain, i); });
  const Tensor g = tape.gradient(y, w)[v];
  REQUIRE(g.shape() == x.shape());
  REQUIRE(g.dtype() == x.dtype());
  each_index(x.shape(), [&](const Shape& i) {
    const ag::BasicTape<double>::Activate none_in_scope(nullptr);
    const double numeric = (dot(f(nudged(x, i, 0.5)), w) - dot(f(nudged(x, i, -0.5)), w));
    INFO("gradient " << to_string(i));
    REQUIRE(element(g, i) == Approx(numeric).margin(tolerance).epsilon(tolerance));
  });

  ag::Tape graph{ag::record_graph};
  const Tensor u = graph.variable(x), z = f(u);
  const Tensor dz = graph.pushforward({u}, {dx}, {z})[0];
  REQUIRE(dz.shape() == plain.shape());
  REQUIRE(dot(dz, w) == Approx(dot(g, dx)).margin(tolerance).epsilon(tolerance));
  const Tensor of_graph = graph.gradient(z, w)[u];
  expect_elements(of_graph, x.shape(), [&](const Shape& i) { return element(g, i); });
}

/// d/dx of w * d/dx sum(f(x)^3), by nested tapes and by differences of the inner gradient.
inline void expect_second_order(const Function& f, const Tensor& x) {
  const auto inner = [&](const Tensor& at) {
    ag::Tape tape;
    const Tensor v = tape.variable(at), y = f(v), cube = y * y * y;
    return Tensor(tape.gradient(Tensor(sum(cube)))[v]);
  };
  const Tensor w = numbers(x.shape(), x.dtype());
  ag::Tape tape;
  const Tensor v = tape.variable(x), first = inner(v);
  const Tensor second = tape.gradient(Tensor(sum(first * w)))[v];
  each_index(x.shape(), [&](const Shape& i) {
    const ag::BasicTape<double>::Activate none_in_scope(nullptr);
    const double h = 1e-4;
    const double numeric = (dot(inner(nudged(x, i, h)), w) - dot(inner(nudged(x, i, -h)), w)) / (2 * h);
    INFO("second derivative " << to_string(i));
    REQUIRE(element(second, i) == Approx(numeric).margin(1e-4).epsilon(1e-6));
  });
}

/// An element of 1-D labels as an index.
inline Index label(const Tensor& t, Index i) { return static_cast<Index>(element(t, {i})); }

}  // namespace check
