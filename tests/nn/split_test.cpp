// Permutations and partitions: nothing lost, nothing twice, sizes and shares as promised, the same for a seed.
#include <algorithm>
#include <cmath>
#include <map>
#include <autograd/core/error.hpp>
#include <nn/data/split.hpp>
#include <tests/catch.hpp>

using autograd::DomainError;
using nn::Indices;
using nn::Rng;
using nn::Split;

namespace {

/// True if the two lists together are 0 .. n-1, each once.
bool is_partition(const Indices& a, const Indices& b, std::int64_t n) {
  Indices all = a;
  all.insert(all.end(), b.begin(), b.end());
  std::sort(all.begin(), all.end());
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i] != static_cast<std::int64_t>(i)) return false;
  return static_cast<std::int64_t>(all.size()) == n;
}

}  // namespace

TEST_CASE("permutation: all numbers, in an order that the seed decides") {
  Rng a{1}, b{1}, c{2};
  const Indices p = nn::permutation(1000, a);
  CHECK(is_partition(p, {}, 1000));
  CHECK_FALSE(std::is_sorted(p.begin(), p.end()));
  CHECK(nn::permutation(1000, b) == p);
  CHECK(nn::permutation(1000, c) != p);
  CHECK(nn::permutation(1000, a) != p);
  CHECK(nn::permutation(0, a).empty());
  CHECK(nn::permutation(1, a) == Indices{0});
  CHECK_THROWS_AS(nn::permutation(-1, a), DomainError);
  Rng pinned{42};
  CHECK(nn::permutation(8, pinned) == Indices{1, 3, 7, 0, 4, 5, 2, 6});
}

TEST_CASE("train_test_split: sizes and contents") {
  Rng rng{3};
  struct Case {
    std::int64_t n;
    double fraction;
    std::int64_t test;
  };
  for (const Case& k : {Case{150, 0.2, 30}, Case{150, 0.1, 15}, Case{10, 0.25, 3}, Case{10, 0.24, 2}, Case{3, 0.01, 1},
                        Case{3, 0.99, 2}, Case{2, 0.5, 1}, Case{1000003, 0.3, 300001}}) {
    CAPTURE(k.n, k.fraction);
    const Split s = nn::train_test_split(k.n, k.fraction, rng);
    CHECK(static_cast<std::int64_t>(s.test.size()) == k.test);
    CHECK(is_partition(s.train, s.test, k.n));
  }
  const Split mixed = nn::train_test_split(100, 0.5, rng);
  CHECK_FALSE(std::is_sorted(mixed.train.begin(), mixed.train.end()));
  CHECK_FALSE(std::is_sorted(mixed.test.begin(), mixed.test.end()));
  for (const double bad : {0.0, 1.0, -0.1, 1.5, std::nan("")})
    CHECK_THROWS_AS(nn::train_test_split(10, bad, rng), DomainError);
  CHECK_THROWS_AS(nn::train_test_split(1, 0.5, rng), DomainError);
  Rng a{4}, b{4};
  CHECK(nn::train_test_split(50, 0.3, a).test == nn::train_test_split(50, 0.3, b).test);
}

TEST_CASE("train_test_split: stratified by labels") {
  Rng rng{5};
  std::vector<std::int64_t> labels;
  const std::map<std::int64_t, int> sizes{{-3, 59}, {0, 71}, {7, 48}, {9, 1}};
  for (const auto& [label, size] : sizes) labels.insert(labels.end(), static_cast<std::size_t>(size), label);
  const auto n = static_cast<std::int64_t>(labels.size());
  for (const double fraction : {0.2, 0.25, 1.0 / 3, 0.5, 0.9}) {
    const Split s = nn::train_test_split(labels, fraction, rng);
    CAPTURE(fraction);
    CHECK(is_partition(s.train, s.test, n));
    CHECK(static_cast<std::int64_t>(s.test.size()) == std::llround(static_cast<double>(n) * fraction));
    std::map<std::int64_t, int> tested;
    for (const std::int64_t row : s.test) ++tested[labels[static_cast<std::size_t>(row)]];
    for (const auto& [label, size] : sizes) {
      const double share = size * static_cast<double>(s.test.size()) / static_cast<double>(n);
      CHECK(std::abs(tested[label] - share) < 1);
    }
    CHECK_FALSE(std::is_sorted(s.train.begin(), s.train.end()));
    CHECK_FALSE(std::is_sorted(s.test.begin(), s.test.end()));
  }
  // 179 rows, 36 tested: exact shares 11.87, 14.28, 9.65 and 0.20, so the first and the third are rounded up.
  const Split fifth = nn::train_test_split(labels, 0.2, rng);
  std::map<std::int64_t, int> tested;
  for (const std::int64_t row : fifth.test) ++tested[labels[static_cast<std::size_t>(row)]];
  CHECK((tested[-3] == 12 && tested[0] == 14 && tested[7] == 10 && tested[9] == 0));
  // The parts are mixed, not label after label, and which rows of a label are tested is drawn anew.
  const auto by_label = [&](std::int64_t a, std::int64_t b) {
    return labels[static_cast<std::size_t>(a)] < labels[static_cast<std::size_t>(b)];
  };
  CHECK_FALSE(std::is_sorted(fifth.train.begin(), fifth.train.end(), by_label));
  CHECK_FALSE(std::is_sorted(fifth.test.begin(), fifth.test.end(), by_label));
  Indices first = fifth.test, second = nn::train_test_split(labels, 0.2, rng).test;
  std::sort(first.begin(), first.end());
  std::sort(second.begin(), second.end());
  CHECK(first != second);

  const std::vector<std::int64_t> even{1, 1, 1, 1, 2, 2, 2, 2};
  const Split half = nn::train_test_split(even, 0.5, rng);
  CHECK(std::count_if(half.test.begin(), half.test.end(), [](std::int64_t row) { return row < 4; }) == 2);
  CHECK_THROWS_AS(nn::train_test_split(std::vector<std::int64_t>{1}, 0.5, rng), DomainError);
  CHECK_THROWS_AS(nn::train_test_split(even, 0.0, rng), DomainError);
}

TEST_CASE("k_fold: every row is tested once") {
  Rng rng{6};
  const auto folds = nn::k_fold(23, 5, rng);
  REQUIRE(folds.size() == 5);
  Indices tested;
  for (const Split& s : folds) {
    CHECK(is_partition(s.train, s.test, 23));
    CHECK((s.test.size() == 4 || s.test.size() == 5));
    tested.insert(tested.end(), s.test.begin(), s.test.end());
  }
  CHECK(is_partition(tested, {}, 23));
  CHECK(nn::k_fold(3, 3, rng).size() == 3);
  CHECK_THROWS_AS(nn::k_fold(3, 4, rng), DomainError);
  CHECK_THROWS_AS(nn::k_fold(3, 1, rng), DomainError);
}

TEST_CASE("to_labels: whole numbers only") {
  CHECK(nn::to_labels(std::vector<double>{0, 2, -1}) == std::vector<std::int64_t>{0, 2, -1});
  for (const double bad : {0.5, std::nan(""), 1e300, double{INFINITY}})
    CHECK_THROWS_AS(nn::to_labels(std::vector<double>{1, bad}), DomainError);
  CHECK_THROWS_WITH(nn::to_labels(std::vector<double>{1, 0.5}), ContainsSubstring("row 1 is 0.5"));
}
