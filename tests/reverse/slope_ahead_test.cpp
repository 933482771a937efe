// Ops with a value_and_pullback, such as the cross-entropy, compute their slope beside their value once their cotangent
// was the same twice, in all elements. That changes no bit.
#include <limits>
#include <vector>

#include <autograd/autograd.hpp>
#include <tests/catch.hpp>
#include <tests/core/on_threads.hpp>
#include <tests/reverse/repeated.hpp>

namespace ag = autograd;
using ag::Index, ag::Tensor, ag::core::Array;

namespace {

using namespace repeated;

// y = the sum of the squares of each row: dx = 2 g x. Each of its loops is counted.
struct RowSquares {
  static constexpr std::string_view name = "row_squares";
  Array value(const Array& x) const {
    ++calls;
    return Tensor(sum(square(Tensor(x)), -1)).data();
  }
  auto pullback(const auto& g, const auto&, const auto& x) const {
    ++calls;
    return 2.0 * x * reshape(g, {-1, 1});
  }
  auto pushforward(const auto&, const auto& x, const auto& dx) const { return sum(2.0 * x * dx, -1); }
  Array value_and_pullback(double g, const Array& x, Array& dx) const {
    const Array y = value(x);
    dx = Tensor(2.0 * Tensor(x) * Tensor::full({y.size(), 1}, g, x.dtype())).data();
    return y;
  }
};
Tensor row_squares(const Tensor& x) { return ag::evaluate(RowSquares{}, x); }

Tensor labels(Index n, Index classes) {
  std::vector<Index> l;
  for (Index i = 0; i < n; ++i) l.push_back(i * 7 % classes);
  return Tensor::of(l, {n});
}

}  // namespace

TEST_CASE("an op with a value_and_pullback computes its slope with its value once its cotangent was the same twice") {
  const auto loss = [](const std::vector<Tensor>& x) { return mean(row_squares(x[0])); };
  const std::vector<Tensor> start{numbers({4, 3}, ag::float32)};
  const auto all = steps(loss, start);
  for (const Step& s : all) CHECK(s == all[0]);
  CHECK(all[0].calls == 2);
  CHECK(all[1].calls == 2);
  CHECK(all[2].calls == 1);
  CHECK(all[3].calls == 1);

  SECTION("another cotangent is pulled back as ever, and ends the guesses") {
    const Step other = step(loss, start, 3);
    CHECK(other.calls == 2);
    CHECK(other == steps(loss, start, 3)[0]);
    CHECK(step(loss, start).calls == 2);
  }
  SECTION("so is one that differs between elements") {
    const auto weighted = [](const std::vector<Tensor>& x) {
      return Tensor(sum(row_squares(x[0]) * Tensor::of(std::vector<float>{0.25F, 0.25F, 0.25F, 0.5F}, {4})));
    };
    const Step other = step(weighted, start);
    CHECK(other.calls == 2);
    CHECK(step(weighted, start) == other);
    CHECK(step(loss, start).calls == 2);
  }
  SECTION("one that is 0 with the other sign is another") {
    const auto zero = steps(loss, start, 0.0);
    CHECK(zero[3].calls == 1);
    const Step minus = step(loss, start, -0.0);
    CHECK(minus.calls == 2);
    CHECK(minus == steps(loss, start, -0.0)[0]);
  }
  SECTION("a value that nobody differentiates ends them too") {
    {
      ag::Tape tape;
      loss({tape.variable(start[0])});
    }
    CHECK(step(loss, start).calls == 2);
    CHECK(step(loss, start).calls == 2);
    CHECK(step(loss, start).calls == 1);
  }
  SECTION("the second gradient on a tape is the first once more") {
    ag::Tape tape;
    const Tensor x = tape.variable(start[0]), y = loss({x});
    const auto first = tape.gradient(y), second = tape.gradient(y);
    CHECK(bits(first[x]) == all[0].gradients[0]);
    CHECK(bits(second[x]) == all[0].gradients[0]);
  }
  SECTION("a value that changed in place is noticed") {
    ag::Tape tape;
    Tensor x = tape.variable(start[0]);
    const Tensor y = loss({x});
    Tensor same(x.data());
    same.data().touch();
    CHECK_THROWS_AS(tape.gradient(y), ag::TapeError);
  }
  SECTION("a constant has no slope") {
    {
      ag::Tape tape;
      const int before = calls;
      loss({start[0]});
      CHECK(calls == before + 1);
    }
    CHECK(step(loss, start).calls == 1);
  }
  SECTION("tapes that record every operation, and those inside others, run the rule") {
    ag::Tape outer;
    const Tensor x = outer.variable(start[0]);
    Tensor squared(0.0);
    {
      ag::Tape inner;
      const Tensor u = inner.variable(x), y = loss({u});
      const auto g = inner.gradient(y);
      const ag::BasicTape<double>::Activate level(&outer);
      squared = sum(square(g[u]));
    }
    // The gradient is x / 2, that of its square x / 2.
    CHECK(bits(outer.gradient(squared)[x]) == bits(0.5 * start[0]));
  }
}

TEST_CASE("arguments are looked at before a slope is computed with the value") {
  const Tensor scores = numbers({4, 3}, ag::float32);
  for (int k = 0; k < 3; ++k)
    step([](const auto& x) { return mean(cross_entropy(x[0], labels(4, 3))); }, {scores});
  ag::Tape tape;
  const Tensor x = tape.variable(scores);
  CHECK_THROWS_AS(Tensor(ag::evaluate(ag::op::CrossEntropy{}, x)), ag::ShapeError);
  CHECK_THROWS_AS(cross_entropy(x, labels(3, 3)), ag::ShapeError);
  CHECK_THROWS_AS(cross_entropy(x, labels(4, 4)), ag::DomainError);
}

TEST_CASE("the slope of the cross-entropy has the same bits computed with its value as after it") {
  const auto dtype = GENERATE(ag::float32, ag::float64);
  on_threads([dtype] {
    for (const auto& [n, classes] : {std::pair<Index, Index>{0, 3}, {1, 1}, {5, 3}, {7, 16}, {9, 517}, {130, 1030}}) {
      const auto loss = [target = labels(n, classes)](const std::vector<Tensor>& x) {
        return Tensor(sum(cross_entropy(x[0] * 30.0, target)) * 0.3);
      };
      check_alike(loss, {numbers({n, classes}, dtype)});
      check_alike([&](const auto& x) { return loss({transpose(x[0])}); }, {numbers({classes, n}, dtype)});
    }
    // A class that is impossible, one that is certain, rows without an answer, a loss of nearly nothing.
    const double inf = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
    const std::vector<double> scores{-inf, 1, 2, 0, -inf, -inf, inf, 1, 2, nan, 1, 2, 50, 1, 2};
    const Tensor target = Tensor::of(std::vector<Index>{0, 0, 0, 1, 0}, {5});
    check_alike([target](const auto& a) { return mean(cross_entropy(a[0], target)); },
                {cast(Tensor::of(scores, {5, 3}), dtype)});
  });
}
