// Compares the results of two contenders, lets them take turns, and prints medians with their quartiles.
#include <tests/bench/tensor/table.hpp>

#include <cblas.h>

#include <cstdio>

#include <tests/bench/allocations.hpp>
#include <tests/bench/tensor/libtorch.hpp>
#include <tests/bench/timing.hpp>

#ifdef _OPENMP
#include <omp.h>
#endif

namespace bench {
namespace {

constexpr double tolerance = 1e-4;
int all_cores = 1;

/// Of xgrad alone.
void use(int cores) {
#ifdef _OPENMP
  omp_set_num_threads(cores);
#endif
  openblas_set_num_threads(cores);
}

/// The largest difference of two lists, relative to the largest element; not a number if one is there.
double difference(const Elements& a, const Elements& b) {
  if (a.size() != b.size()) return INFINITY;
  double error = 0, scale = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double e = std::abs(static_cast<double>(a[i]) - b[i]);
    if (!(e <= error)) error = e;
    scale = std::max(scale, std::abs(static_cast<double>(b[i])));
  }
  return scale > 0 ? error / scale : error;
}

bool same_results(const Row& row) {
  const auto ours = row.xgrad.results(), theirs = row.libtorch.results();
  bool same = ours.size() == theirs.size();
  if (!same)
    std::printf("%s %s: %zu results, libtorch has %zu\n", row.name.c_str(), row.size.c_str(), ours.size(),
                theirs.size());
  for (std::size_t k = 0; same && k < ours.size(); ++k)
    if (const double d = difference(ours[k], theirs[k]); !(d <= tolerance)) {
      std::printf("%s %s: result %zu differs from libtorch's by %g\n", row.name.c_str(), row.size.c_str(), k, d);
      same = false;
    }
  return same;
}

long allocations_of(const std::function<void()>& step) {
  for (int i = 0; i < 5; ++i) step();
  const long before = allocations();
  step();
  return allocations() - before;
}

std::string format(const char* pattern, double x) {
  char text[64];
  std::snprintf(text, sizeof text, pattern, x);
  return text;
}

std::string format_times(const std::vector<double>& seconds) {
  const Quartiles q = quartiles(seconds);
  char text[96];
  std::snprintf(text, sizeof text, "%11.2f (%10.2f -%10.2f)", q.median * 1e6, q.low * 1e6, q.high * 1e6);
  return text;
}

/// The median of what one took relative to the other, in the same round.
double ratio(const std::vector<double>& time, const std::vector<double>& to) {
  std::vector<double> ratios;
  for (std::size_t r = 0; r < time.size(); ++r) ratios.push_back(time[r] / to[r]);
  return quartiles(ratios).median;
}

}  // namespace

void set_cores(int cores) {
  use(all_cores = cores);
  set_libtorch_cores(cores);
}

void print_head(const std::string& title, const std::string& limit, LimitAs as) {
  std::printf("\n%s\n", title.c_str());
  if (!limit.empty()) std::printf("limit: %s\n", limit.c_str());
  std::printf("%-22s %-24s %36s %36s %8s %11s %9s %9s%s\n", "row", "size", "xgrad us (quartiles)",
              "libtorch us (quartiles)", "ratio", "limit us", as == LimitAs::ratio ? "to limit" : "of limit",
              "new/step", all_cores > 1 ? "  to one core" : "");
  std::fflush(stdout);
}

bool run(const Row& row, LimitAs as) {
  constexpr int rounds = 9;
  if (row.libtorch.step && !same_results(row)) return false;

  std::string counts = std::to_string(allocations_of(row.xgrad.step));
  if (row.libtorch.step) counts.append("/").append(std::to_string(allocations_of(row.libtorch.step)));
  std::vector<std::function<void()>> steps{row.xgrad.step};
  const std::size_t libtorch = steps.size();
  if (row.libtorch.step) steps.push_back(row.libtorch.step);
  const std::size_t limit = steps.size();
  if (row.limit) steps.push_back(row.limit);
  const std::size_t one_core = steps.size();
  if (all_cores > 1)
    steps.push_back([&] {
      use(1);
      row.xgrad.step();
      use(all_cores);
    });
  const auto times = race(steps, rounds);

  std::string libtorch_time = "-", libtorch_ratio = "-", limit_time = "-", limit_ratio = "-";
  if (row.libtorch.step) {
    libtorch_time = format_times(times[libtorch]);
    libtorch_ratio = format("%.2fx", ratio(times[libtorch], times[0]));
  }
  if (row.limit) {
    limit_time = format("%.2f", quartiles(times[limit]).median * 1e6);
    limit_ratio = as == LimitAs::ratio ? format("%.2fx", ratio(times[0], times[limit]))
                                       : format("%.0f %%", 100 * ratio(times[limit], times[0]));
  }
  std::printf("%-22s %-24s %36s %36s %8s %11s %9s %9s%s\n", row.name.c_str(), row.size.c_str(),
              format_times(times[0]).c_str(), libtorch_time.c_str(), libtorch_ratio.c_str(), limit_time.c_str(),
              limit_ratio.c_str(), counts.c_str(),
              all_cores > 1 ? format("%12.2fx", ratio(times[one_core], times[0])).c_str() : "");
  std::fflush(stdout);
  return true;
}

}  // namespace bench
