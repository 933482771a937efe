// Means and deviations that survive large offsets (two passes) and large values (deviations relative to the largest).
#include <algorithm>
#include <cmath>
#include <autograd/core/error.hpp>
#include <nn/data/scaler.hpp>

namespace nn {
namespace {

/// Calls visit(value, column) for every element in the order of memory.
template <class Values, class Visit>
void each(Values values, std::size_t columns, Visit visit) {
  for (std::size_t start = 0; start < values.size(); start += columns)
    for (std::size_t c = 0; c < columns; ++c) visit(values[start + c], c);
}

void require_rows(std::size_t size, std::size_t columns) {
  if (columns == 0 ? size != 0 : size % columns != 0)
    throw autograd::ShapeError("Standardizer",
                               std::to_string(size) + " values are no rows of " + std::to_string(columns) + " columns",
                               "Pass row-major values with the columns that were fitted.");
}

}  // namespace

Standardizer Standardizer::fit(std::span<const double> values, std::size_t columns) {
  require_rows(values.size(), columns);
  if (values.empty()) throw autograd::DomainError("Standardizer::fit", "there are no rows", "Pass one row or more.");
  const double n = static_cast<double>(values.size() / columns);
  std::vector<double> least(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(columns)), most = least;
  std::vector<double> mean(columns), scale(columns), correction(columns), square(columns);
  std::size_t seen = 0;
  each(values, columns, [&](double x, std::size_t c) {
    if (!std::isfinite(x))
      throw autograd::DomainError("Standardizer::fit",
                                  "row " + std::to_string(seen / columns + 1) + ", column " + std::to_string(c + 1) +
                                      " is " + std::to_string(x),
                                  "Fill in or leave out values that are not finite.");
    ++seen;
    mean[c] += x / n;
    least[c] = std::min(least[c], x);
    most[c] = std::max(most[c], x);
  });
  // Second pass: what the first one rounded away of the mean, and the squares relative to half the range,
  // which can neither overflow nor vanish.
  for (std::size_t c = 0; c < columns; ++c) scale[c] = most[c] / 2 - least[c] / 2;
  each(values, columns, [&](double x, std::size_t c) {
    if (scale[c] == 0) return;
    const double relative = (x / 2 - mean[c] / 2) / scale[c];
    correction[c] += relative / n;
    square[c] += relative * relative / n;
  });
  for (std::size_t c = 0; c < columns; ++c) {
    if (least[c] == most[c] || scale[c] == 0) {
      mean[c] = least[c];
      scale[c] = 1;
    } else {
      mean[c] += 2 * correction[c] * scale[c];
      scale[c] *= 2 * std::sqrt(square[c] - correction[c] * correction[c]);
    }
  }
  return {std::move(mean), std::move(scale)};
}

void Standardizer::apply(std::span<double> values) const {
  require_rows(values.size(), mean.size());
  each(values, mean.size(), [&](double& x, std::size_t c) { x = (x - mean[c]) / scale[c]; });
}

void Standardizer::inverse(std::span<double> values) const {
  require_rows(values.size(), mean.size());
  each(values, mean.size(), [&](double& x, std::size_t c) { x = x * scale[c] + mean[c]; });
}

Table Standardizer::apply(Table table) const {
  require_columns(table);
  apply(std::span{table.values});
  return table;
}

Table Standardizer::inverse(Table table) const {
  require_columns(table);
  inverse(std::span{table.values});
  return table;
}

void Standardizer::require_columns(const Table& table) const {
  if (table.columns != mean.size())
    throw autograd::ShapeError(
        "Standardizer",
        "a table of " + std::to_string(table.columns) + " columns, fitted on " + std::to_string(mean.size()),
        "Apply it to tables with the columns it was fitted on.");
}

}  // namespace nn
