// The problems with plain doubles, and with a number that counts operations.
#include <cmath>

#include <tests/bench/scalar/entry.hpp>

namespace bench {
namespace {

/// Counts every elementary operation with an operand that depends on the inputs; copies and comparisons are free.
struct Counted {
  double value = 0;
  bool active = false;
  static inline long long operations = 0;

  Counted() = default;
  Counted(double v) : value(v) {}
  Counted(double v, bool depends) : value(v), active(depends) {}

  static Counted of(double v, bool depends) {
    operations += depends;
    return {v, depends};
  }
  friend Counted operator+(const Counted& a, const Counted& b) { return of(a.value + b.value, a.active || b.active); }
  friend Counted operator-(const Counted& a, const Counted& b) { return of(a.value - b.value, a.active || b.active); }
  friend Counted operator*(const Counted& a, const Counted& b) { return of(a.value * b.value, a.active || b.active); }
  friend Counted operator/(const Counted& a, const Counted& b) { return of(a.value / b.value, a.active || b.active); }
  friend Counted operator-(const Counted& a) { return of(-a.value, a.active); }
  Counted& operator+=(const Counted& b) { return *this = *this + b; }
  Counted& operator*=(const Counted& b) { return *this = *this * b; }
  friend bool operator>(const Counted& a, const Counted& b) { return a.value > b.value; }
  friend Counted exp(const Counted& a) { return of(std::exp(a.value), a.active); }
  friend Counted log(const Counted& a) { return of(std::log(a.value), a.active); }
  friend Counted tanh(const Counted& a) { return of(std::tanh(a.value), a.active); }
  friend Counted sqrt(const Counted& a) { return of(std::sqrt(a.value), a.active); }
  friend Counted sin(const Counted& a) { return of(std::sin(a.value), a.active); }
  friend Counted cos(const Counted& a) { return of(std::cos(a.value), a.active); }
};

template <class Problem>
Entry make_entry(const Problem& problem) {
  Entry entry{.name = Problem::name, .primal = {}, .operations = 0, .row = problem.start.size(), .result = {}};
  const std::vector<double>& start = problem.start;
  std::vector<Counted> x;
  for (const double e : start) x.emplace_back(e, true);
  Counted::operations = 0;
  if constexpr (is_blocked<Problem>) {
    constexpr int inputs = Problem::block_inputs, outputs = Problem::block_outputs;
    for (int b = 0; b < problem.blocks; ++b) {
      Counted y[outputs];
      problem.residual(b, &x[b * inputs], y);
    }
    entry.row = inputs;
    entry.result.values.resize(problem.blocks * outputs);
    entry.result.gradient.resize(start.size() * outputs);
    entry.primal = [&problem](Result& result) {
      for (int b = 0; b < problem.blocks; ++b) problem.residual(b, problem.block(b), &result.values[b * outputs]);
    };
  } else {
    problem.value(x.data());
    entry.result.values.resize(1);
    entry.result.gradient.resize(start.size());
    entry.primal = [&problem](Result& result) { result.values[0] = problem.value(problem.start.data()); };
  }
  entry.operations = Counted::operations;
  return entry;
}

}  // namespace

std::vector<Entry> make_entries() {
  std::vector<Entry> entries;
  for_each_problem([&](const auto& problem) { entries.push_back(make_entry(problem)); });
  return entries;
}

}  // namespace bench
