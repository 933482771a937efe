// Gradients of the nine scalar problems as expressions on tensors and views, in double, on one core, beside the
// adjoints written by hand in plain loops. Gradients are compared before anything is timed. `bench_views NAME...` does
// the problems whose names begin so.
#include <cmath>
#include <cstdio>
#include <string>

#include <tests/bench/allocations.hpp>
#include <tests/bench/timing.hpp>
#include <tests/bench/views/problem.hpp>

#ifdef _OPENMP
#include <omp.h>
#endif
#include <cblas.h>

namespace bench::views {
namespace {

/// The largest difference of two lists, relative to the largest element; not a number if one is there.
double difference(const Numbers& a, const Numbers& b) {
  if (a.size() != b.size()) return INFINITY;
  double error = 0, scale = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double e = std::abs(a[i] - b[i]);
    if (!(e <= error)) error = e;
    scale = std::max(scale, std::abs(b[i]));
  }
  return scale > 0 ? error / scale : error;
}

long allocations_of(const std::function<void()>& step) {
  for (int i = 0; i < 5; ++i) step();
  const long before = allocations();
  step();
  return allocations() - before;
}

/// Compares, times and prints one problem; false if a gradient is wrong.
bool run(const Row& row) {
  constexpr int rounds = 9;
  const auto results = row.results(), expected = row.expected();
  double error = results.size() == expected.size() ? 0 : INFINITY;
  for (std::size_t k = 0; k < results.size() && std::isfinite(error); ++k) {
    const double e = difference(results[k], expected[k]);
    if (!(e <= error)) error = e;
  }
  if (!(error <= 1e-9)) {
    std::printf("%s is wrong: relative error %g\n", row.name.data(), error);
    return false;
  }
  const long calls = allocations_of(row.gradient);
  const auto times = race({row.by_hand, row.primal, row.gradient}, rounds);
  std::vector<double> ratios;
  for (std::size_t r = 0; r < rounds; ++r) ratios.push_back(times[2][r] / times[0][r]);
  const Quartiles ratio = quartiles(ratios);
  const auto us = [&](std::size_t k) { return quartiles(times[k]).median * 1e6; };
  std::printf("%-14s %12.2f %12.2f %12.2f %8.2f (%6.2f - %6.2f) %9ld %9.1e\n", row.name.data(), us(0), us(1), us(2),
              ratio.median, ratio.low, ratio.high, calls, error);
  std::fflush(stdout);
  return true;
}

}  // namespace
}  // namespace bench::views

int main(int argc, char** argv) {
  using namespace bench::views;
#ifdef _OPENMP
  omp_set_num_threads(1);
#endif
  openblas_set_num_threads(1);
  std::vector<Row> rows;
  for (auto&& group :
       {vector_rows(), learning_rows(), {gmm_row(), bundle_adjustment_row(), lstm_row()}, stencil_rows()})
    rows.insert(rows.end(), group.begin(), group.end());
  std::printf(
      "The scalar problems as tensors, double, one core; medians, us. Ratio: time of the gradient / time of the "
      "adjoint\n"
      "written by hand, with quartiles; new: calls of operator new in one gradient; error: largest difference\n\n"
      "%-14s %12s %12s %12s %8s %17s %9s %9s\n",
      "problem", "by hand", "primal", "gradient", "ratio", "(quartiles)", "new", "error");
  std::fflush(stdout);
  bool correct = true;
  for (const Row& row : rows) {
    bool wanted = argc == 1;
    for (int i = 1; i < argc; ++i) wanted = wanted || row.name.starts_with(argv[i]);
    if (wanted) correct = run(row) && correct;
  }
  return correct ? 0 : 1;
}
