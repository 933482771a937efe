// Operations that do next to nothing with each element, forward only. The limit is a copy of as many bytes, so the
// share of the limit is the share of the memory's bandwidth. What is read is counted in whole cache lines. With several
// cores the copy runs on as many.
// libtorch takes the memory of a large result from the system each time, xgrad from its pool.
#ifdef _OPENMP
#include <omp.h>
#endif

#include <cstring>

#include <tests/bench/tensor/libtorch.hpp>
#include <tests/bench/tensor/table.hpp>
#include <tests/bench/tensor/xgrad.hpp>

namespace bench {
namespace {

constexpr std::int64_t n = 4096;
constexpr double whole = 4.0 * n * n, line = 4.0 * n, indices = 8.0 * n;  // bytes

class Operations {
 public:
  Operations() : from_(static_cast<std::size_t>(whole), 1), to_(from_) {}

  /// An operation that reads and writes so many bytes.
  template <class Operation>
  void run(const std::string& name, double read, double written, const Operation& operation) {
    const Contender xgrad{[this, operation] { const ag::Tensor y = operation(x_); },
                          [this, operation] { return std::vector<Elements>{to_elements(operation(x_))}; }};
    const auto copy = [this, bytes = static_cast<std::size_t>((read + written) / 2)] {
#pragma omp parallel
      {
#ifdef _OPENMP
        const auto part = static_cast<std::size_t>(omp_get_thread_num()),
                   parts = static_cast<std::size_t>(omp_get_num_threads());
#else
        constexpr std::size_t part = 0, parts = 1;
#endif
        const std::size_t first = bytes * part / parts, last = bytes * (part + 1) / parts;
        std::memcpy(to_.data() + first, from_.data() + first, last - first);
      }
      asm volatile("" : : "r"(to_.data()) : "memory");  // the copy is not left out
    };
    correct_ =
        bench::run({name, "(4096,4096)", xgrad, libtorch_operation(name, start_), copy}, LimitAs::percent) && correct_;
  }

  bool correct() const { return correct_; }

 private:
  const Array start_ = numbers({n, n}, 0.1);
  const ag::Tensor x_ = to_tensor(start_);
  std::vector<char> from_, to_;
  bool correct_ = true;
};

ag::Tensor copy(const ag::Tensor& view) { return ag::Tensor(view.data().copy()); }

}  // namespace

bool run_memory() {
  using T = ag::Tensor;
  print_head("Operations bound by memory, forward", "a copy of as many bytes", LimitAs::percent);
  Operations all;
  all.run("sum over rows", whole, line, [](const T& x) { return T(sum(x, 1)); });
  all.run("sum over columns", whole, line, [](const T& x) { return T(sum(x, 0)); });
  all.run("max over rows", whole, line, [](const T& x) { return T(max(x, 1)); });
  all.run("max over columns", whole, line, [](const T& x) { return T(max(x, 0)); });
  all.run("argmax over rows", whole, indices, [](const T& x) { return argmax(x, 1); });
  all.run("argmax over columns", whole, indices, [](const T& x) { return argmax(x, 0); });
  all.run("cumsum along rows", whole, whole, [](const T& x) { return T(cumsum(x, 1)); });
  all.run("cumsum along columns", whole, whole, [](const T& x) { return T(cumsum(x, 0)); });
  all.run("softmax over rows", whole, whole, [](const T& x) { return T(softmax(x, 1)); });
  all.run("softmax over columns", whole, whole, [](const T& x) { return T(softmax(x, 0)); });
  all.run("transpose, copied", whole, whole, [](const T& x) { return copy(transpose(x)); });
  all.run("x[::2, ::2], copied", whole / 2, whole / 4, [](const T& x) {
    constexpr auto every_second = ag::range(ag::none, ag::none, 2);
    return copy(slice(x, every_second, every_second));
  });
  all.run("concatenate halves", whole, whole, [](const T& x) {
    return ag::concatenate({T(slice(x, ag::range(0, n / 2))), T(slice(x, ag::range(n / 2, n)))}, 0);
  });
  const T rows = to_tensor(shuffled(n));
  all.run("take shuffled rows", whole, whole, [rows](const T& x) { return T(take(x, rows)); });
  return all.correct();
}

}  // namespace bench
