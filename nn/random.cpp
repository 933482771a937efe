// Seeding, distributions and the ziggurat tables of Rng.
//
// Note [The same bits everywhere]
// A number must not depend on the C library (its exp and log differ in the last bit) nor on whether the
// compiler contracts `a * b + c` into one fused operation (it may, with -march=native). So nothing here calls
// the C library but fma, which IEEE 754 defines to the bit; the tables are computed by the compiler, where
// nothing is contracted; and at run time no product is added to anything: formulas end in a division or a
// comparison instead. The one assumption is IEEE double arithmetic, so this file must not be compiled with
// -ffast-math.
#include <cmath>
#include <string>
#include <autograd/core/error.hpp>
#include <nn/random.hpp>

namespace nn {
namespace {

/// The output function of splitmix64 (Steele, Lea and Flood 2014): a bijection that mixes all bits.
constexpr std::uint64_t mix(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

/// exp(d) for 0 <= d <= 1, to the last bit or two: sum of d^k / k!, each step ending in a division.
constexpr double exp_series(double d) {
  double sum = 1, term = 1;
  for (int k = 1; sum + term != sum; ++k) {
    term = term * d / k;
    sum = sum + term;
  }
  return sum;
}

/// log(y) for 0 < y < 1: halvings to [1, 2), then 2 atanh((y - 1) / (y + 1)).
constexpr double log_series(double y) {
  double halvings = 0;
  for (; y < 1; y = y * 2) halvings = halvings + 1;
  const double t = (y - 1) / (y + 1);
  double sum = 0, power = t;
  for (int k = 1; k < 36; k += 2, power = power * t * t) sum = sum + power / k;
  return 2 * sum - halvings * 0x1.62e42fefa39efp-1;  // log 2
}

/// sqrt(y) for 0.01 < y < 100, by Newton's steps.
constexpr double sqrt_newton(double y) {
  double root = y < 1 ? 1 : y;
  for (int k = 0; k < 12; ++k) root = (root + y / root) / 2;
  return root;
}

/// The area under f(x) = exp(-x^2/2), x > 0, cut into 256 layers of the same area (Marsaglia and Tsang 2000).
/// Layer i > 0 spans the heights f[i] to f[i + 1] and the widths up to x[i]; layer 0 is the part below
/// f(edge) with the tail, x[0] being the width a rectangle of its area would have.
struct Ziggurat {
  static constexpr double edge = 0x1.d3bb48209ad33p+1;          // 3.6541528853610088: makes the top layer close
  static constexpr double area = 0.0049286732339746553;         // edge f(edge) + integral of f beyond the edge
  static constexpr double edge_height = 0.0012602859304985976;  // f(edge)
  double x[257]{}, f[257]{};

  constexpr Ziggurat() {
    x[0] = area / edge_height;
    x[1] = edge;
    f[1] = edge_height;
    for (int i = 2; i < 256; ++i) {
      f[i] = f[i - 1] + area / x[i - 1];
      x[i] = sqrt_newton(-2 * log_series(f[i]));
    }
    x[256] = 0;
    f[256] = 1;
  }
};
constexpr Ziggurat ziggurat;
static_assert(ziggurat.x[255] * (1 - ziggurat.f[255]) - Ziggurat::area < 1e-15 &&
              Ziggurat::area - ziggurat.x[255] * (1 - ziggurat.f[255]) < 1e-15);  // the top layer has the area too

/// The exponential distribution by comparisons alone (von Neumann 1951): a fraction u is kept if the run
/// u > u2 > u3 > ... has odd length, which has probability exp(-u); every rejection adds 1.
double exponential(Rng& rng) noexcept {
  for (double whole = 0;; whole = whole + 1) {
    const double u = rng.uniform();
    bool odd = true;
    double last = u;
    for (double next = rng.uniform(); next < last; next = rng.uniform()) {
      last = next;
      odd = !odd;
    }
    if (odd) return whole + u;
  }
}

// The facts are put into words where they are needed: that takes twenty to fifty times as long as to draw a number.
template <class Facts>
void require(bool ok, const char* where, const Facts& facts, const char* hint) {
  if (!ok) throw autograd::DomainError(where, facts(), hint);
}

}  // namespace

Rng::Rng(const State& state) : state_(state) {
  require(
      state != State{}, "Rng", [] { return "a state of zeros"; }, "Pass a state() of another generator, or a seed.");
}

Rng::State Rng::expand(std::uint64_t seed) {
  State state;
  for (auto& word : state) word = mix(seed += 0x9e3779b97f4a7c15);
  return state;
}

double Rng::uniform(double low, double high) {
  require(
      low <= high && std::isfinite(high - low), "Rng::uniform",
      [&] { return "the range " + std::to_string(low) + " to " + std::to_string(high); },
      "Need low <= high, both finite.");
  const double x = std::fma(high - low, uniform(), low);
  return x < high || low == high ? x : std::nextafter(high, low);  // fma may round up to `high`
}

double Rng::normal() noexcept {
  for (;;) {
    const std::uint64_t bits = (*this)();  // 8 bits choose the layer, one the sign, 53 the place
    const std::size_t i = bits & 255;
    const double sign = bits & 256 ? -1 : 1;
    const double x = static_cast<double>(bits >> 11) * 0x1p-53 * ziggurat.x[i];
    if (x < ziggurat.x[i + 1]) return sign * x;
    if (i == 0) return sign * normal_tail();
    // Accept if a uniform height of the layer lies below f(x) = f[i + 1] exp(-(x^2 - x[i + 1]^2) / 2).
    const double above = ziggurat.x[i + 1];
    const double height = ziggurat.f[i + 1] / exp_series((x - above) * (x + above) / 2);
    if (uniform() < (height - ziggurat.f[i]) / (ziggurat.f[i + 1] - ziggurat.f[i])) return sign * x;
  }
}

/// Beyond the edge r (Marsaglia 1964): r + t with t = E / r, accepted if 2 E' > t^2, E and E' exponential.
double Rng::normal_tail() noexcept {
  for (;;) {
    const double t = exponential(*this) / Ziggurat::edge;
    const double other = exponential(*this);
    if (other + other > t * t) return Ziggurat::edge + t;
  }
}

double Rng::normal(double mean, double deviation) {
  require(
      std::isfinite(mean) && std::isfinite(deviation) && deviation >= 0, "Rng::normal",
      [&] { return "mean " + std::to_string(mean) + ", deviation " + std::to_string(deviation); },
      "Need finite numbers, the deviation 0 or more.");
  return std::fma(deviation, normal(), mean);
}

std::uint64_t Rng::below(std::uint64_t n) {
  require(n > 0, "Rng::below", [] { return "no integer is below 0"; }, "Need n of 1 or more.");
  if (n == 1) return 0;
  const int unused = std::countl_zero(n - 1);  // as many bits as n - 1 has, drawn until they fit: no modulo bias
  for (;;)
    if (const std::uint64_t x = (*this)() >> unused; x < n) return x;
}

Rng Rng::split() {
  State child;
  for (auto& word : child) word = mix((*this)());
  return Rng{child};
}

}  // namespace nn
