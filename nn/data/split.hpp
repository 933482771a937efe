// Random orders and partitions of row numbers: who is trained on, who is tested on, the same for the same seed.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <nn/random.hpp>

namespace nn {

/// Row numbers, counted from 0.
using Indices = std::vector<std::int64_t>;

/// The rows to train on and those to test on: every row is in one of the two.
struct Split {
  Indices train, test;
};

/// 0 .. n-1 in random order, each order equally likely. Throws DomainError if n is negative.
Indices permutation(std::int64_t n, Rng& rng);

/// A random partition of n rows. The test part has round(n * test_fraction) rows, but at least 1 and at most
/// n - 1; both parts are in random order. Throws DomainError unless n >= 2 and 0 < test_fraction < 1.
Split train_test_split(std::int64_t n, double test_fraction, Rng& rng);

/// The same, stratified: both parts have the sizes they have above, and of a label with k rows the test part
/// gets k / n of its size, rounded up or down. labels: (n,). Throws DomainError as above.
Split train_test_split(std::span<const std::int64_t> labels, double test_fraction, Rng& rng);

/// `folds` partitions of n rows whose test parts are disjoint, cover all rows and differ in size by at most
/// one. Throws DomainError unless 2 <= folds <= n.
std::vector<Split> k_fold(std::int64_t n, std::int64_t folds, Rng& rng);

/// A column of whole numbers as labels. Throws DomainError, naming the row, for any other number.
std::vector<std::int64_t> to_labels(std::span<const double> column);

}  // namespace nn
