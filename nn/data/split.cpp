// Partitions are cut out of random permutations.
#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <string>
#include <autograd/core/error.hpp>
#include <nn/data/split.hpp>

namespace nn {
namespace {

using autograd::DomainError;

std::int64_t test_rows(std::int64_t n, double fraction) {
  if (n < 2) throw DomainError("train_test_split", std::to_string(n) + " rows cannot be split", "Pass 2 rows or more.");
  if (!(fraction > 0 && fraction < 1))
    throw DomainError("train_test_split", "the test fraction is " + std::to_string(fraction),
                      "It lies between 0 and 1, both excluded: 0.2 tests on a fifth.");
  return std::clamp<std::int64_t>(std::llround(static_cast<double>(n) * fraction), 1, n - 1);
}

/// The rows of one label, and how many of them are tested.
struct Group {
  Indices rows;
  std::int64_t test = 0;
  std::int64_t remainder = 0;
};

}  // namespace

Indices permutation(std::int64_t n, Rng& rng) {
  if (n < 0) throw DomainError("permutation", std::to_string(n) + " elements", "Pass 0 or more.");
  Indices order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  rng.shuffle(order);
  return order;
}

Split train_test_split(std::int64_t n, double test_fraction, Rng& rng) {
  const std::int64_t test = test_rows(n, test_fraction);
  const Indices order = permutation(n, rng);
  const auto cut = order.begin() + test;
  return {{cut, order.end()}, {order.begin(), cut}};
}

Split train_test_split(std::span<const std::int64_t> labels, double test_fraction, Rng& rng) {
  const auto n = static_cast<std::int64_t>(labels.size());
  const std::int64_t total = test_rows(n, test_fraction);
  std::map<std::int64_t, Group> groups;  // ordered by label, so that the result does not depend on hashing
  for (const std::int64_t row : permutation(n, rng)) groups[labels[static_cast<std::size_t>(row)]].rows.push_back(row);

  // Largest remainders, in whole numbers: every label gets total * size / n rounded down, and the rows that
  // are still missing go to the labels that lost most by that.
  std::vector<Group*> by_remainder;
  std::int64_t missing = total;
  for (auto& [label, group] : groups) {
    const std::int64_t share = total * static_cast<std::int64_t>(group.rows.size());
    group.test = share / n;
    group.remainder = share % n;
    missing -= group.test;
    by_remainder.push_back(&group);
  }
  std::stable_sort(by_remainder.begin(), by_remainder.end(),
                   [](const Group* a, const Group* b) { return a->remainder > b->remainder; });
  for (std::int64_t i = 0; i < missing; ++i) ++by_remainder[static_cast<std::size_t>(i)]->test;

  Split split;
  for (const auto& [label, group] : groups) {
    const auto cut = group.rows.begin() + group.test;
    split.test.insert(split.test.end(), group.rows.begin(), cut);
    split.train.insert(split.train.end(), cut, group.rows.end());
  }
  rng.shuffle(split.train);
  rng.shuffle(split.test);
  return split;
}

std::vector<Split> k_fold(std::int64_t n, std::int64_t folds, Rng& rng) {
  if (folds < 2 || folds > n)
    throw DomainError("k_fold", std::to_string(folds) + " folds of " + std::to_string(n) + " rows",
                      "Need 2 folds or more, and a row for each.");
  const Indices order = permutation(n, rng);
  std::vector<Split> result(static_cast<std::size_t>(folds));
  auto first = order.begin();
  for (std::int64_t k = 0; k < folds; ++k) {
    const auto last = first + n / folds + (k < n % folds ? 1 : 0);
    Split& split = result[static_cast<std::size_t>(k)];
    split.test.assign(first, last);
    split.train.assign(order.begin(), first);
    split.train.insert(split.train.end(), last, order.end());
    first = last;
  }
  return result;
}

std::vector<std::int64_t> to_labels(std::span<const double> column) {
  std::vector<std::int64_t> labels;
  labels.reserve(column.size());
  for (const double x : column) {
    if (!(std::abs(x) <= 0x1p53 && x == std::trunc(x)))
      throw DomainError("to_labels", "row " + std::to_string(labels.size()) + " is " + std::to_string(x),
                        "Labels are whole numbers.");
    labels.push_back(static_cast<std::int64_t>(x));
  }
  return labels;
}

}  // namespace nn
