// The largest errors of the elementary functions in units in the last place, against the C library's long double, over
// 2^20 arguments: corners of the number format, numbers of usual sizes, and any bits.
#include <algorithm>
#include <cstdio>
#include <random>

#include <tests/core/accuracy.hpp>

namespace {

template <class T>
struct Worst {
  double error = -1;
  T a = 0, b = 0;
};

template <class T>
Worst<T> worst_of(const accuracy::Row& row, const std::vector<T>& a, const std::vector<T>& b) {
  std::vector<T> result(a.size());
  for (std::size_t i = 0; i < a.size(); i += accuracy::core::Pack<T>::size) row.run(&a[i], &b[i], &result[i]);
  Worst<T> worst;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (const double e = accuracy::error_in_ulp(result[i], row.exact(a[i], b[i]), row.floor); e > worst.error)
      worst = {e, a[i], b[i]};
  return worst;
}

template <class T>
std::vector<T> shuffled(std::vector<T> x) {
  std::shuffle(x.begin(), x.end(), std::mt19937(2));
  return x;
}

}  // namespace

int main() {
  constexpr std::size_t count = std::size_t{1} << 20;
  const auto a32 = accuracy::samples<float>(count), b32 = shuffled(a32);
  const auto a64 = accuracy::samples<double>(count), b64 = shuffled(a64);
  std::printf("Largest errors over %zu arguments, in ULP\n\n%-16s %6s %9s %12s %9s %12s\n", count, "function", "bound",
              "float32", "at", "float64", "at");
  bool good = true;
  for (const accuracy::Row& row : accuracy::rows) {
    const auto x = worst_of(row, a32, b32);
    const auto y = worst_of(row, a64, b64);
    std::printf("%-16s %6g %9.3f %12g %9.3f %12g\n", row.name, row.ulp, x.error, x.a, y.error, y.a);
    good = good && x.error <= row.ulp && y.error <= row.ulp;
  }
  return good ? 0 : 1;
}
