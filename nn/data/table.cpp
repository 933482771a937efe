// Looking up, copying and leaving out the columns of a Table.
#include <algorithm>
#include <autograd/core/error.hpp>
#include <nn/data/table.hpp>

namespace nn {

using autograd::ShapeError;

std::span<const double> Table::row(std::size_t index) const {
  if (index >= rows)
    throw ShapeError("Table::row",
                     "row " + std::to_string(index) + " of a table with " + std::to_string(rows) + " rows",
                     "Rows are counted from 0.");
  return std::span{values}.subspan(index * columns, columns);
}

std::size_t Table::index(std::string_view name) const {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) {
    std::string known;
    for (const std::string& n : names) known += (known.empty() ? "'" : ", '") + n + "'";
    throw ShapeError("Table::column", "no column is named '" + std::string{name} + "'",
                     names.empty() ? "The table has no names: use a position." : "The names are " + known + ".");
  }
  if (std::find(found + 1, names.end(), name) != names.end())
    throw ShapeError("Table::column", "several columns are named '" + std::string{name} + "'", "Use a position.");
  return static_cast<std::size_t>(found - names.begin());
}

std::size_t Table::index(std::int64_t i) const {
  const auto count = static_cast<std::int64_t>(columns);
  if (i < -count || i >= count)
    throw ShapeError("Table::column",
                     "column " + std::to_string(i) + " of a table with " + std::to_string(count) + " columns",
                     "Columns are counted from 0, or from the end with -1, -2 and so on.");
  return static_cast<std::size_t>(i < 0 ? i + count : i);
}

std::string Table::label(std::size_t i) const {
  std::string text = "column " + std::to_string(i + 1);
  if (i < names.size()) text += " ('" + names[i] + "')";
  return text;
}

std::vector<double> Table::extract(std::size_t column) const {
  std::vector<double> result(rows);
  for (std::size_t r = 0; r < rows; ++r) result[r] = (*this)(r, column);
  return result;
}

Table Table::remove(std::size_t column) const {
  Table result{names, rows, columns - 1, {}};
  const auto at = static_cast<std::ptrdiff_t>(column);
  if (!names.empty()) result.names.erase(result.names.begin() + at);
  result.values.reserve(rows * result.columns);
  for (auto r = values.begin(); r != values.end(); r += static_cast<std::ptrdiff_t>(columns)) {
    result.values.insert(result.values.end(), r, r + at);
    result.values.insert(result.values.end(), r + at + 1, r + static_cast<std::ptrdiff_t>(columns));
  }
  return result;
}

}  // namespace nn
