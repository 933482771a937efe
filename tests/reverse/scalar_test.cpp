// Scalars on the tape: what a statement costs, how long a tape can get, and what it refuses.
#include <array>
#include <cmath>
#include <memory>
#include <vector>
#include <autograd/autograd.hpp>
#include <tests/catch.hpp>

namespace ag = autograd;

TEST_CASE("a statement stores a partial and an index for each argument, an index alone for a unit one") {
  ag::Tape tape;
  const auto x = tape.variable(3.0), y = tape.variable(4.0);
  const auto cost = [&](const auto& e) {
    const std::size_t before = tape.bytes();
    const ag::Var named = e;
    CHECK(named.index() != 0);
    return tape.bytes() - before;
  };
  CHECK(cost(x + y) == 4 + 2 * 4);
  CHECK(cost(x - y) == 4 + 2 * 4);
  CHECK(cost(-x) == 4 + 4);
  CHECK(cost(x + 1.0) == 4 + 4);
  CHECK(cost(x * y) == 4 + 2 * 12);
  CHECK(cost(x * y - sin(x) + y) == 4 + 3 * 12 + 4);
  CHECK(cost(x * 0.0) == 4 + 12);
  // A slope known to be 0 from its type is not stored, and the result is on the tape all the same.
  CHECK(cost(floor(x)) == 4);
}

TEST_CASE("a variable that is squared is one argument") {
  ag::Tape tape;
  const auto x = tape.variable(3.0), y = tape.variable(4.0);
  const auto check = [&](const auto& e, std::size_t arguments, double dx, double dy) {
    const std::size_t before = tape.bytes();
    const ag::Var named = e;
    CHECK(tape.bytes() - before == 4 + 12 * arguments);
    const auto g = tape.gradient(named);
    CHECK(g[x].value() == dx);
    CHECK(g[y].value() == dy);
  };
  check(x * x, 1, 6, 0);
  check(100.0 * x * x + y * y, 2, 600, 8);
  check(x * x - y * (2.0 * y), 2, 6, -16);
  check(x * x + x * y, 4, 10, 3);  // one product of two variables, and all stay as they are
  check(ag::Var(2.0) * x + y * y, 3, 2, 8);
  ag::Var s = x * y;
  const std::size_t before = tape.bytes();
  s += x * x;
  s -= 3.0 * y * y;
  CHECK(tape.bytes() - before == 2 * 12);
  const auto g = tape.gradient(s);
  CHECK(g[x].value() == 4 + 6);
  CHECK(g[y].value() == 3 - 24);
  const ag::Tensor t = tape.variable(ag::Tensor::ones({2}));
  const ag::Var after = x * x;
  CHECK(tape.gradient(after)[x].value() == 6);
}

TEST_CASE("a statement of many arguments names each variable once") {
  ag::Tape tape;
  std::vector<ag::Var> x;
  for (int i = 0; i < 13; ++i) x.push_back(tape.variable(1.0 + 0.25 * i));
  // 12 arguments with these partials: 1, then in pairs of a product, then 1 and -1
  const auto check = [&](std::array<std::size_t, 12> v, std::size_t arguments) {
    std::vector<double> expected(x.size());
    expected[v[0]] += 1;
    for (const std::size_t k : {1, 4, 7}) {
      const double a = x[v[k]].value(), b = x[v[k + 1]].value(), c = x[v[k + 2]].value();
      expected[v[k]] += b - c;
      expected[v[k + 1]] += a;
      expected[v[k + 2]] -= a;
    }
    expected[v[10]] += 1;
    expected[v[11]] -= 1;
    const auto at = [&](std::size_t k) -> const ag::Var& { return x[v[k]]; };
    const std::size_t before = tape.bytes();
    const ag::Var y =
        at(0) + at(1) * (at(2) - at(3)) + at(4) * (at(5) - at(6)) + at(7) * (at(8) - at(9)) + at(10) - at(11);
    if (ag::core::merges_equal && arguments) CHECK(tape.bytes() - before == 4 + 12 * arguments);
    else CHECK(tape.bytes() - before == 4 + 9 * 12 + 3 * 4);
    const auto g = tape.gradient(ag::Var(y * 2.0));
    for (std::size_t i = 0; i < x.size(); ++i) {
      INFO("variable " << i);
      CHECK(g[x[i]].value() == 2 * expected[i]);
    }
  };
  for (int round = 0; round < 2; ++round) {  // more patterns than are remembered, so that they are learned again
    check({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, 0);
    check({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0}, 11);
    check({0, 1, 2, 3, 1, 2, 3, 1, 2, 3, 0, 4}, 5);
    check({12, 11, 11, 11, 4, 4, 5, 6, 7, 8, 9, 11}, 8);
    check({0, 0, 1, 1, 0, 1, 1, 0, 2, 2, 3, 3}, 4);
    check({0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7}, 0);  // one of them five times: as they are
    check({5, 4, 3, 2, 1, 0, 5, 4, 3, 2, 1, 0}, 6);
  }
  const auto z = tape.variable(7.0);  // beside constants
  const ag::Var c = 2.0, y = z + z * (c - z) + z * (c - c) + c * (z - c) + c - z;
  CHECK(tape.gradient(y)[z].value() == 1 + (2 - 14) + 0 + 2 - 1);
}

TEST_CASE("constants cost nothing and stay off the tape") {
  ag::Tape tape;
  const ag::Var c = 2.0;
  const std::size_t before = tape.bytes();
  const ag::Var d = exp(c) * 3.0;
  CHECK(tape.bytes() == before);
  CHECK(d.index() == 0);
  CHECK(d.value() == Approx(3 * std::exp(2.0)));
  CHECK_THROWS_AS(tape.gradient(d), ag::TapeError);
}

TEST_CASE("rewind forgets what came after a position") {
  ag::Tape tape;
  const auto x = tape.variable(2.0);
  const ag::Var kept = x * x;
  const auto here = tape.position();
  const std::size_t bytes = tape.bytes();
  for (int step = 0; step < 3; ++step) {
    const auto z = tape.variable(5.0);
    const ag::Var f = kept * z;
    CHECK(tape.gradient(f)[x].value() == 20);
    tape.rewind(here);
    CHECK(tape.bytes() == bytes);
  }
  CHECK(tape.gradient(kept)[x].value() == 4);
}

TEST_CASE("the storage that a tape of sums leaves serves a tape of products") {
  constexpr int many = 2'000'000;
  const auto record = [](const auto& step) {
    ag::Tape tape;
    ag::Var x = tape.variable(1.0);
    const ag::Var start = x;
    for (int i = 0; i < many; ++i) x = ag::Var(step(x));
    return tape.gradient(x)[start].value();
  };
  CHECK(record([](const ag::Var& x) { return x + 1.0; }) == 1);  // indices alone
  CHECK(record([](const ag::Var& x) { return x * 1.0; }) == 1);  // a partial for each
}

TEST_CASE("a variable made after the position of a rewind is dead") {
  ag::Tape tape;
  const auto x = tape.variable(2.0);
  const auto here = tape.position();
  const auto z = tape.variable(5.0);
  const auto t = tape.variable(ag::Tensor::ones({2}));
  tape.rewind(here);
  CHECK_THROWS_AS(tape.gradient(z), ag::TapeError);
  const ag::Var f = x * x;
  const auto g = tape.gradient(f);
  CHECK_THROWS_AS(ag::Tensor(t * t), ag::TapeError);
  CHECK_THROWS_AS(g[t], ag::TapeError);
}

TEST_CASE("a result that depends on a dead variable has no gradient") {
  ag::Tape tape;
  const auto x = tape.variable(2.0);
  const auto here = tape.position();
  std::vector<ag::Var> dead;
  for (int i = 0; i < 1000; ++i) dead.push_back(tape.variable(5.0));
  ag::Var sum = x * x;
  tape.rewind(here);
  CHECK_THROWS_AS(sum += x * 3.0, ag::TapeError);
  const ag::Var f = x * dead.back();
  CHECK_THROWS_AS(tape.gradient(f), ag::TapeError);
  const ag::Var unharmed = x * x;
  CHECK(tape.gradient(unharmed)[x].value() == 4);
  CHECK_THROWS_AS(tape.gradient(unharmed)[dead.back()], ag::TapeError);
  {
    ag::Tensor t = tape.variable(ag::Tensor::ones({2}));  // also beside tensors
    const ag::Var g = x * dead.back();
    CHECK_THROWS_AS(tape.gradient(g), ag::TapeError);
  }
  ag::BasicTape<float> narrow;
  const auto y = narrow.variable(2.0f);
  const auto there = narrow.position();
  narrow.variable(3.0f);
  const auto z = narrow.variable(3.0f);  // the first one's place becomes that of h
  narrow.rewind(there);
  const ag::BasicVar<float> h = y * z;
  CHECK_THROWS_AS(narrow.gradient(h), ag::TapeError);
}

TEST_CASE("variables of another tape are refused") {
  auto other = std::make_unique<ag::Tape>();
  const auto a = other->variable(1.0);
  const auto t = other->variable(ag::Tensor::ones({2}));
  const ag::Var used = a * 2.0;
  other.reset();
  CHECK(ag::Var(a * a).value() == 1);  // without a tape it just computes
  ag::Tape tape;
  const auto x = tape.variable(3.0);
  const std::size_t before = tape.bytes(), size = tape.size();
  CHECK_THROWS_AS(ag::Var(x * x + a), ag::TapeError);
  CHECK_THROWS_AS(ag::Var(x + used), ag::TapeError);
  CHECK_THROWS_AS(ag::Tensor(t * x), ag::TapeError);
  CHECK_THROWS_AS(tape.gradient(a), ag::TapeError);
  CHECK_THROWS_AS(tape.variable(a), ag::TapeError);
  CHECK(tape.size() == size);
  CHECK(tape.bytes() == before);  // the statement that failed left nothing behind
  const ag::Var y = x * x;
  const auto g = tape.gradient(y);
  CHECK(g[x].value() == 6);
  CHECK_THROWS_AS(g[a], ag::TapeError);
  CHECK_THROWS_AS(g[ag::Var(1.0)], ag::TapeError);
}

TEST_CASE("without a tape the same code just computes") {
  const ag::Var x = 3.0;
  const ag::Var y = x * x + sin(x);
  CHECK(y.value() == 9 + std::sin(3.0));
  CHECK(y.index() == 0);
}

TEST_CASE("compound assignment, comparison and printing of scalars") {
  ag::Tape tape;
  const auto x = tape.variable(3.0);
  ag::Var y = x;
  y += x;
  y *= 2.0;
  y -= 1.0;
  y /= x;
  CHECK(y.value() == Approx(11.0 / 3));
  CHECK(tape.gradient(y)[x].value() == Approx(1.0 / 9));
  CHECK((x > 2.0));
  CHECK_FALSE((x == y));
  std::ostringstream text;
  text << x;
  CHECK(text.str() == "3");
  text << ag::Var(-std::nan(""));
  CHECK(text.str() == "3nan");
}

TEST_CASE("single precision scalars") {
  ag::BasicTape<float> tape;
  const auto x = tape.variable(0.5f);
  const ag::BasicVar<float> y = tanh(x * 2.0f) + exp(x);
  CHECK(y.value() == Approx(std::tanh(1.0f) + std::exp(0.5f)).epsilon(1e-6));
  const float t = std::tanh(1.0f);
  CHECK(tape.gradient(y)[x] == Approx(2 * (1 - t * t) + std::exp(0.5f)).epsilon(1e-6));
}

TEST_CASE("a tape of duals gives a Hessian times a vector") {
  // f = x^2 y + sin(x y) at (1, 2) along v = (1, -1), both derivatives by hand.
  using D = ag::Dual<double>;
  ag::BasicTape<D> tape;
  const auto x = tape.variable(D{1.0, 1.0}), y = tape.variable(D{2.0, -1.0});
  const ag::BasicVar<D> f = x * x * y + sin(x * y);
  const auto g = tape.gradient(f);
  const double c = std::cos(2.0), s = std::sin(2.0);
  CHECK(g[x].value == Approx(4 + 2 * c));
  CHECK(g[y].value == Approx(1 + c));
  const double fxx = 4 - 4 * s, fxy = 2 + c - 2 * s, fyy = -s;
  CHECK(g[x].tangent == Approx(fxx - fxy));
  CHECK(g[y].tangent == Approx(fxy - fyy));
}

TEST_CASE("a tape that is not the innermost does not record") {
  ag::Tape outer;
  const auto x = outer.variable(2.0);
  const std::size_t size = outer.size();
  {
    ag::BasicTape<float> unrelated;
    const auto z = unrelated.variable(1.0f);
    const ag::BasicVar<float> w = z * z;
    CHECK(unrelated.gradient(w)[z] == 2);
  }
  CHECK(outer.size() == size);
  const ag::Var y = x * x;
  CHECK(outer.gradient(y)[x].value() == 4);
}

TEST_CASE("partials equal to those before are stored once") {
  ag::Tape tape;
  const ag::Var x = tape.variable(2.0), y = tape.variable(3.0);
  const ag::Var a = 0.25 * x + 0.5 * y;
  const std::size_t first = tape.bytes();
  ag::Var b = 0.25 * a + 0.5 * y;
  CHECK(tape.bytes() - first == 3 * sizeof(std::uint32_t));  // two indices and a header
  const auto middle = tape.position();
  b += 3.0 * x;  // a statement without partials of its own cannot grow
  const ag::Var c = 0.25 * b + 0.5 * y;
  const ag::Var f = c * b;
  const auto g = tape.gradient(f);
  const double bx = 0.0625 + 3.0, by = 0.625;
  CHECK(g[x].value() == Approx(0.25 * bx * b.value() + c.value() * bx));
  CHECK(g[y].value() == Approx((0.25 * by + 0.5) * b.value() + c.value() * by));

  tape.rewind(middle);
  const ag::Var d = 0.25 * x + 0.75 * y;  // the same first partial is not enough
  const auto h = tape.gradient(d);
  CHECK(h[x].value() == 0.25);
  CHECK(h[y].value() == 0.75);
}

TEST_CASE("partials stored once serve statements with unit partials, and cotangents that are infinite") {
  ag::Tape tape;
  const ag::Var x = tape.variable(0.0), y = tape.variable(0.0), z = tape.variable(0.0);
  const ag::Var a = 0.25 * x + 0.5 * y;
  const std::size_t first = tape.bytes();
  const ag::Var b = z + 0.25 * x - y + 0.5 * a - z;
  CHECK(tape.bytes() - first == 6 * sizeof(std::uint32_t));  // five indices and a header
  const ag::Var c = 0.125 * y;
  const auto g = tape.gradient(ag::Var(b * 2.0 + c));
  CHECK(g[x].value() == 2 * (0.25 + 0.5 * 0.25));
  CHECK(g[y].value() == 2 * (-1 + 0.5 * 0.5) + 0.125);
  CHECK(g[z].value() == 0);
  const ag::Var d = 0.25 * x + 0.5 * y, e = 0.25 * d + 0.5 * z;  // the second repeats the first
  const auto h = tape.gradient(ag::Var(sqrt(e)));
  CHECK(std::isinf(h[x].value()));
  CHECK(std::isinf(h[z].value()));
  CHECK(tape.gradient(ag::Var(3.0 * e))[y].value() == 3 * 0.25 * 0.5);
}

TEST_CASE("variables made one after the other take no more than four bytes together") {
  ag::Tape tape;
  const std::size_t before = tape.bytes();
  std::vector<ag::Var> x;
  for (int k = 0; k < 100; ++k) x.push_back(tape.variable(1.0 + k));
  CHECK(tape.bytes() - before <= 4);
  CHECK(tape.size() == 100);
  const ag::Var product = x[0] * x[99];
  const auto middle = tape.position();
  const std::size_t bytes = tape.bytes();
  // Runs before, between and after statements, also one that is cut back in its middle.
  const ag::Var y = tape.variable(5.0), z = tape.variable(7.0);
  const auto inside = tape.position();
  for (int turn = 0; turn < 2; ++turn) {
    const ag::Var late = tape.variable(11.0), later = tape.variable(13.0);
    const ag::Var f = product * y * late + x[50] * z * later;
    const auto g = tape.gradient(f);
    CHECK(g[x[0]].value() == 100 * 5 * 11);
    CHECK(g[x[99]].value() == 5 * 11);
    CHECK(g[x[50]].value() == 7 * 13);
    CHECK(g[x[51]].value() == 0);
    CHECK(g[y].value() == 100 * 11);
    CHECK(g[z].value() == 51 * 13);
    CHECK(g[late].value() == 100 * 5);
    CHECK(g[later].value() == 51 * 7);
    tape.rewind(inside);
    CHECK(tape.size() == 103);
  }
  tape.rewind(middle);
  CHECK(tape.bytes() == bytes);
  CHECK(tape.gradient(product)[x[0]].value() == 100);
}

TEST_CASE("more variables than a header counts") {
  constexpr std::uint32_t many = (1u << 20) + 5;
  ag::Tape tape;
  const ag::Var first = tape.variable(2.0), square = first * first;
  ag::Var last;
  for (std::uint32_t k = 0; k < many; ++k) last = tape.variable(3.0);
  CHECK(tape.size() == many + 2);
  const ag::Var f = square * last;
  const auto g = tape.gradient(f);
  CHECK(g[first].value() == 12);
  CHECK(g[last].value() == 4);
}
