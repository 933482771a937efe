// How the cost of an element depends on their number, and the cost of a statement on the length of the tape. Both
// should be flat, but for the step where the data leave a cache.
#include <cstdio>

#include <tests/bench/tensor/table.hpp>
#include <tests/bench/tensor/xgrad.hpp>
#include <tests/bench/timing.hpp>

namespace bench {
namespace {

constexpr int rounds = 5;

void print(const char* name, double count, const std::vector<double>& seconds) {
  const Quartiles q = quartiles(seconds);
  std::printf("%-34s %10.0e %12.3f (%10.3f -%10.3f)\n", name, count, q.median / count * 1e9, q.low / count * 1e9,
              q.high / count * 1e9);
  std::fflush(stdout);
}

// sum(tanh(x*w+b)*z) and its four gradients.
void chain(std::int64_t n) {
  const ag::Tensor all = 0.5 * sin(cast(ag::Tensor::arange(n), ag::float32));
  const std::array<ag::Tensor, 4> start{all, ag::Tensor(all + 0.1), ag::Tensor(all * 0.3), ag::Tensor(all - 0.2)};
  const auto step = [&] {
    ag::Tape tape;
    const auto x = tape.variable(start[0]), w = tape.variable(start[1]), b = tape.variable(start[2]),
               z = tape.variable(start[3]);
    const ag::Tensor f = sum(tanh(x * w + b) * z);
    const auto g = tape.gradient(f);
    asm volatile("" : : "r"(&g) : "memory");
  };
  step();
  print("chain, an element", static_cast<double>(n), race({step}, rounds)[0]);
}

// y = 0.999 y + x y, over and over: recorded and swept.
void statements(std::int64_t n) {
  const auto step = [n] {
    ag::Tape tape;
    const ag::Var x = tape.variable(1e-3);
    ag::Var y = x;
    for (std::int64_t i = 0; i < n; ++i) y = 0.999 * y + x * y;
    const auto g = tape.gradient(y);
    asm volatile("" : : "r"(&g) : "memory");
  };
  step();
  print("scalars, a statement", static_cast<double>(n), race({step}, rounds)[0]);
}

}  // namespace

bool run_scaling() {
  std::printf("\nScaling, xgrad alone\n%-34s %10s %12s\n", "row", "count", "ns each (quartiles)");
  for (const std::int64_t n : {10'000, 100'000, 1'000'000, 10'000'000, 100'000'000}) chain(n);
  for (const std::int64_t n : {1'000, 10'000, 100'000, 1'000'000, 10'000'000}) statements(n);
  return true;
}

}  // namespace bench
