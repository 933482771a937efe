// Arguments that come again and again in a formula, as a bias does in each row: read from any place of a period on,
// and their cotangents summed over periods of any length.
#include <cmath>
#include <vector>

#include <autograd/autograd.hpp>
#include <tests/catch.hpp>
#include <tests/core/on_threads.hpp>

namespace ag = autograd;
using ag::Index, ag::Shape, ag::Tensor;

namespace {

// What is repeated along the first axis of a space: the space, and the shape of the argument.
struct Case {
  Shape space, argument;
};

const std::vector<Case> cases{
    {{70'001, 1}, {1}},     {{70'001, 2}, {2}},        {{30'000, 3}, {3}},         {{9000, 10}, {10}},
    {{4097, 16}, {16}},     {{1300, 64}, {64}},        {{500, 300}, {300}},        {{300, 511}, {511}},
    {{300, 512}, {512}},    {{200, 513}, {513}},       {{400, 1000}, {1000}},      {{140, 4096}, {4096}},
    {{130, 4097}, {4097}},  {{9, 40'000}, {40'000}},   {{90, 7, 1, 5}, {7, 1, 5}}, {{700, 6, 9}, {6, 1}},
    {{40, 3, 100}, {3, 1}}, {{2000, 4, 3, 2}, {3, 1}}, {{3, 3, 500}, {1, 500}},    {{5, 1000}, {5, 1}},
};

Tensor numbers(const Shape& shape, ag::Dtype dtype, double seed) {
  const Tensor i = cast(Tensor::arange(ag::core::count(shape)), ag::float64);
  return cast(reshape(sin(1.7 * i + 0.3 * square(i) + seed), shape), dtype);
}

// For each element of the space, the element of the argument that it meets.
std::vector<std::size_t> places(const Case& c) {
  const auto strides = ag::core::broadcast_strides(c.argument, ag::core::row_major(c.argument), c.space);
  std::vector<std::size_t> out;
  for (Index e = 0; e < ag::core::count(c.space); ++e) {
    Index rest = e, at = 0;
    for (std::size_t d = c.space.size(); d-- > 0; rest /= c.space[d]) at += rest % c.space[d] * strides[d];
    out.push_back(static_cast<std::size_t>(at));
  }
  return out;
}

}  // namespace

TEST_CASE("repeated rows: values are those of single elements, for arguments of every dtype and layout") {
  for (const Case& c : cases) {
    INFO(to_string(c.space) << ' ' << to_string(c.argument));
    const std::vector<std::size_t> at = places(c);
    for (const ag::Dtype dtype : {ag::float32, ag::float64, ag::int64, ag::boolean}) {
      const bool wide = dtype == ag::float64;
      const Tensor x = numbers(c.space, wide ? ag::float64 : ag::float32, 0.1);
      const Tensor b = cast(2.0 * numbers(c.argument, ag::float64, 0.4), dtype);
      const Tensor turned = transpose(Tensor(transpose(b).data().copy()));
      const auto from = x.to_vector(), repeated = b.to_vector();
      std::vector<double> expected;
      for (std::size_t e = 0; e < at.size(); ++e) {
        const double exact = 2.0 * from[e] + repeated[at[e]];  // of floats no digit is lost
        expected.push_back(wide ? exact : static_cast<double>(static_cast<float>(exact)));
      }
      REQUIRE(Tensor(x * 2.0 + b).to_vector() == expected);
      REQUIRE(Tensor(x * 2.0 + turned).to_vector() == expected);
    }
  }
}

TEST_CASE("repeated rows: cotangents are summed to within rounding, with the same bits on any number of threads") {
  for (const Case& c : cases)
    for (const ag::Dtype dtype : {ag::float32, ag::float64}) {
      INFO(to_string(c.space) << ' ' << to_string(c.argument) << ' ' << name_of(dtype));
      const std::vector<std::size_t> at = places(c);
      const Tensor x = numbers(c.space, dtype, 0.2), b = numbers(c.argument, dtype, 0.5),
                   g = numbers(c.space, dtype, 0.8);
      std::vector<double> first;
      on_threads([&] {
        ag::Tape tape;
        const Tensor u = tape.variable(x), v = tape.variable(b), y = u * v;
        const auto gradients = tape.gradient(y, g);
        const std::vector<double> summed = gradients[v].to_vector();
        if (first.empty()) first = summed;
        REQUIRE(summed == first);
        REQUIRE(gradients[u].to_vector() == Tensor(g * b).to_vector());
      });
      const auto factors = x.to_vector(), cotangents = g.to_vector();
      std::vector<double> sums(first.size()), sizes(first.size());
      for (std::size_t e = 0; e < at.size(); ++e) {
        sums[at[e]] += factors[e] * cotangents[e];
        sizes[at[e]] += std::abs(factors[e] * cotangents[e]);
      }
      const double unit = dtype == ag::float32 ? 0x1p-24 : 0x1p-53;
      const double lost = dtype == ag::float32 ? 10 * unit : 1e-12;  // of eight terms in float, the rest in double
      std::size_t wrong = 0;
      for (std::size_t i = 0; i < sums.size(); ++i)
        wrong += !(std::abs(first[i] - sums[i]) <= unit * std::abs(sums[i]) + lost * sizes[i]);
      REQUIRE(wrong == 0);
    }
}
