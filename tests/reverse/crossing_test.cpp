// Between the two levels: Vars stacked to tensors, elements of tensors as Vars.
#include <vector>
#include <autograd/autograd.hpp>
#include <tests/catch.hpp>

namespace ag = autograd;

TEST_CASE("a stack of Vars is a vector, and hands each its gradient") {
  ag::Tape tape;
  const auto a = tape.variable(2.0), b = tape.variable(3.0);
  const ag::Tensor t = ag::stack({a, b, ag::Var(5.0), a});
  CHECK(t.shape() == ag::Shape{4});
  CHECK(t.to_vector() == std::vector<double>{2, 3, 5, 2});
  const ag::Tensor f = sum(t * t);
  const auto g = tape.gradient(f);
  CHECK(g[a].value() == 8);
  CHECK(g[b].value() == 6);
}

TEST_CASE("an element of a tensor is a Var") {
  for (ag::Dtype dtype : {ag::float32, ag::float64}) {
    ag::Tape tape;
    const auto t = tape.variable(ag::Tensor::linspace(1, 6, {2, 3}, dtype));
    const ag::Var f = t(0, 1) * t(-1, -1) + t(0, 1);
    CHECK(f.value() == 14);
    const ag::Tensor g = tape.gradient(f)[t];
    CHECK(g.dtype() == dtype);
    CHECK(g.to_vector() == std::vector<double>{0, 7, 0, 0, 0, 2});
  }
}

TEST_CASE("element checks its indices") {
  const ag::Tensor t = ag::Tensor::zeros({2, 3});
  CHECK_THROWS_AS(t(0), ag::ShapeError);
  CHECK_THROWS_AS(t(2, 0), ag::ShapeError);
  CHECK_THROWS_AS(t(0, -4), ag::ShapeError);
  CHECK_THROWS_WITH(t(0, 3), ContainsSubstring("index 3 is out of range for axis 1 of shape (2, 3)"));
}

TEST_CASE("loops over elements and tensor operations mix on one tape") {
  // Each statement of one kind reads those of the other: the order of the sweep is that of the recording, reversed.
  ag::Tape tape;
  const auto x = tape.variable(ag::Tensor::of<double>({1, 2, 3}, {3}));
  const auto s = tape.variable(0.5);
  const ag::Tensor y = x * x * s;
  ag::Var total = 0.0;
  for (int i = 0; i < 3; ++i) total += y(i) * static_cast<double>(i + 1);
  const ag::Tensor z = ag::stack({total, total * s}) + 1.0;
  const ag::Tensor f = sum(z * z);
  // total = s (1 + 8 + 27) = 18; f = (total + 1)^2 + (total s + 1)^2
  const auto g = tape.gradient(f);
  const double t = 18, up = 2 * (t + 1) + 2 * (t * 0.5 + 1) * 0.5;
  CHECK(total.value() == t);
  CHECK(g[s].value() == Approx(up * 36 + 2 * (t * 0.5 + 1) * t));
  const std::vector<double> want{up * 0.5 * 2 * 1 * 1, up * 0.5 * 2 * 2 * 2, up * 0.5 * 2 * 3 * 3};
  for (std::size_t i = 0; i < 3; ++i) CHECK(g[x].to_vector()[i] == Approx(want[i]));
}

TEST_CASE("elements of views with any strides") {
  const ag::Tensor base = ag::Tensor::linspace(0, 5, {2, 3});
  const ag::Tensor reversed(base.data().view({3, 2}, {-1, -3}, 5));
  CHECK(reversed(0, 0).value() == 5);
  CHECK(reversed(2, 1).value() == 0);
  ag::Tape tape;
  const auto t = tape.variable(reversed);
  const ag::Var f = t(1, 0) * t(2, 1);
  CHECK(tape.gradient(f)[t].to_vector() == std::vector<double>{0, 0, 0, 0, 0, 4});
}

TEST_CASE("crossings on nested tapes and on tapes that record every operation") {
  ag::Tape outer;
  const auto a = outer.variable(2.0);
  const auto t = outer.variable(ag::Tensor::of<double>({3, 4}, {2}));
  ag::Var slope;
  {
    ag::Tape inner;
    const auto x = inner.variable(a);
    const auto u = inner.variable(t);
    const ag::Tensor v = ag::stack({x, u(0) * x}) * u;
    const ag::Var y = v(0) * v(1);  // x u0 * u0 x u1 = x^2 u0^2 u1
    slope = inner.gradient(y)[x];   // 2 x u0^2 u1
  }
  CHECK(slope.value() == 144);
  const auto g = outer.gradient(slope);
  CHECK(g[a].value() == 72);
  CHECK(g[t].to_vector() == std::vector<double>{96, 36});
}
