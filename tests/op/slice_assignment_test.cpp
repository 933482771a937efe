// Changing a part of a tensor: a new tensor with gradients, or in place among constants, or an error. Never wrong.
#include <tests/op/check.hpp>

using namespace check;
using ag::all, ag::ellipsis, ag::newaxis, ag::none, ag::range;

TEST_CASE("index_update and index_add: values and gradients to both arguments") {
  const Tensor row = numbers({2});
  each_argument({3, 4}, [&](const Tensor& x) {
    const Tensor v = cast(row, x.dtype());
    const auto inside = [](const Shape& i) { return i[0] != 1 && (i[1] == 1 || i[1] == 3); };
    const auto part = [](const Tensor& a, const Tensor& b) {
      return index_update(a, range(none, none, 2), range(none, none, -2), b);
    };
    const auto value = [&](const Shape& i) { return element(v, {i[1] == 3 ? 0 : 1}); };
    expect_elements(part(x, v), {3, 4}, [&](const Shape& i) { return inside(i) ? value(i) : element(x, i); });
    expect_elements(index_add(x, range(none, none, 2), range(none, none, -2), v), {3, 4},
                    [&](const Shape& i) { return element(x, i) + (inside(i) ? value(i) : 0); });
    expect_gradient([&](const Tensor& t) { return part(t, v); }, x);
    expect_gradient([&](const Tensor& t) { return index_add(t, 1, v.size() == 2 ? range(1, 3) : range(0), v); }, x);
    expect_gradient(
        [&](const Tensor& t) { return index_update(Tensor::zeros({2, 3, 4, 1}, t.dtype()), 1, ellipsis, 0, t); }, x);
    expect_gradient([&](const Tensor& t) { return index_add(t, ellipsis, t); }, x);
    expect_gradient([&](const Tensor& t) { return index_update(t, range(2), slice(t, range(1, 3))); }, x);
  });
  each_argument({2}, [&](const Tensor& t) {
    const Tensor x = numbers({3, 4}, t.dtype());
    expect_gradient([&](const Tensor& b) { return index_update(x, range(none, none, 2), range(none, none, 2), b); }, t);
    expect_gradient([&](const Tensor& b) { return index_add(x, 0, range(1, 3), b); }, t);
  });
  each_argument({}, [&](const Tensor& t) {
    const Tensor x = numbers({3, 4}, t.dtype());
    expect_gradient([&](const Tensor& b) { return index_update(x, all, 1, b); }, t);
    expect_gradient([&](const Tensor& b) { return index_update(x, 2, 1, b); }, t);
    expect_gradient([&](const Tensor& b) { return index_update(b, ellipsis, 3.0); }, t);
  });
  expect_second_order([](const Tensor& t) { return index_update(t, 0, slice(t, 1) * slice(t, 0)); }, numbers({2, 3}));
  expect_second_order([](const Tensor& t) { return index_add(t, all, 1, slice(t, all, 0)); }, numbers({2, 3}));
}

TEST_CASE("index_update takes numbers and scalar variables, and leaves its argument alone") {
  ag::Tape tape;
  const Tensor x = tape.variable(numbers({2, 2}));
  const auto before = x.to_vector();
  const ag::Var s = tape.variable(3.0);
  const Tensor y = index_update(index_update(x, 0, 0, 7), 1, all, s);
  CHECK(y.to_vector() == std::vector<double>{7, before[1], 3, 3});
  CHECK(x.to_vector() == before);
  const auto g = tape.gradient(Tensor(sum(y * y)));
  CHECK(g[x].to_vector() == std::vector<double>{0, 2 * before[1], 0, 0});
  CHECK(g[s].value() == 12);
  CHECK(index_update(Tensor::arange(3), 1, 9).to_vector() == std::vector<double>{0, 9, 2});
  CHECK(index_update(Tensor::zeros({2}, ag::boolean), 1, true).to_vector() == std::vector<double>{0, 1});
}

TEST_CASE("index_update names what does not fit") {
  const Tensor x = numbers({3, 4});
  CHECK_THROWS_WITH(
      index_update(x, 0, numbers({3})),
      ContainsSubstring("[index_update] a value of shape (3,) does not broadcast to the slice, which has shape (4,)."));
  CHECK_THROWS_AS(index_update(x, 0, numbers({1, 4})), ag::ShapeError);
  CHECK_THROWS_WITH(index_update(x, 3, 1.0), ContainsSubstring("[index_update] index 3 is out of range"));
  CHECK_THROWS_WITH(index_add(x, 0, numbers({4}, ag::float32)),
                    ContainsSubstring("[index_add] a value of dtype float32"));
  CHECK_THROWS_WITH(index_update(Tensor::arange(3), 1, 0.5), ContainsSubstring("is not an integer"));
  CHECK_THROWS_AS(index_add(Tensor::zeros({2}, ag::boolean), 1, true), ag::DtypeError);
}

TEST_CASE("assign writes through views that share memory") {
  Tensor x = Tensor::zeros({3, 4});
  assign(slice(x, 1), 5.0);
  assign(slice(transpose(x), range(none, none, -1), 0), Tensor::of<double>({1, 2, 3, 4}, {4}));
  const Tensor corner = slice(x, range(2, none), range(2, none));
  assign(corner, Tensor(9.0));
  CHECK(x.to_vector() == std::vector<double>{4, 3, 2, 1, 5, 5, 5, 5, 0, 0, 9, 9});
  assign(x, 1.0);
  CHECK(corner.to_vector() == std::vector<double>{1, 1});
  // The value may overlap the target: it is read as it was.
  Tensor y = Tensor::arange(5);
  assign(slice(y, range(1, none)), slice(y, range(4)));
  CHECK(y.to_vector() == std::vector<double>{0, 0, 1, 2, 3});
  assign(y, flip(y));
  CHECK(y.to_vector() == std::vector<double>{3, 2, 1, 0, 0});
  assign(diag(x), 0);
  CHECK(sum(x).value() == 9);
}

TEST_CASE("assign refuses whatever would be lost or wrong") {
  const Tensor x = numbers({3, 4});
  CHECK_THROWS_WITH(assign(take(x, {0, 1}), 1.0), ContainsSubstring("[assign] the target is a copy of shape (2, 4)"));
  CHECK_THROWS_AS(assign(reshape(transpose(x), {12}), 1.0), ag::ShapeError);
  CHECK_THROWS_AS(assign(x + x, 1.0), ag::ShapeError);
  CHECK_THROWS_WITH(assign(broadcast_to(slice(x, 0), {3, 4}), 1.0), ContainsSubstring("repeats elements along axis 0"));
  CHECK_THROWS_AS(assign(slice(x, 0), numbers({3})), ag::ShapeError);
  CHECK_THROWS_AS(assign(slice(x, 0), numbers({4}, ag::float32)), ag::DtypeError);

  ag::Tape tape;
  const Tensor v = tape.variable(x);
  CHECK_THROWS_WITH(assign(slice(v, 0), 1.0), ContainsSubstring("Write x = index_update(x, ...)"));
  CHECK_THROWS_AS(assign(v, 1.0), ag::TapeError);
  CHECK_THROWS_WITH(assign(slice(x, 0), slice(v, 1)), ContainsSubstring("its gradient would be lost"));
  CHECK(x.to_vector() == numbers({3, 4}).to_vector());
}

TEST_CASE("a tape refuses to differentiate when values that it saved were assigned to") {
  Tensor w = numbers({3, 4});
  ag::Tape tape;
  const Tensor x = tape.variable(numbers({3, 4}));
  const Tensor product = sum(x * w), linear = sum(slice(x, 0));
  assign(slice(w, range(1), 0), 100.0);
  CHECK_THROWS_AS(tape.gradient(product), ag::TapeError);
  const Tensor independent = sum(3.0 * x);
  ag::Tape fresh;
  const Tensor z = fresh.variable(numbers({4}));
  assign(slice(w, 1), 0.0);
  const Tensor loss = sum(z * slice(w, 1));
  CHECK(fresh.gradient(loss)[z].to_vector() == std::vector<double>{0, 0, 0, 0});
}
