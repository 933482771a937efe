// Joining, splitting and padding: values, gradients to every part, errors.
#include <tests/op/check.hpp>

using namespace check;
using ag::all, ag::none, ag::range;

TEST_CASE("concatenate: values and gradients, along every axis, from every kind of memory") {
  each_argument({3, 4}, [](const Tensor& x) {
    for (Index axis : {0, 1, -1}) {
      const std::size_t d = axis == 0 ? 0 : 1;
      const Tensor other = numbers(d == 0 ? Shape{2, 4} : Shape{3, 2}, x.dtype());
      const Index n = x.shape()[d];
      Shape shape = x.shape();
      shape[d] = n + 2 + n;
      expect_elements(ag::concatenate({x, other, x}, axis), shape, [&](const Shape& i) {
        Shape at = i;
        if (i[d] < n) return element(x, at);
        at[d] = i[d] < n + 2 ? i[d] - n : i[d] - n - 2;
        return element(i[d] < n + 2 ? other : x, at);
      });
      expect_gradient([&](const Tensor& t) { return ag::concatenate({t, other, t}, axis); }, x);
      expect_gradient([&](const Tensor& t) { return ag::concatenate({other, slice(t, range(3))}, axis); }, x);
    }
    expect_gradient([&](const Tensor& t) { return ag::concatenate({t, slice(t, range(0))}); }, x);
  });
  each_argument(
      {0, 2}, [](const Tensor& x) { expect_gradient([](const Tensor& t) { return ag::concatenate({t, t}, 1); }, x); });
  expect_second_order([](const Tensor& t) { return ag::concatenate({t * t, t, 2.0 * t}, 1); }, numbers({2, 3}));
}

TEST_CASE("stack: values and gradients, beside the stack of scalars") {
  each_argument({3, 4}, [](const Tensor& x) {
    const Tensor other = numbers({3, 4}, x.dtype());
    for (Index axis : {0, 1, 2, -1}) {
      const auto d = static_cast<std::size_t>(axis < 0 ? 2 : axis);
      Shape shape = x.shape();
      shape.insert(d, 2);
      expect_elements(ag::stack({x, other}, axis), shape, [&](const Shape& i) {
        Shape at = i;
        at.erase(d);
        return element(i[d] == 0 ? x : other, at);
      });
      expect_gradient([&](const Tensor& t) { return ag::stack({other, t, t}, axis); }, x);
    }
  });
  each_argument({},
                [](const Tensor& x) { expect_gradient([](const Tensor& t) { return ag::stack({t, 2.0 * t}); }, x); });
  expect_second_order([](const Tensor& t) { return ag::stack({t * t, t}, 1); }, numbers({2, 3}));
  const std::vector<Tensor> list{numbers({2}), numbers({2})};
  CHECK(ag::stack(list).shape() == Shape{2, 2});
  CHECK(ag::stack({ag::Var(1), ag::Var(2)}).to_vector() == std::vector<double>{1, 2});
  CHECK(ag::concatenate({Tensor::arange(2), Tensor::arange(1)}).dtype() == ag::int64);
}

TEST_CASE("gradients reach each argument of a list, whichever are variables") {
  const Tensor a = numbers({2}), b = numbers({3}), c = numbers({1});
  for (int mask = 1; mask < 8; ++mask) {
    ag::Tape tape;
    const auto maybe = [&](int bit, const Tensor& t) { return mask & bit ? tape.variable(t) : t; };
    const Tensor x = maybe(1, a), y = maybe(2, b), z = maybe(4, c);
    const Tensor joined = ag::concatenate({x, y, z}), w = numbers({6});
    const auto g = tape.gradient(joined, w);
    if (mask & 1) CHECK(g[x].to_vector() == slice(w, range(2)).to_vector());
    if (mask & 2) CHECK(g[y].to_vector() == slice(w, range(2, 5)).to_vector());
    if (mask & 4) CHECK(g[z].to_vector() == slice(w, range(5, 6)).to_vector());
  }
  // Parameters and unnamed expressions may stand in the list.
  const ag::Parameter p(numbers({2}));
  ag::Tape tape;
  const Tensor x = tape.variable(a);
  CHECK(tape.gradient(Tensor(sum(ag::concatenate({x * 2.0, p, p}))))[p].to_vector() == std::vector<double>{2, 2});
}

TEST_CASE("a list of many tensors joins and differentiates in linear time") {
  std::vector<Tensor> parts;
  ag::Tape tape;
  const Tensor x = tape.variable(numbers({20000}));
  for (Index i = 0; i < 20000; ++i) parts.push_back(slice(x, i));
  const Tensor y = ag::stack(parts);
  CHECK(tape.gradient(Tensor(sum(y * y)))[x].to_vector()[7] == 2 * x.to_vector()[7]);
}

TEST_CASE("split is the inverse of concatenate, by sections and by places") {
  each_argument({6, 4}, [](const Tensor& x) {
    const auto thirds = split(x, 3);
    REQUIRE(thirds.size() == 3);
    for (Index k = 0; k < 3; ++k)
      expect_elements(thirds[static_cast<std::size_t>(k)], {2, 4},
                      [&](const Shape& i) { return element(x, {i[0] + 2 * k, i[1]}); });
    CHECK(thirds[1].data().shares_memory(x.data()));
    const auto parts = split(x, {1, 3}, 1);
    REQUIRE(parts.size() == 3);
    expect_elements(parts[2], {6, 1}, [&](const Shape& i) { return element(x, {i[0], 3}); });
    CHECK(split(x, {3}).size() == 2);
    CHECK(split(x, std::vector<Index>{2, 9, -1})[2].shape() == Shape{0, 4});
    CHECK(ag::concatenate(parts, 1).to_vector() == x.to_vector());
    expect_gradient([](const Tensor& t) { return ag::concatenate({split(t, 2, 1)[1], split(t, {1}, 1)[0]}, 1); }, x);
  });
  const Tensor x = numbers({6, 4});
  CHECK_THROWS_WITH(split(x, 4), ContainsSubstring("[split] 4 equal parts of axis 0 of shape (6, 4)."));
  CHECK_THROWS_AS(split(x, 0), ag::ShapeError);
  CHECK_THROWS_AS(split(x, 2, 2), ag::ShapeError);
}

TEST_CASE("pad puts a constant around a tensor") {
  each_argument({2, 3}, [](const Tensor& x) {
    expect_elements(pad(x, {{1, 0}, {0, 2}}, 7), {3, 5},
                    [&](const Shape& i) { return i[0] >= 1 && i[1] < 3 ? element(x, {i[0] - 1, i[1]}) : 7; });
    expect_elements(pad(x, 1), {4, 5},
                    [&](const Shape& i) { return i[0] % 3 && i[1] % 4 ? element(x, {i[0] - 1, i[1] - 1}) : 0; });
    expect_gradient([](const Tensor& t) { return pad(t, {{1, 0}, {0, 2}}); }, x);
  });
  each_argument({0, 2}, [](const Tensor& x) { expect_gradient([](const Tensor& t) { return pad(t, 2); }, x); });
  each_argument({}, [](const Tensor& x) { expect_gradient([](const Tensor& t) { return pad(t, 2); }, x); });
  expect_second_order([](const Tensor& t) { return pad(t, 1, 3); }, numbers({2, 2}));
  const Tensor x = numbers({2, 3});
  CHECK(pad(Tensor::arange(2), 1, -1).to_vector() == std::vector<double>{-1, 0, 1, -1});
  CHECK_THROWS_WITH(pad(x, {{1, 1}}), ContainsSubstring("[pad] 1 widths for a tensor of shape (2, 3)."));
  CHECK_THROWS_WITH(pad(x, -1), ContainsSubstring("They are 0 or more; cut with slice."));
  CHECK_THROWS_AS(pad(x, std::numeric_limits<Index>::max()), ag::ShapeError);
}

TEST_CASE("lists of tensors name what does not fit") {
  const Tensor x = numbers({3, 4});
  CHECK_THROWS_WITH(ag::concatenate({x, x, numbers({3, 5})}),
                    "[concatenate] tensor 2 has shape (3, 5), the first (3, 4). Shapes may differ along axis 0 only.");
  CHECK_THROWS_AS(ag::concatenate({x, numbers({4})}), ag::ShapeError);
  CHECK_THROWS_AS(ag::concatenate({x}, 2), ag::ShapeError);
  CHECK_THROWS_AS(ag::concatenate({Tensor(1.0), Tensor(2.0)}), ag::ShapeError);
  CHECK_THROWS_WITH(ag::concatenate({x, numbers({3, 4}, ag::float32)}),
                    "[concatenate] tensor 1 is float32, the first float64. Convert one with cast.");
  CHECK_THROWS_WITH(ag::stack({x, numbers({3, 5})}), ContainsSubstring("All shapes must be the same."));
  CHECK_THROWS_AS(ag::stack({x}, 3), ag::ShapeError);
  CHECK_THROWS_WITH(ag::stack(std::vector<Tensor>{}), ContainsSubstring("[stack] an empty list of tensors."));
  CHECK_THROWS_AS(ag::concatenate({}), ag::ShapeError);
  ag::Tape other;
  const Tensor v = other.variable(x);
  ag::Tape tape;
  CHECK_NOTHROW(ag::concatenate({v, x}));  // a constant of the inner tape
}
