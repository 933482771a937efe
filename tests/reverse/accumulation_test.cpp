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
    switch (bits() % 14) {
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
