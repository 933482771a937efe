// Tensors on the tape: what is refused, what is kept, and the way to xtensor and back.
#include <cmath>
#include <optional>
#include <sstream>
#include <type_traits>
#include <autograd/autograd.hpp>
#include <tests/catch.hpp>

namespace ag = autograd;

TEST_CASE("a value changed in place after it was recorded cannot be differentiated through") {
  for (bool graph : {false, true}) {
    std::optional<ag::Tape> tape;
    graph ? tape.emplace(ag::record_graph) : tape.emplace();
    ag::Tensor c = ag::Tensor::ones({3});
    const auto x = tape->variable(ag::Tensor::ones({3}));
    const ag::Tensor y = x * c, f = sum(y);
    CHECK(tape->gradient(f)[x].to_vector() == std::vector<double>(3, 1.0));
    c.mutable_array<double>()(1) = 7;
    CHECK_THROWS_AS(tape->gradient(f), ag::TapeError);
    CHECK_THROWS_WITH(tape->gradient(f), ContainsSubstring("changed in place"));
  }
}

TEST_CASE("the shape of a temporary outlives it") {
  const auto ones = [](const ag::Shape& shape) { return ag::Tensor::ones(shape); };
  const ag::Shape& shape = ones({2, 3}).shape();
  static_assert(!std::is_reference_v<decltype(ones({}).shape())>);
  static_assert(!std::is_reference_v<decltype(ag::core::Array().shape())>);
  CHECK(shape == ag::Shape{2, 3});
}

TEST_CASE("a tensor on a tape is not writable") {
  ag::Tape tape;
  auto x = tape.variable(ag::Tensor::ones({3}));
  CHECK_THROWS_AS(x.mutable_array<double>(), ag::TapeError);
}

TEST_CASE("float32 and float64 do not mix, literals and masks adapt") {
  const ag::Tensor a = ag::Tensor::ones({2}, ag::float32), b = ag::Tensor::ones({2}, ag::float64);
  CHECK_THROWS_AS(ag::Tensor(a + b), ag::DtypeError);
  CHECK_THROWS_AS(ag::Tensor(sum(a * b)), ag::DtypeError);
  CHECK(ag::Tensor(a * 2.0).dtype() == ag::float32);
  CHECK(ag::Tensor(a * (a > 0.5)).dtype() == ag::float32);
  CHECK(ag::Tensor(a > 0.5).dtype() == ag::boolean);
  ag::Tape tape{ag::record_graph};
  const auto x = tape.variable(a);
  CHECK_THROWS_AS(ag::Tensor(x + b), ag::DtypeError);
  CHECK_THROWS_AS(tape.variable(ag::Tensor::arange(3)), ag::DtypeError);
}

TEST_CASE("the gradient of a result with several elements needs a cotangent") {
  ag::Tape tape;
  const auto x = tape.variable(ag::Tensor::ones({2, 3}));
  const ag::Tensor y = x * 2.0;
  CHECK_THROWS_AS(tape.gradient(y), ag::TapeError);
  CHECK_THROWS_WITH(tape.gradient(y), ContainsSubstring("(2, 3)"));
  CHECK(tape.gradient(y, ag::Tensor(3.0))[x].to_vector() == std::vector<double>(6, 6.0));
  CHECK_THROWS_AS(tape.gradient(y, ag::Tensor::ones({4})), ag::ShapeError);
  CHECK_THROWS_AS(tape.gradient(y, ag::Tensor::ones({2, 3}, ag::float32)), ag::DtypeError);
}

TEST_CASE("an intermediate result keeps its gradient while somebody holds it") {
  ag::Tape tape;
  const auto x = tape.variable(ag::Tensor::ones({2}));
  const ag::Tensor h = x * 3.0;
  std::optional<ag::Tensor> lost;
  const ag::Tensor f = [&] {
    const ag::Tensor k = h * h;
    return ag::Tensor(sum(k * 2.0));
  }();
  const auto g = tape.gradient(f);
  CHECK(g[h].to_vector() == std::vector<double>{12, 12});
  CHECK(g[x].to_vector() == std::vector<double>{36, 36});
  CHECK(g[f].value() == 1);
}

TEST_CASE("the gradient of a variable that was not used is zeros") {
  ag::Tape tape;
  const auto x = tape.variable(ag::Tensor::ones({2}));
  const auto unused = tape.variable(ag::Tensor::ones({2, 2}, ag::float32));
  const auto scalar = tape.variable(1.0);
  const ag::Parameter p(ag::Tensor::ones({5}));
  const ag::Tensor f = sum(x);
  const auto g = tape.gradient(f);
  CHECK(g[unused].shape() == ag::Shape{2, 2});
  CHECK(g[unused].dtype() == ag::float32);
  CHECK(g[unused].to_vector() == std::vector<double>(4, 0.0));
  CHECK(g[scalar].value() == 0);
  CHECK(g[p].shape() == ag::Shape{5});
}

TEST_CASE("parameters are values with an identity of their own") {
  ag::Parameter p(ag::Tensor::ones({2}));
  ag::Parameter q = p;
  q.assign(ag::Tensor::full({2}, 5));
  CHECK(p.value().to_vector() == std::vector<double>{1, 1});
  ag::Tape tape;
  const ag::Tensor f = sum(p * q * q);
  const auto g = tape.gradient(f);
  CHECK(g[p].to_vector() == std::vector<double>{25, 25});
  CHECK(g[q].to_vector() == std::vector<double>{10, 10});
  CHECK_THROWS_AS(p.assign(ag::Tensor::ones({3})), ag::ShapeError);
  q.assign(ag::Tensor::zeros({2}));
  CHECK_THROWS_AS(tape.gradient(f), ag::TapeError);  // its values are gone
  CHECK_THROWS_AS(ag::Parameter(ag::Tensor::arange(3)), ag::DtypeError);
  p.assign(ag::Tensor::ones({2}));
  p -= 0.25 * ag::Tensor::ones({2});
  p += ag::Tensor::full({2}, 2.0);
  CHECK(p.value().to_vector() == std::vector<double>{2.75, 2.75});
  CHECK_THROWS_AS(p -= ag::Tensor::ones({3}), ag::ShapeError);
  CHECK_THROWS_AS(p -= ag::Tensor::ones({2}, ag::float32), ag::DtypeError);
}

TEST_CASE("tensors print as NumPy prints them") {
  const auto text = [](const ag::Tensor& t) {
    std::ostringstream out;
    out << t;
    return out.str();
  };
  CHECK(text(ag::Tensor(2.5)) == "2.5");
  CHECK(text(ag::Tensor::arange(3)) == "[0, 1, 2]");
  CHECK(text(ag::Tensor::arange(4).data().rank() == 1 ? ag::Tensor::linspace(0, 3, {2, 2}) : ag::Tensor()) ==
        "[[0, 1],\n [2, 3]]");
  CHECK(text(ag::Tensor::zeros({0})) == "[]");
  CHECK(text(ag::Tensor::zeros({2, 0})) == "[[],\n []]");
  CHECK(text(ag::Tensor::of<double>({std::nan(""), -std::nan("")}, {2})) == "[nan, nan]");
  CHECK(text(ag::Tensor::arange(2000)) == "[0, 1, 2, ..., 1997, 1998, 1999]");
}

TEST_CASE("asking for elements of another type is an error") {
  const ag::Tensor t = ag::Tensor::ones({2}, ag::float32);
  CHECK_THROWS_AS(t.array<double>(), ag::DtypeError);
  CHECK_THROWS_WITH(t.array<double>(), ContainsSubstring("float32"));
  CHECK(t.array<float>()(1) == 1);
  CHECK_THROWS_AS(t.value(), ag::ShapeError);
}

TEST_CASE("xtensor expressions in") {
  const xt::xarray<double> a{{1, 2, 3}, {4, 5, 6}};
  const ag::Tensor copy = a, lazy = a * 2 + 1, chosen = xt::where(a > 2, a, -a);
  CHECK(copy.shape() == ag::Shape{2, 3});
  CHECK(lazy.to_vector() == std::vector<double>{3, 5, 7, 9, 11, 13});
  CHECK(chosen.to_vector() == std::vector<double>{-1, -2, 3, 4, 5, 6});
  const xt::xarray<int> labels{1, 0, 2};
  CHECK(ag::Tensor(labels).dtype() == ag::int64);
  CHECK(ag::Tensor(a > 2).dtype() == ag::boolean);
  const xt::xtensor<float, 1> single{1, 2};
  CHECK(ag::Tensor(single).dtype() == ag::float32);
}

TEST_CASE("xtensor adaptors out, over views with any strides") {
  const ag::Tensor t = ag::Tensor::linspace(0, 5, {2, 3});
  CHECK(xt::sum(t.array<double>())() == 15);
  const ag::Tensor reversed(t.data().view({2, 3}, {-3, -1}, 5)), turned(t.data().view({3, 2}, {1, 3}, 0));
  const ag::Tensor column(t.data().view({2}, {3}, 1)), row = ag::Tensor(t.data().view({4, 3}, {0, 1}, 0));
  const auto r = reversed.array<double>();
  CHECK(r(0, 0) == 5);
  CHECK(r(1, 2) == 0);
  CHECK(ag::Tensor(r).to_vector() == std::vector<double>{5, 4, 3, 2, 1, 0});
  CHECK(ag::Tensor(turned.array<double>()).to_vector() == std::vector<double>{0, 3, 1, 4, 2, 5});
  CHECK(ag::Tensor(column.array<double>()).to_vector() == std::vector<double>{1, 4});
  CHECK(row.array<double>()(3, 2) == 2);
  const xt::xarray<double> sum = t.array<double>() + reversed.array<double>();
  CHECK(sum(1, 1) == 5);
}

TEST_CASE("an xtensor array in an expression of tensors is a constant") {
  const xt::xarray<double> a{1, 2, 3};
  ag::Tape tape;
  const auto x = tape.variable(ag::Tensor::of<double>({4, 5, 6}, {3}));
  const ag::Tensor right = x * a, left = a * x, both = sum(x * a + a), lazy = x * (a + 1.0);
  CHECK(right.to_vector() == std::vector<double>{4, 10, 18});
  CHECK(left.to_vector() == std::vector<double>{4, 10, 18});
  CHECK(both.value() == 38);
  CHECK(lazy.to_vector() == std::vector<double>{8, 15, 24});
  CHECK(tape.gradient(both)[x].to_vector() == std::vector<double>{1, 2, 3});
  const ag::Tensor larger = maximum(x, a * 3.0), minus = a - x;
  CHECK(larger.to_vector() == std::vector<double>{4, 6, 9});
  CHECK(minus.to_vector() == std::vector<double>{-3, -3, -3});
  CHECK(ag::Tensor(x > a).dtype() == ag::boolean);
}
