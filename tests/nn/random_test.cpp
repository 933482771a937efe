// Rng: published outputs, the distributions against their laws, and the promises about state and range.
#include <algorithm>
#include <cmath>
#include <random>
#include <vector>
#include <autograd/core/error.hpp>
#include <nn/random.hpp>
#include <tests/catch.hpp>

using nn::Rng;

static_assert(std::uniform_random_bit_generator<Rng>);

TEST_CASE("Rng: xoshiro256++ gives the outputs of the reference implementation") {
  // prng.di.unimi.it/xoshiro256plusplus.c from the state 1, 2, 3, 4, as published with rand_xoshiro.
  Rng rng{Rng::State{1, 2, 3, 4}};
  const std::uint64_t published[] = {41943041u,
                                     58720359u,
                                     3588806011781223u,
                                     3591011842654386u,
                                     9228616714210784205u,
                                     9973669472204895162u,
                                     14011001112246962877u,
                                     12406186145184390807u,
                                     15849039046786891736u,
                                     10450023813501588000u};
  for (const std::uint64_t value : published) CHECK(rng() == value);
}

TEST_CASE("Rng: a seed is expanded by splitmix64") {
  const Rng::State published{6457827717110365317u, 3203168211198807973u, 9817491932198370423u, 4593380528125082431u};
  CHECK(Rng{1234567}.state() == published);
  CHECK(Rng{0}.state()[0] == 0xe220a8397b1dcdafu);
  CHECK(Rng{-1} == Rng{~std::uint64_t{0}});
}

TEST_CASE("Rng: the numbers of a seed never change") {
  // Not published anywhere: these pin our own distributions, tail and wedges included.
  Rng rng{42};
  double sum = 0, largest = 0;
  std::uint64_t bits = 0;
  for (int i = 0; i < 1000000; ++i) {
    const double z = rng.normal();
    sum += z;
    largest = std::max(largest, std::abs(z));
    bits = bits * 31 + std::bit_cast<std::uint64_t>(z);
  }
  CAPTURE(sum, largest);
  CHECK(bits == 0x86e67a71580f0215u);
  Rng other{42};
  CHECK(other.normal() == 0x1.14b4c09b1b99bp+0);
  CHECK(other.uniform(-1, 3) == 0x1.19e4174576f3p-2);
  CHECK(other.below(1000) == 717u);
}

TEST_CASE("Rng: uniform numbers fill [0, 1) evenly") {
  Rng rng{1};
  constexpr int n = 1000000, cells = 100;
  std::vector<int> count(cells);
  double sum = 0, square = 0;
  for (int i = 0; i < n; ++i) {
    const double u = rng.uniform();
    REQUIRE((u >= 0 && u < 1));
    ++count[static_cast<std::size_t>(u * cells)];
    sum += u;
    square += u * u;
  }
  double chi2 = 0;
  for (const int c : count) chi2 += std::pow(c - n / cells, 2) / (n / cells);
  CHECK(chi2 > 50);  // 99 degrees of freedom: outside 50 to 160 once in 10^4
  CHECK(chi2 < 160);
  CHECK(std::abs(sum / n - 0.5) < 5 * std::sqrt(1.0 / 12 / n));
  CHECK(std::abs(square / n - 1.0 / 3) < 5 * std::sqrt(4.0 / 45 / n));
}

TEST_CASE("Rng: uniform(low, high) keeps its range") {
  Rng rng{2};
  double least = 10, most = -10;
  for (int i = 0; i < 100000; ++i) {
    const double x = rng.uniform(-3, 5);
    least = std::min(least, x);
    most = std::max(most, x);
  }
  CHECK((least >= -3 && least < -2.99));
  CHECK((most < 5 && most > 4.99));
  const double high = std::nextafter(1.0, 2.0);  // only one number in [1, high), though half would round to `high`
  for (int i = 0; i < 100; ++i) CHECK(rng.uniform(1.0, high) == 1.0);
  CHECK(rng.uniform(7, 7) == 7);
  CHECK_THROWS_AS(rng.uniform(1, 0), autograd::DomainError);
  CHECK_THROWS_AS(rng.uniform(0, INFINITY), autograd::DomainError);
  CHECK_THROWS_AS(rng.uniform(-1.7e308, 1.7e308), autograd::DomainError);
  CHECK_THROWS_AS(rng.uniform(NAN, 1), autograd::DomainError);
}

TEST_CASE("Rng: normal numbers follow the normal law, in the middle and in the tail") {
  Rng rng{3};
  constexpr int n = 2000000;
  std::vector<double> z(n);
  for (double& value : z) value = rng.normal();
  double m1 = 0, m2 = 0, m3 = 0, m4 = 0;
  for (const double v : z) m1 += v, m2 += v * v, m3 += v * v * v, m4 += v * v * v * v;
  CHECK(std::abs(m1 / n) < 4.5 * std::sqrt(1.0 / n));
  CHECK(std::abs(m2 / n - 1) < 4.5 * std::sqrt(2.0 / n));
  CHECK(std::abs(m3 / n) < 4.5 * std::sqrt(15.0 / n));
  CHECK(std::abs(m4 / n - 3) < 4.5 * std::sqrt(96.0 / n));

  std::sort(z.begin(), z.end());
  double distance = 0;  // Kolmogorov and Smirnov: above 2.0 / sqrt(n) once in 1500
  for (std::size_t i = 0; i < z.size(); ++i) {
    const double law = 0.5 * std::erfc(-z[i] / std::sqrt(2.0));
    distance = std::max(distance, std::abs(static_cast<double>(i) / n - law));
  }
  CHECK(distance < 2.0 / std::sqrt(n));

  const double edge = 3.6541528853610088;  // beyond it the tail sampler works: both sides, and its shape
  for (const double from : {edge, 4.0, 4.4}) {
    const double expected = n * std::erfc(from / std::sqrt(2.0)) / 2;
    const auto above = static_cast<double>(z.end() - std::lower_bound(z.begin(), z.end(), from));
    const auto below = static_cast<double>(std::lower_bound(z.begin(), z.end(), -from) - z.begin());
    CAPTURE(from, expected, above, below);
    CHECK(std::abs(above - expected) < 4 * std::sqrt(expected));
    CHECK(std::abs(below - expected) < 4 * std::sqrt(expected));
  }
}

TEST_CASE("Rng: normal(mean, deviation) shifts and scales") {
  Rng a{4}, b{4};
  for (int i = 0; i < 100; ++i) CHECK(a.normal(10, 0.5) == std::fma(0.5, b.normal(), 10.0));
  CHECK(a.normal(3, 0) == 3);
  CHECK_THROWS_AS(a.normal(0, -1), autograd::DomainError);
  CHECK_THROWS_AS(a.normal(NAN, 1), autograd::DomainError);
  CHECK_THROWS_AS(a.normal(0, INFINITY), autograd::DomainError);
}

TEST_CASE("Rng: below(n) is even over [0, n)") {
  Rng rng{5};
  for (const std::uint64_t n : {1u, 2u, 3u, 6u, 7u, 8u}) {
    std::vector<int> count(n);
    for (std::uint64_t i = 0; i < 10000 * n; ++i) ++count.at(rng.below(n));
    for (const int c : count) CHECK(std::abs(c - 10000) <= (n == 1 ? 0 : 450));
  }
  // With the modulo in place of rejection, two thirds of these would lie in the lower half.
  const std::uint64_t n = 3ull << 62;
  int lower = 0;
  for (int i = 0; i < 10000; ++i) {
    const std::uint64_t x = rng.below(n);
    REQUIRE(x < n);
    lower += x < n / 3 ? 1 : 0;
  }
  CHECK(std::abs(lower - 3333) < 220);
  CHECK(rng.below(std::uint64_t{1} << 63) < std::uint64_t{1} << 63);
  CHECK_THROWS_AS(rng.below(0), autograd::DomainError);
}

TEST_CASE("Rng: shuffle reaches every order equally often") {
  Rng rng{6};
  std::vector<int> count(24);
  for (int i = 0; i < 24000; ++i) {
    std::vector<int> v{0, 1, 2, 3};
    rng.shuffle(v);
    std::vector<int> sorted{v};
    std::sort(sorted.begin(), sorted.end());
    REQUIRE(sorted == std::vector<int>{0, 1, 2, 3});
    std::size_t rank = 0;
    for (std::size_t a = 0; a < 4; ++a)
      rank = rank * (4 - a) + static_cast<std::size_t>(std::count_if(v.begin() + static_cast<std::ptrdiff_t>(a),
                                                                     v.end(), [&](int later) { return later < v[a]; }));
    ++count[rank];
  }
  for (const int c : count) CHECK(std::abs(c - 1000) < 150);
  std::vector<int> none;
  rng.shuffle(none);
  CHECK(none.empty());
}

TEST_CASE("Rng: a copy and a restored state go on alike") {
  Rng rng{7};
  for (int i = 0; i < 11; ++i) rng.normal();
  const Rng::State saved = rng.state();
  Rng copy = rng, restored{saved};
  CHECK(copy == rng);
  for (int i = 0; i < 1000; ++i) {
    const double z = rng.normal();
    CHECK(copy.normal() == z);
    CHECK(restored.normal() == z);
  }
  CHECK_THROWS_AS((Rng{Rng::State{}}), autograd::DomainError);
}

TEST_CASE("Rng: split gives streams of their own") {
  Rng rng{8};
  Rng a = rng.split(), b = rng.split(), nested = a.split();
  std::vector<std::uint64_t> draws;
  for (Rng* stream : {&rng, &a, &b, &nested})
    for (int i = 0; i < 1000; ++i) draws.push_back((*stream)());
  std::sort(draws.begin(), draws.end());
  CHECK(std::adjacent_find(draws.begin(), draws.end()) == draws.end());
  Rng again{8};
  CHECK(again.split()() == Rng{Rng{8}.split()}());
  double product = 0;
  for (int i = 0; i < 100000; ++i) product += a.normal() * b.normal();
  CHECK(std::abs(product / 100000) < 4.5 / std::sqrt(100000.0));
}
