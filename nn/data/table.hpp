// A table of numbers, as read from a file: named columns, values row by row in double precision.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nn {

/// `rows` x `columns` numbers in row-major order; `names` has one name for each column, or is empty.
struct Table {
  std::vector<std::string> names;
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::vector<double> values;

  /// The element of a row and a column, both counted from 0 and not checked.
  double operator()(std::size_t row, std::size_t column) const { return values[row * columns + column]; }

  /// One row, without a copy. Throws ShapeError if there is no such row.
  std::span<const double> row(std::size_t index) const;

  /// The position of a column. Throws ShapeError, listing the names, if none or several have this name.
  std::size_t index(std::string_view name) const;

  /// The position of column `i`, negative ones counted from the end: -1 is the last. Throws ShapeError outside.
  std::size_t index(std::int64_t i) const;

  /// One column, (rows,), by its name or its position (-1 is the last). Throws ShapeError as index() does.
  std::vector<double> column(std::string_view name) const { return extract(index(name)); }
  std::vector<double> column(std::int64_t i) const { return extract(index(i)); }

  /// The table without one column: the features, once the target is taken. Throws ShapeError as index() does.
  Table without(std::string_view name) const { return remove(index(name)); }
  Table without(std::int64_t i) const { return remove(index(i)); }

  /// "column 3" or "column 3 ('bmi')": how messages name the column at position `i`, counted from 1.
  std::string label(std::size_t i) const;

 private:
  std::vector<double> extract(std::size_t column) const;
  Table remove(std::size_t column) const;
};

}  // namespace nn
