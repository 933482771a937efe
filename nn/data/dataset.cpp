// Cutting datasets: everything is a selection of rows.
#include <numeric>
#include <autograd/autograd.hpp>
#include <nn/data/dataset.hpp>

namespace nn {
namespace {

Dataset make_dataset(const Table& features, const std::vector<double>& column, const DatasetOptions& options) {
  const auto n = static_cast<ag::Index>(features.rows), d = static_cast<ag::Index>(features.columns);
  Dataset data;
  data.features = cast(ag::Tensor::of(features.values, {n, d}), options.dtype);
  if (options.target == Target::values) {
    data.targets = cast(ag::Tensor::of(column, {n, 1}), options.dtype);
    return data;
  }
  const std::vector<std::int64_t> labels = to_labels(column);
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (labels[i] < 0)
      throw ag::DomainError("from_table", "the label of row " + std::to_string(i) + " is " + std::to_string(labels[i]),
                            "Labels count classes from 0; for other numbers pass {.target = nn::Target::values}.");
  data.targets = ag::Tensor::of(labels, {n});
  return data;
}

}  // namespace

ag::Index Dataset::size() const {
  if (features.rank() == 0 || targets.rank() == 0 || features.shape()[0] != targets.shape()[0])
    throw ag::ShapeError("dataset",
                         "features " + to_string(features.shape()) + ", targets " + to_string(targets.shape()),
                         "Both have one row for each example.");
  return features.shape()[0];
}

Dataset Dataset::subset(std::span<const std::int64_t> rows) const {
  const ag::Index n = size();
  ag::Tensor at = ag::Tensor::zeros({static_cast<ag::Index>(rows.size())}, ag::int64);
  std::int64_t* to = at.mutable_array<std::int64_t>().data();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] < 0 || rows[i] >= n)
      throw ag::ShapeError("subset", "row " + std::to_string(rows[i]) + " of " + std::to_string(n),
                           "Rows are counted from 0.");
    to[i] = rows[i];
  }
  return {take(features, at, 0), take(targets, at, 0)};
}

Dataset from_table(const Table& table, std::string_view target, const DatasetOptions& options) {
  return make_dataset(table.without(target), table.column(target), options);
}

Dataset from_table(const Table& table, std::int64_t target, const DatasetOptions& options) {
  return make_dataset(table.without(target), table.column(target), options);
}

DatasetSplit train_test_split(const Dataset& data, double test_fraction, Rng& rng) {
  Split rows;
  if (data.targets.dtype() == ag::int64 && data.targets.rank() == 1) {
    const auto labels = data.targets.array<std::int64_t>();
    rows = train_test_split(std::vector<std::int64_t>(labels.begin(), labels.end()), test_fraction, rng);
  } else {
    rows = train_test_split(data.size(), test_fraction, rng);
  }
  return {data.subset(rows.train), data.subset(rows.test)};
}

Dataset standardized(const Dataset& data, const Standardizer& standardizer) {
  const ag::Shape& shape = data.features.shape();
  if (shape.size() != 2 || static_cast<std::size_t>(shape[1]) != standardizer.mean.size())
    throw ag::ShapeError("standardize", "features " + to_string(shape) + " for " +
                                            std::to_string(standardizer.mean.size()) + " fitted columns");
  std::vector<double> values = data.features.to_vector();
  standardizer.apply(values);
  return {cast(ag::Tensor::of(values, shape), data.features.dtype()), data.targets};
}

Batches::Batches(Dataset data, ag::Index batch_size, Indices order, BatchOptions options)
    : data_(std::move(data)), order_(std::move(order)), batch_size_(batch_size) {
  if (batch_size < 1)
    throw ag::DomainError("batches", "the batch size is " + std::to_string(batch_size), "It must be 1 or more.");
  const auto n = static_cast<ag::Index>(order_.size());
  count_ = options.drop_last ? n / batch_size : n / batch_size + (n % batch_size != 0);
}

Batches::Batches(Dataset data, ag::Index batch_size, Rng& rng, BatchOptions options)
    : Batches(data, batch_size, permutation(data.size(), rng), options) {}

Batches::Batches(Dataset data, ag::Index batch_size, BatchOptions options)
    : Batches(
          data, batch_size,
          [&] {
            Indices rows(static_cast<std::size_t>(data.size()));
            std::iota(rows.begin(), rows.end(), 0);
            return rows;
          }(),
          options) {}

Dataset Batches::batch(ag::Index number) const {
  const auto n = static_cast<ag::Index>(order_.size());
  const ag::Index first = number * batch_size_, count = std::min(batch_size_, n - first);
  return data_.subset({order_.data() + first, static_cast<std::size_t>(count)});
}

}  // namespace nn
