// Gradients of nine scalar problems in double, on one core: by hand, with xgrad, and with each other library that was
// found. All contenders at a problem run in one process and take turns; every gradient is compared with the one written
// by hand before anything is timed. `bench_scalar NAME...` does the problems whose names begin so.
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <string>

#include <tests/bench/scalar/entry.hpp>
#include <tests/bench/timing.hpp>

#ifdef _OPENMP
#include <omp.h>
#endif

namespace bench {
namespace {

Contenders all_contenders() {
  Contenders contenders;
  enter_by_hand(contenders);
  enter_xgrad(contenders);
#ifdef XGRAD_HAS_ADOLC
  enter_adolc(contenders);
#endif
#ifdef XGRAD_HAS_SACADO
  enter_sacado(contenders);
#endif
#ifdef XGRAD_HAS_STAN
  enter_stan(contenders);
#endif
#ifdef XGRAD_HAS_CERES
  enter_ceres(contenders);
#endif
#ifdef XGRAD_HAS_EIGEN
  enter_eigen(contenders);
#endif
  return contenders;
}

/// The largest difference of two lists, relative to the largest element of its row; not a number if one is there.
double difference(const std::vector<double>& a, const std::vector<double>& b, std::size_t row) {
  double worst = 0;
  for (std::size_t begin = 0; begin < a.size(); begin += row) {
    double error = 0, scale = 0;
    for (std::size_t i = begin; i < begin + row; ++i) {
      const double e = std::abs(a[i] - b[i]);
      if (!(e <= error)) error = e;
      scale = std::max(scale, std::abs(b[i]));
    }
    const double relative = scale > 0 ? error / scale : error;
    if (!(relative <= worst)) worst = relative;
  }
  return worst;
}

std::string format(const char* pattern, double x) {
  char text[64];
  std::snprintf(text, sizeof text, pattern, x);
  return text;
}

std::string format_time(double seconds) {
  return seconds < 1e-3 ? format("%.2f us", seconds * 1e6) : format("%.2f ms", seconds * 1e3);
}

/// Compares, times and prints one problem; false if a gradient is wrong.
bool run(const Entry& entry, const std::vector<Contender>& contenders) {
  constexpr int rounds = 9;
  Result result = entry.result, expected = entry.result;
  entry.primal(expected);
  const std::vector<double> values = expected.values;
  contenders[0].run(expected);
  std::vector<double> errors;
  for (const Contender& contender : contenders) {
    std::fill(result.gradient.begin(), result.gradient.end(), std::nan(""));
    contender.run(result);
    errors.push_back(difference(result.gradient, expected.gradient, entry.row));
    const double value_error = difference(result.values, values, values.size());
    if (!(errors.back() <= 1e-9 && value_error <= 1e-9)) {
      std::printf("%s: %s is wrong: relative error %g of the gradient, %g of the value\n", entry.name.data(),
                  contender.library.data(), errors.back(), value_error);
      return false;
    }
  }

  std::vector<std::function<void()>> runs{[&] { entry.primal(result); }};
  for (const Contender& contender : contenders) runs.push_back([&] { contender.run(result); });
  const auto times = race(runs, rounds);
  const auto ratio = [&](std::size_t k) {  // to the primal of the same round
    std::vector<double> ratios;
    for (int r = 0; r < rounds; ++r) ratios.push_back(times[k + 1][r] / times[0][r]);
    return quartiles(ratios);
  };
  double best_peer = INFINITY;
  for (std::size_t k = 0; k < contenders.size(); ++k)
    if (contenders[k].role == Role::peer) best_peer = std::min(best_peer, quartiles(times[k + 1]).median);

  for (std::size_t k = 0; k < contenders.size(); ++k) {
    const double time = quartiles(times[k + 1]).median;
    const Quartiles r = ratio(k);
    const double bytes = static_cast<double>(contenders[k].tape_bytes()) / static_cast<double>(entry.operations);
    std::printf("%-14s %11s  %-14s %11s %9.2f (%7.2f - %7.2f) %8.2f %8s %8s %9.1e\n", k ? "" : entry.name.data(),
                k ? "" : format_time(quartiles(times[0]).median).c_str(), contenders[k].library.data(),
                format_time(time).c_str(), r.median, r.low, r.high, ratio(0).median,
                std::isinf(best_peer) ? "-" : format("%.2f", time / best_peer).c_str(),
                bytes > 0 ? format("%.1f", bytes).c_str() : "-", errors[k]);
  }
  return true;
}

/// The same in a process of its own: what a library keeps from a large problem must not weigh on a small one.
bool run_apart(const Entry& entry) {
  const pid_t child = fork();
  if (child == 0) {
    const bool correct = run(entry, all_contenders().at(entry.name));
    std::fflush(stdout);
    _exit(correct ? 0 : 1);
  }
  int status = 1;
  if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status)) {
    std::printf("%s: the process did not end as it should\n", entry.name.data());
    return false;
  }
  return WEXITSTATUS(status) == 0;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
#ifdef _OPENMP
  omp_set_num_threads(1);
#endif
  std::printf(
      "Gradients of scalar problems, double, one core; medians. Ratio: gradient time / primal time, with quartiles;\n"
      "by hand: the same ratio for the adjoint written by hand; peer: time / time of the best other library;\n"
      "B/op: bytes of tape for each operation; error: largest difference from the gradient written by hand\n\n"
      "%-14s %11s  %-14s %11s %9s %19s %8s %8s %8s %9s\n",
      "problem", "primal", "contender", "gradient", "ratio", "(quartiles)", "by hand", "peer", "B/op", "error");
  std::fflush(stdout);
  bool correct = true;
  for (const bench::Entry& entry : bench::make_entries()) {
    bool wanted = argc == 1;
    for (int i = 1; i < argc; ++i) wanted = wanted || entry.name.starts_with(argv[i]);
    if (wanted) correct = bench::run_apart(entry) && correct;
  }
  return correct ? 0 : 1;
}
