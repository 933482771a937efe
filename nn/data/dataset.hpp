// Dataset: examples as tensors, and the ways to cut them: by rows, into train and test, into mini-batches.
//
//   nn::Dataset digits = nn::from_table(nn::read_csv("digits.csv.gz"), "target");
//   auto [train, test] = nn::train_test_split(digits, 0.2, rng);
//   nn::standardize(train, test);
//   for (const auto& [x, y] : nn::Batches{train, 32, rng}) ...
#pragma once

#include <optional>

#include <autograd/reverse/tensor.hpp>
#include <nn/data/scaler.hpp>
#include <nn/data/split.hpp>
#include <nn/data/table.hpp>

namespace nn {

namespace ag = autograd;

/// Examples, one in each row. Copies share memory.
struct Dataset {
  ag::Tensor features;  ///< (n, d), or (n, ...), floating
  ag::Tensor targets;   ///< (n,) int64 labels, or (n, k) floating values

  /// n. Throws ShapeError if features and targets disagree.
  ag::Index size() const;
  /// The rows with these numbers, in this order; repetitions are fine. Throws ShapeError for a row out of range.
  Dataset subset(std::span<const std::int64_t> rows) const;
};

/// What the target column of a table becomes: int64 labels (n,) of classes 0, 1, ..., or floating values (n, 1).
enum class Target { labels, values };

/// How from_table converts.
struct DatasetOptions {
  Target target = Target::labels;
  ag::Dtype dtype = ag::float32;  ///< of the features, and of targets that are values
};

/// All columns but one are features (n, columns - 1), that one is the target. By name, or by position (-1 is the last).
/// Throws ShapeError if there is no such column, DomainError for labels that are not whole or negative.
Dataset from_table(const Table& table, std::string_view target, const DatasetOptions& options = {});
Dataset from_table(const Table& table, std::int64_t target, const DatasetOptions& options = {});

/// The examples to train on and those to test on.
struct DatasetSplit {
  Dataset train, test;
};

/// A random partition, stratified where the targets are labels. Throws DomainError as for row numbers.
DatasetSplit train_test_split(const Dataset& data, double test_fraction, Rng& rng);

/// (x - mean) / scale for each column of features (n, d). Throws ShapeError if d is not what was fitted.
Dataset standardized(const Dataset& data, const Standardizer& standardizer);

/// Fits a Standardizer on the training features and applies it to these and to all others. Returns it, for
/// data to come.
template <std::same_as<Dataset>... Other>
Standardizer standardize(Dataset& train, Other&... other) {
  const Standardizer fitted =
      Standardizer::fit(train.features.to_vector(), static_cast<std::size_t>(train.features.shape(-1)));
  train = standardized(train, fitted);
  ((other = standardized(other, fitted)), ...);
  return fitted;
}

/// How Batches cuts.
struct BatchOptions {
  bool drop_last = false;  ///< leave out a last batch that is smaller than the others
};

/// One pass through a dataset in mini-batches: every example once, in random order; to iterate over. The next
/// epoch is another object, or another begin() for the same order.
class Batches {
 public:
  /// The order is drawn from rng here. Throws DomainError if batch_size < 1.
  Batches(Dataset data, ag::Index batch_size, Rng& rng, BatchOptions options = {});
  /// In the order of the rows, for evaluation.
  Batches(Dataset data, ag::Index batch_size, BatchOptions options = {});

  /// The number of batches.
  ag::Index size() const { return count_; }

  class Iterator {
   public:
    Iterator(const Batches& batches, ag::Index at) : batches_(&batches), at_(at) {}
    Dataset operator*() const { return batches_->batch(at_); }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.at_ == b.at_; }

   private:
    const Batches* batches_;
    ag::Index at_;
  };
  Iterator begin() const { return {*this, 0}; }
  Iterator end() const { return {*this, count_}; }

 private:
  Batches(Dataset data, ag::Index batch_size, Indices order, BatchOptions options);
  Dataset batch(ag::Index number) const;

  Dataset data_;
  Indices order_;
  ag::Index batch_size_, count_;
};

}  // namespace nn
