// Sums whose cotangent has been the same twice compute their slopes beside their values. That changes no bit of a value
// or a gradient; an op that counts its calls shows when it happens.
#include <vector>

#include <autograd/autograd.hpp>
#include <tests/catch.hpp>
#include <tests/core/on_threads.hpp>
#include <tests/reverse/repeated.hpp>

namespace ag = autograd;
using ag::Index, ag::Tensor;

namespace {

using namespace repeated;

// x^2 + x, each register of which is counted.
struct Counted {
  static constexpr std::string_view name = "counted";
  auto value(const auto& x) const {
    ++calls;
    return x * x + x;
  }
  auto derivative(const auto& x, const auto&) const { return ag::partials(2.0 * x + 1.0); }
};
template <class X>
auto counted(X&& x) {
  return ag::evaluate(Counted{}, std::forward<X>(x));
}
// 1 + x, with a slope that reads x: a product below is rounded for it.
struct PlusOne {
  static constexpr std::string_view name = "plus_one";
  auto value(const auto& x) const { return 1.0 + x; }
  auto derivative(const auto& x, const auto&) const { return ag::partials(ag::where(x > 1e30, x, 1.0)); }
};
template <class X>
auto plus_one(X&& x) {
  return ag::evaluate(PlusOne{}, std::forward<X>(x));
}

}  // namespace

TEST_CASE("the slopes of a sum are computed with its value once its cotangent was the same twice") {
  const auto loss = [](const std::vector<Tensor>& x) { return Tensor(sum(counted(x[0]) * x[1])); };
  const std::vector<Tensor> start{numbers({5000}, ag::float32), numbers({5000}, ag::float32, 1)};
  const auto all = steps(loss, start);
  const int loops = all[0].calls;
  CHECK(all[1].calls == loops);
  CHECK(all[2].calls == loops / 2);
  CHECK(all[3].calls == loops / 2);
  for (const Step& s : all) CHECK(s == all[0]);

  SECTION("another cotangent is pulled back as ever, and ends the guesses") {
    const Step other = step(loss, start, 3);
    CHECK(other.calls == loops);
    CHECK(other == steps(loss, start, 3)[0]);
    CHECK(step(loss, start).calls == loops);
  }
  SECTION("a sum that nobody differentiates ends them too") {
    {
      ag::Tape tape;
      const Tensor x = tape.variable(start[0]);
      loss({x, start[1]});
    }
    CHECK(step(loss, start).calls == loops);
    CHECK(step(loss, start).calls == loops);
    CHECK(step(loss, start).calls == loops / 2);
  }
  SECTION("the second gradient on a tape is the first once more") {
    ag::Tape tape;
    const Tensor x = tape.variable(start[0]), w = tape.variable(start[1]);
    const Tensor y = loss({x, w});
    const auto first = tape.gradient(y), second = tape.gradient(y);
    CHECK(bits(first[x]) == all[0].gradients[0]);
    CHECK(bits(second[x]) == all[0].gradients[0]);
    CHECK(bits(first[w]) == bits(second[w]));
  }
  SECTION("a value that changed in place is noticed") {
    ag::Tape tape;
    Tensor w = start[1];
    const Tensor x = tape.variable(start[0]);
    const Tensor y = loss({x, w});
    w.mutable_array<float>()(0) = 2;
    CHECK_THROWS_AS(tape.gradient(y), ag::TapeError);
  }
  SECTION("a short sum is not worth it") {
    const std::vector<Tensor> few{numbers({100}, ag::float32), numbers({100}, ag::float32, 1)};
    const auto short_steps = steps(loss, few);
    CHECK(short_steps[3].calls == short_steps[0].calls);
    CHECK(short_steps[3] == short_steps[0]);
  }
}

TEST_CASE("slopes computed with the values have the bits of those computed after them") {
  const auto dtype = GENERATE(ag::float32, ag::float64);
  on_threads([dtype] {
    // Tails, several groups of blocks.
    for (const Index n : {2049, 5000, 5007, 40'003}) {
      const std::vector<Tensor> x{numbers({n}, dtype), numbers({n}, dtype, 1), numbers({n}, dtype, 2)};
      check_alike([](const auto& a) { return Tensor(sum(tanh(a[0] * a[1] + a[2]) * exp(a[1]))); }, x);
      check_alike([](const auto& a) { return Tensor(mean((a[0] * a[1]) / (a[2] + 2.0))); }, x, 0.25);
      check_alike([](const auto& a) { return Tensor(sum(a[0] - 2.0 * a[1])); }, x);
      // A variable in two places, beside another term that reads it, before and behind.
      check_alike([](const auto& a) { return Tensor(sum(a[0] * sin(a[0])) + sum(a[0] / (a[0] + 3.0))); }, x);
      // A term that has another cotangent than the whole.
      check_alike([](const auto& a) { return Tensor(sum(square(a[0] - a[1])) * 0.5 + sum(gelu(a[0] * a[2])) / 7.0); },
                  x);
    }
    // What is left after a subtraction is the rounding of the product.
    const Tensor left = numbers({5000}, dtype), right = numbers({5000}, dtype, 1), product = left * right;
    check_alike([](const auto& a) { return Tensor(sum(plus_one(a[0] * a[1]) - a[2])); }, {left, right, product + 1.0});
    // Repeated rows, columns and numbers, a transposed factor, and a constant.
    const Index rows = 130, columns = 301;
    const std::vector<Tensor> x{numbers({rows, columns}, dtype), numbers({columns}, dtype, 1),
                                numbers({rows, 1}, dtype, 2), numbers({}, dtype, 3),
                                numbers({columns, rows}, dtype, 4)};
    const Tensor constant = numbers({rows, columns}, dtype, 5);
    check_alike(
        [constant](const auto& a) {
          return Tensor(sum(sigmoid(a[0] * a[1] + a[2]) * a[3] * transpose(a[4]) + constant * a[1]));
        },
        x);
    // Slices, whose cotangents are added to that of the whole.
    check_alike(
        [](const auto& a) {
          return Tensor(sum(square(slice(a[0], ag::range(1, ag::none)) - slice(a[0], ag::range(0, -1)))));
        },
        x);
    check_alike([](const auto& a) { return Tensor(sum(square(slice(a[0], ag::range(0, 10)) * a[1]))); }, x);
  });
}
