// Fused expressions of slices: read where they lie, and their cotangents added to those of the whole at once. What they
// give is compared with a tape that does every operation by itself, on slices of its own.
#include <autograd/autograd.hpp>

#include <tests/catch.hpp>

namespace ag = autograd;
using ag::Index, ag::Tensor;

namespace {

// Numbers without a pattern that a wrong place could hide in.
Tensor numbers(const ag::Shape& shape, ag::Dtype dtype) {
  const Tensor i = ag::cast(Tensor::arange(ag::core::count(shape)), ag::float64);
  return cast(reshape(sin(1.7 * i + 0.3 * square(i)), shape), dtype);
}

// One step of a nonlinear stencil, each neighbour a slice, some read twice.
Tensor stencil(const Tensor& u) {
  const ag::Range inside = ag::range(1, -1), before = ag::range(0, -2), behind = ag::range(2, ag::none);
  const Tensor center = slice(u, inside, inside), west = slice(u, inside, before), east = slice(u, inside, behind),
               north = slice(u, before, inside), south = slice(u, behind, inside);
  return index_add(u, inside, inside, 0.2 * (west + east + north + south - 4.0 * center) - center * tanh(east - west));
}

// The gradient of the sum of squares of f(x), by fused statements or one operation at a time.
template <class F>
Tensor gradient(const F& f, const Tensor& start, bool fused) {
  const auto on = [&](ag::Tape& tape) {
    const Tensor x = tape.variable(start);
    const Tensor y = sum(square(f(x)));
    return tape.gradient(y)[x];
  };
  if (fused) {
    ag::Tape tape;
    return on(tape);
  }
  ag::Tape tape{ag::record_graph};
  return on(tape);
}

void expect_near(const Tensor& a, const Tensor& b) {
  REQUIRE(a.shape() == b.shape());
  const auto x = a.to_vector(), y = b.to_vector();
  const double tolerance = a.dtype() == ag::float32 ? 2e-5 : 1e-12;
  for (std::size_t i = 0; i < x.size(); ++i) REQUIRE(x[i] == Approx(y[i]).margin(tolerance));
}

}  // namespace

TEST_CASE("slices: stencils have the same gradient fused and one operation at a time") {
  for (const ag::Dtype dtype : {ag::float32, ag::float64})
    for (const ag::Shape& shape : {ag::Shape{2, 7}, ag::Shape{7, 2}, ag::Shape{5, 7}, ag::Shape{24, 31},
                                   ag::Shape{40, 40}, ag::Shape{3, 900}, ag::Shape{6, 900}, ag::Shape{90, 100},
                                   ag::Shape{160, 200}, ag::Shape{300, 12}, ag::Shape{2500, 15}, ag::Shape{190, 190}}) {
      INFO(to_string(shape));
      const Tensor x = numbers(shape, dtype);
      const auto twice = [](const Tensor& u) { return stencil(stencil(u)); };
      const auto turned = [](const Tensor& u) { return stencil(Tensor(transpose(u))); };
      expect_near(gradient(stencil, x, true), gradient(stencil, x, false));
      expect_near(gradient(twice, x, true), gradient(twice, x, false));
      expect_near(gradient(turned, x, true), gradient(turned, x, false));
    }
}

TEST_CASE("slices: grids of different widths in one expression") {
  for (const ag::Dtype dtype : {ag::float32, ag::float64})
    for (const Index wider : {0, 1, 4, 30}) {
      INFO(wider);
      const Tensor x = numbers({40, 40}, dtype), v = numbers({42, 40 + wider}, dtype);
      const auto f = [&](const Tensor& u) {
        const ag::Range inside = ag::range(1, -1);
        const Tensor a = slice(u, inside, inside), b = slice(v, ag::range(2, -2), ag::range(1, 39));
        const Tensor c = slice(square(u), ag::range(2, ag::none), ag::range(0, -2));
        return Tensor(a * b + sin(c) * b);
      };
      expect_near(gradient(f, x, true), gradient(f, x, false));
    }
}

TEST_CASE("slices: vectors of every length, overlapping, stepped, reversed, and beside the whole") {
  for (const ag::Dtype dtype : {ag::float32, ag::float64})
    for (const Index n : {3, 8, 9, 16, 17, 31, 65, 513, 600, 1027, 2000}) {
      INFO(n);
      const Tensor x = numbers({2 * n}, dtype), w = numbers({n}, dtype);
      const auto overlapping = [&](const Tensor& t) {
        const Tensor a = slice(t, ag::range(0, n)), b = slice(t, ag::range(1, n + 1)),
                     c = slice(t, ag::range(2, n + 2));
        return Tensor(a * b + sin(c) * w - b * b);
      };
      const auto stepped = [&](const Tensor& t) {
        const Tensor even = slice(t, ag::range(ag::none, ag::none, 2)), odd = slice(t, ag::range(1, ag::none, 2)),
                     back = slice(t, ag::range(n - 1, ag::none, -1)), first = slice(t, 0);
        return Tensor(even * odd + back * even + first);
      };
      const auto whole = [&](const Tensor& t) {
        const Tensor half = slice(t, ag::range(0, n)), again = slice(half, ag::range(0, n));
        const Tensor y = t * t;
        return Tensor(half * again + slice(y, ag::range(n, ag::none)));
      };
      expect_near(gradient(overlapping, x, true), gradient(overlapping, x, false));
      expect_near(gradient(stepped, x, true), gradient(stepped, x, false));
      expect_near(gradient(whole, x, true), gradient(whole, x, false));
    }
}

TEST_CASE("slices: one that is held has a gradient of its own") {
  ag::Tape tape;
  const Tensor x = tape.variable(numbers({1000}, ag::float64));
  const Tensor a = slice(x, ag::range(0, 900)), b = slice(x, ag::range(100, 1000));
  const Tensor y = sum(a * b);
  const auto g = tape.gradient(y);
  expect_near(g[a], Tensor(b.data()));
  expect_near(slice(g[x], ag::range(0, 100)), Tensor(slice(b, ag::range(0, 100)).data()));
  expect_near(slice(g[x], ag::range(100, 900)), slice(x, ag::range(200, 1000)) + slice(x, ag::range(0, 800)));
}

TEST_CASE("slices: the terms of a shared element are added in one order, wherever it is") {
  // A period of 50: the gradient must repeat to the last bit, though blocks end elsewhere in each period.
  const Index n = 5000;
  const Tensor x = take(numbers({50}, ag::float64), Tensor::of<Index>(
                                                        [] {
                                                          std::vector<Index> places;
                                                          for (Index k = 0; k < n; ++k) places.push_back(k % 50);
                                                          return places;
                                                        }(),
                                                        {n}));
  const auto f = [&](const Tensor& t) {
    const Tensor a = slice(t, ag::range(0, n - 4)), b = slice(t, ag::range(1, n - 3)), c = slice(t, ag::range(4, n));
    return Tensor(a * b + exp(b) * c);
  };
  const auto g = gradient(f, x, true).to_vector();
  for (std::size_t k = 50; k + 100 < g.size(); ++k) REQUIRE(g[k] == g[k + 50]);
}

TEST_CASE("slices: the terms of a grid's element are added in one order, wherever it is") {
  // Every row is the same, and so must its gradient be, though blocks end elsewhere in each.
  const Index rows = 150, columns = 203;
  const Tensor row = numbers({1, columns}, ag::float64), x = row + Tensor::zeros({rows, columns});
  const Tensor g = gradient(stencil, x, true);
  const auto inner = Tensor(slice(g, 3)).to_vector();
  for (Index i = 4; i < rows - 3; ++i) REQUIRE(Tensor(slice(g, i)).to_vector() == inner);
}

TEST_CASE("slices: one that is reversed, beside the whole") {
  for (const ag::Dtype dtype : {ag::float32, ag::float64})
    for (const Index n : {17, 513, 2000, 10000}) {
      INFO(n);
      const Tensor x = numbers({n}, dtype);
      const auto f = [&](const Tensor& t) {
        const Tensor back = slice(t, ag::range(ag::none, ag::none, -1)), again = slice(t, ag::range(ag::none, n));
        return Tensor(t * back + sin(again) * back);
      };
      expect_near(gradient(f, x, true), gradient(f, x, false));
    }
}

TEST_CASE("slices: an update by an unnamed expression is one statement, with the same values and gradients") {
  const ag::Range inside = ag::range(1, -1);
  const auto check = [&](const Tensor& x, const auto& f) {
    expect_near(Tensor(f(x)), [&] {
      ag::Tape tape{ag::record_graph};
      return stop_gradient(f(tape.variable(x)));
    }());
    expect_near(gradient(f, x, true), gradient(f, x, false));
  };
  for (const ag::Dtype dtype : {ag::float32, ag::float64})
    for (const ag::Shape& shape : {ag::Shape{3, 3}, ag::Shape{9, 11}, ag::Shape{30, 40}, ag::Shape{3, 700},
                                   ag::Shape{700, 4}, ag::Shape{200, 200}}) {
      INFO(to_string(shape));
      const Tensor x = numbers(shape, dtype), row = numbers({shape[1]}, dtype);
      check(x, [&](const Tensor& u) {
        const Tensor a = slice(u, inside, inside), b = slice(u, ag::range(2, ag::none), inside);
        return index_update(u, inside, inside, a * b - 0.5 * b);
      });
      check(x, [&](const Tensor& u) { return index_add(u, ag::all, ag::range(ag::none, ag::none, -1), tanh(u)); });
      check(x, [&](const Tensor& u) { return index_update(u, ag::all, ag::all, sin(u) * row); });
      check(x, [&](const Tensor& u) {
        const Tensor odd = slice(u, ag::range(ag::none, ag::none, 2)), last = slice(u, -1);
        return index_add(u, ag::range(ag::none, ag::none, 2), odd * last);
      });
      check(x, [&](const Tensor& u) { return index_add(u, inside, slice(row, 0) * 2.0); });
      check(x, [&](const Tensor& u) { return index_update(u, 1, slice(u, 0) - row); });
      check(x, [&](const Tensor& u) { return index_add(u, ag::range(2, 2), slice(u, ag::range(2, 2)) * 3.0); });
      // The cotangent of the result is asked for twice, that of the start comes from elsewhere too.
      check(x, [&](const Tensor& u) {
        const Tensor a = slice(u, inside, inside);
        const Tensor v = index_add(u, inside, inside, 0.1 * a);
        return index_add(u, inside, inside,
                         slice(v, inside, ag::range(0, -2)) * slice(v, inside, ag::range(2, ag::none)));
      });
      // A constant is changed by a variable, and the other way round.
      check(x, [&](const Tensor& u) {
        return index_add(stop_gradient(x), inside, inside, square(slice(u, inside, inside)));
      });
      check(x, [&](const Tensor& u) { return index_update(u, inside, inside, square(slice(x, inside, inside))); });
    }

  ag::Tape tape;
  const Tensor x = tape.variable(numbers({50, 50}, ag::float64)), a = slice(x, inside, inside);
  const std::size_t before = tape.statements().size();
  const Tensor y = index_add(x, inside, inside, 2.0 * a + tanh(a));
  CHECK(tape.statements().size() == before + 1);
  CHECK(tape.statements().back()->name() == "index_add");
  const Tensor loss = sum(square(y));
  const auto g = tape.gradient(loss);
  expect_near(g[y], 2.0 * stop_gradient(y));  // held, so it is kept though its memory would serve
}

TEST_CASE("slices: an update by an expression that does not fit is refused like a named one") {
  const Tensor x = numbers({4, 5}, ag::float64), row = numbers({3}, ag::float64);
  CHECK_THROWS_AS(index_add(x, 0, row + 1.0), ag::ShapeError);
  CHECK_THROWS_AS(index_update(x, 0, row + 1.0), ag::ShapeError);
  CHECK_THROWS_AS(index_add(x, 0, numbers({5}, ag::float32) + 1.0), ag::DtypeError);
  CHECK_THROWS_AS(index_update(x, 0, Tensor::arange(5) < 2), ag::DtypeError);
}
