// s += e adds to s in place where nothing has read s: faster, and never to be seen in a gradient.
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <utility>
#include <vector>

#include <autograd/autograd.hpp>
#include <tests/catch.hpp>

namespace ag = autograd;

namespace {

struct Outcome {
  std::vector<double> values, gradients;
};

// Runs a random program on `tape`, tame enough that roundings do not grow: five inputs, some steps that compute,
// accumulate, copy and move, and the gradient of the last of the variables in the end with respect to each that is
// still held.
template <class Tape>
Outcome run(Tape& tape, std::uint64_t seed) {
  std::mt19937_64 bits(seed);
  std::vector<ag::Var> inputs, v;
  for (int i = 0; i < 5; ++i) inputs.push_back(tape.variable(0.25 + 0.1 * i));
  v = inputs;
  const auto any = [&]() -> ag::Var& { return v[bits() % v.size()]; };
  for (int step = 0; step < 30; ++step) {
    ag::Var &a = any(), &b = any(), &c = any();
    switch (bits() % 18) {
      case 0:
        a = tanh(b * c);
        break;
      case 1:
        a = sin(b) + 0.5 * c;
        break;
      case 2:
        a += 0.1 * b * c;
        break;
      case 3:
        a -= 0.1 * b * c;
        break;
      case 4:
        a += b;
        break;
      case 5:
        a -= b;
        break;
      case 6:
        a += 0.5;
        break;
      case 7:
        a = b;
        break;
      case 8:
        v.push_back(std::move(a)), v.push_back(tanh(v.back()));
        break;
      case 9:
        a += cos(b) - c;
        break;
      case 10: {
        ag::Var sum = 0;
        for (const ag::Var& x : v) sum += x * b;
        sum = tanh(sum);
        a = std::move(sum);
        break;
      }
      case 11: {
        ag::Var sum = b;
        for (int k = 0; k < 3; ++k) sum -= c * c;
        a = tanh(sum);
        break;
      }
      case 12:
        a += 0.1 * a * b;
        break;
      case 13:
        std::swap(a, b);
        break;
      case 14:
        for (int k = 0; k < 3; ++k) a *= cos(c), a = sin(b) * a;
        break;
      case 15:
        a = tanh(0.5 * b * b + sin(c) * c);
        break;
      case 16: {
        const ag::Var &d = any(), &e = any(), &f = any();
        a = tanh(d - 0.1 * (b * (c - d) + e * (f - c)) + 0.1 * (c + d + f + e - 2.0 * b));
        break;
      }
      case 17:
        for (ag::Var& x : v) x = tanh(x);
        for (ag::Var& x : v) x += 0.1 * b * c;
        for (ag::Var& x : v) x -= 0.1 * c + 0.2 * c;
        break;
    }
  }
  ag::Var f = 0;
  for (const ag::Var& x : v) f += sin(x);
  Outcome out;
  const auto g = tape.gradient(f);
  for (const std::vector<ag::Var>* list : {&inputs, &v})
    for (const ag::Var& x : *list) {
      out.values.push_back(x.value());
      out.gradients.push_back(x.tag() ? ag::Var(g[x]).value() : 0);
    }
  return out;
}

}  // namespace

TEST_CASE("random programs have the gradients that a tape of single operations gives, at every variable") {
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    const Outcome expected = [&] {
      ag::Tape tape{ag::record_graph};
      return run(tape, seed);
    }();
    ag::Tape tape;
    const Outcome got = run(tape, seed);
    INFO("seed " << seed);
    REQUIRE(got.values.size() == expected.values.size());
    for (std::size_t k = 0; k < got.values.size(); ++k) {
      INFO("variable " << k);
      REQUIRE(got.values[k] == Approx(expected.values[k]).epsilon(1e-11));
      REQUIRE(got.gradients[k] == Approx(expected.gradients[k]).epsilon(1e-9).margin(1e-12));
    }
  }
}

TEST_CASE("a dot product is one statement, however long") {
  ag::Tape tape;
  std::vector<ag::Var> x;
  for (int i = 0; i < 10'000; ++i) x.push_back(tape.variable(0.001 * i));
  const std::size_t before = tape.bytes(), nodes = tape.size();
  ag::Var sum = 0;
  for (const ag::Var& e : x) sum += e * e.value();
  CHECK(tape.size() == nodes + 1);
  CHECK(tape.bytes() - before < 12 * x.size() + 100);  // 12 bytes an argument and a few headers
  const auto g = tape.gradient(sum);
  for (std::size_t i = 0; i < x.size(); ++i) REQUIRE(g[x[i]].value() == x[i].value());
}

TEST_CASE("sums that one variable adds to, one after the other") {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const auto gradients = [](auto&& tape, const auto& last) {
    std::vector<ag::Var> x, s;
    for (int i = 0; i < 6; ++i) x.push_back(tape.variable(1.0 + i));
    for (int i = 0; i < 6; ++i) s.push_back(tape.variable(0.5)), s.back() = sin(s.back());
    for (int i = 0; i < 6; ++i) s[i] += x[i] * x[2];
    for (int i = 0; i < 6; ++i) s[i] += x[3] * x[i];
    for (int i = 0; i < 3; ++i) s[i] -= 2.0 * x[1] + 3.0 * x[1];
    ag::Var f = last(s);
    const auto g = tape.gradient(f);
    std::vector<double> out;
    for (const ag::Var& v : x) out.push_back(ag::Var(g[v]).value());
    return out;
  };
  const auto same = [&](const auto& last) {
    const auto got = gradients(ag::Tape(), last), expected = gradients(ag::Tape(ag::record_graph), last);
    for (std::size_t k = 0; k < got.size(); ++k) {
      INFO("variable " << k);
      if (std::isfinite(expected[k])) CHECK(got[k] == Approx(expected[k]).epsilon(1e-14));
      else CHECK(got[k] == expected[k]);
    }
  };
  same([](const auto& s) { return s[0] * s[1] + s[2] * s[3] - s[4] * s[5]; });
  same([](const auto& s) { return s[0] * s[1] + s[2] * s[3]; });  // cotangents of 0 between others
  same([&](const auto& s) { return s[0] * s[1] + sqrt(s[3] - s[3].value()) + s[5] * infinity; });
}

TEST_CASE("what goes down a chain of products goes to their other factors too") {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  for (const double seed : {1.0, 0.0, infinity}) {
    ag::Tape tape;
    std::vector<ag::Var> x;
    for (int i = 0; i < 5; ++i) x.push_back(tape.variable(1.0 + i));
    ag::Var p = x[0] * x[1];
    p *= x[2];
    p = x[3] * p;
    const ag::Var here = p;
    p *= p;
    p = p * here;  // the cube of 1 * 2 * 3 * 4
    p *= x[4];
    const ag::Var f = p * seed;
    const auto g = tape.gradient(f);
    const double cube = 24.0 * 24 * 24;
    for (int i = 0; i < 4; ++i) CHECK(g[x[i]].value() == (seed == 0 ? 0 : seed * 5 * 3 * cube / (1.0 + i)));
    CHECK(g[x[4]].value() == (seed == 0 ? 0 : seed * cube));
  }
}

TEST_CASE("a sum that has grown is cut back by a rewind") {
  ag::Tape tape;
  const ag::Var x = tape.variable(2.0), y = tape.variable(3.0);
  ag::Var sum = x * x;
  const auto here = tape.position();
  for (double factor : {5.0, 7.0}) {
    ag::Var grown = x * x;
    grown += factor * y;
    const auto g = tape.gradient(grown);
    CHECK(g[y].value() == factor);
    tape.rewind(here);
  }
  sum += 11 * y;
  tape.rewind(here);
  const ag::Var f = x * y;
  const auto g = tape.gradient(f);
  CHECK(g[x].value() == 3);
  CHECK(g[y].value() == 2);
  // The last statement, which grows after the position was taken.
  ag::Var last = x * x;
  const auto there = tape.position();
  last += 11.0 * y;
  CHECK(tape.gradient(last)[y].value() == 11);
  tape.rewind(there);
  const auto h = tape.gradient(last);
  CHECK(h[x].value() == 4);
  CHECK(h[y].value() == 0);
}

TEST_CASE("a variable that was moved from keeps its value as a constant") {
  ag::Tape tape;
  ag::Var x = tape.variable(2.0);
  const ag::Var y = std::move(x);
  CHECK(x.value() == 2);
  CHECK(x.tag() == 0);
  const ag::Var f = y * 3.0;
  CHECK(tape.gradient(f)[y].value() == 3);
  ag::Var z = y * y;
  ag::Var& alias = z;
  z = std::move(alias);
  CHECK(tape.gradient(z)[y].value() == 4);
}

TEST_CASE("an argument with a slope of 0 takes no part in a cotangent that is infinite") {
  ag::Tape tape;
  const ag::Var x = tape.variable(0.0), y = tape.variable(1.0);
  ag::Var chosen = where(y > 0.0, x, 5.0 * y);
  const ag::Var f = sqrt(chosen);
  const auto g = tape.gradient(f);
  CHECK(std::isinf(g[x].value()));
  CHECK(g[y].value() == 0);
}

TEST_CASE("tensors between two steps of a sum are in order") {
  ag::Tape tape;
  const ag::Var x = tape.variable(2.0);
  ag::Var sum = x * x, other = 3.0 * x;
  const ag::Tensor t = ag::stack({other, other});
  sum += ag::Var(t(0) * t(1));  // 9 x^2
  sum += other;
  CHECK(tape.gradient(sum)[x].value() == 2 * 2 + 18 * 2 + 3);
}
