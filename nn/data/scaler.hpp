// Standardizer: columns of mean 0 and deviation 1, which is what gradient descent wants to be fed.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <nn/data/table.hpp>

namespace nn {

/// x' = (x - mean) / scale for each column, with what fit() saw. Fit on the training rows only, apply to all.
struct Standardizer {
  std::vector<double> mean;   ///< (columns,) in the units of the columns
  std::vector<double> scale;  ///< (columns,) sqrt(1/n sum (x - mean)^2), or 1 for a constant column

  /// Mean and deviation of each column of a row-major (rows, columns) matrix.
  /// Throws ShapeError if the sizes do not fit, DomainError for no rows or a value that is not finite.
  static Standardizer fit(std::span<const double> values, std::size_t columns);
  static Standardizer fit(const Table& table) { return fit(table.values, table.columns); }

  /// (x - mean) / scale, in place; a constant column becomes 0. (rows, columns) with any number of rows.
  /// Throws ShapeError if the size is no multiple of the columns that were fitted.
  void apply(std::span<double> values) const;

  /// x * scale + mean, in place: undoes apply(). Throws ShapeError as it does.
  void inverse(std::span<double> values) const;

  /// The same on a copy of a table. Throws ShapeError if it has another number of columns.
  Table apply(Table table) const;
  Table inverse(Table table) const;

 private:
  void require_columns(const Table& table) const;
};

}  // namespace nn
