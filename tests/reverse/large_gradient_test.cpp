// Gradients so large that they are written past the caches: each element has the bits that it has in a small one.
#include <cstring>
#include <functional>
#include <vector>

#include <autograd/autograd.hpp>
#include <autograd/core/stream.hpp>
#include <tests/catch.hpp>
#include <tests/core/on_threads.hpp>

namespace ag = autograd;
using ag::Index, ag::Tensor;
using Tensors = std::vector<Tensor>;

namespace {

constexpr Index size = (Index{1} << 21) + 37, piece = 10'007;
static_assert(size * sizeof(float) >= ag::core::gradient_stream_bytes);

Tensor waves(ag::Dtype dtype, double seed) {
  return cast(sin(cast(Tensor::arange(size), ag::float64) * 0.7 + seed), dtype);
}

struct Formula {
  const char* name;
  std::function<Tensor(const Tensors&)> of;
};

const std::vector<Formula>& formulas() {
  static const std::vector<Formula> all{
      {"summed", [](const Tensors& x) { return Tensor(sum(tanh(x[0] * x[1] + x[2]) * x[1])); }},
      {"a number", [](const Tensors& x) { return Tensor(sum(x[0] * 3.0 - x[1] / (x[2] + 2.0))); }},
      {"stored", [](const Tensors& x) { return Tensor(tanh(x[0] * x[1]) + x[2]); }},
      {"slopes that read nothing", [](const Tensors& x) { return Tensor(x[0] - 2.0 * x[1] + x[2]); }},
      {"a variable in two places", [](const Tensors& x) { return Tensor(x[0] * x[0] * x[1] - x[1] * x[2]); }},
      {"handed over",
       [](const Tensors& x) {
         const Tensor y = x[0] * x[1], z = y - x[2];
         return Tensor(exp(z) * y);
       }},
  };
  return all;
}

/// The gradients for a cotangent; of three steps the last, when it may be expected.
Tensors gradients(const Formula& f, const Tensors& start, const Tensor& cotangent) {
  Tensors out;
  for (int step = 0; step < 3; ++step) {
    ag::Tape tape;
    Tensors x;
    for (const Tensor& t : start) x.push_back(tape.variable(t));
    const Tensor y = f.of(x);
    const auto g = y.size() == 1 ? tape.gradient(y) : tape.gradient(y, cotangent);
    out.clear();
    for (const Tensor& t : x) out.push_back(g[t]);
  }
  return out;
}

}  // namespace

TEST_CASE("large gradients: each element has the bits that it has in a small one") {
  on_threads([] {
    for (const ag::Dtype dtype : {ag::float32, ag::float64}) {
      const Tensors x{waves(dtype, 0.1), waves(dtype, 1.2), waves(dtype, 2.3)};
      const Tensor cotangent = waves(dtype, 3.4);
      for (const Formula& f : formulas()) {
        INFO(f.name);
        const Tensors whole = gradients(f, x, cotangent);
        std::vector<Index> starts{size - piece};
        for (Index first = 0; first + piece < size; first += 23 * piece) starts.push_back(first);
        for (const Index first : starts) {
          const auto part = ag::range(first, first + piece);
          Tensors few;
          for (const Tensor& t : x) few.push_back(Tensor(slice(t, part)));
          const Tensors alone = gradients(f, few, slice(cotangent, part));
          for (std::size_t k = 0; k < x.size(); ++k) {
            const auto a = Tensor(slice(whole[k], part)).data().packed(), b = alone[k].data().packed();
            REQUIRE(std::memcmp(a.data<void>(), b.data<void>(), static_cast<std::size_t>(piece) * size_of(dtype)) == 0);
          }
        }
      }
    }
  });
}
