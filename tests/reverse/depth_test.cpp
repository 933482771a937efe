// A million operations in a row, or into one: no recursion anywhere, so the stack does not grow with the
// tape. CMakeLists.txt runs this file a second time under a stack of 256 KiB.
#include <cmath>
#include <vector>
#include <autograd/autograd.hpp>
#include <tests/catch.hpp>

namespace ag = autograd;

TEST_CASE("a chain of a million operations records, sweeps and frees") {
  ag::Tape tape;
  const auto x = tape.variable(1.0);
  ag::Var y = x;
  for (int i = 0; i < 1'000'000; ++i) y = y * 1.000001;
  CHECK(y.value() == Approx(std::exp(1.0)).epsilon(1e-5));
  CHECK(tape.gradient(y)[x].value() == Approx(y.value()));
}

TEST_CASE("a fan-in of a million variables records, sweeps and frees") {
  ag::Tape tape;
  std::vector<ag::Var> x;
  ag::Var sum = 0.0;
  for (int i = 0; i < 1'000'000; ++i) {
    x.push_back(tape.variable(i));
    sum += x.back() * 2.0;
  }
  const auto g = tape.gradient(sum);
  double total = 0;
  for (const ag::Var& v : x) total += g[v].value();
  CHECK(total == 2e6);
}

TEST_CASE("a chain of a million tensor operations records, sweeps and frees") {
  ag::Tape tape;
  const auto x = tape.variable(ag::Tensor(1.0));
  ag::Tensor y = x;
  for (int i = 0; i < 1'000'000; ++i) y = y * 1.000001;
  CHECK(tape.gradient(y)[x].value() == Approx(std::exp(1.0)).epsilon(1e-5));
}

TEST_CASE("a chain of a hundred thousand operations on a tape that records each, and its gradient's gradient") {
  ag::Tape outer;
  const auto a = outer.variable(1.00001);
  ag::Var slope;
  {
    ag::Tape inner;
    const auto x = inner.variable(a);
    ag::Var y = x;
    for (int i = 0; i < 99'999; ++i) y = y * a;
    slope = inner.gradient(y)[x];  // a^99999
  }
  CHECK(slope.value() == Approx(std::pow(1.00001, 99'999)));
  CHECK(outer.gradient(slope)[a].value() == Approx(99'999 * std::pow(1.00001, 99'998)));
}
