// Tensors in every layout: the same elements behind other strides, and arguments that broadcasting repeats.
#pragma once

#include <vector>

#include <autograd/autograd.hpp>

namespace battery {

namespace ag = autograd;

/// How an argument of a (rows, columns) operation lies in memory.
enum class Layout { contiguous, transposed, stepped, reversed, repeated, shifted, row, column, scalar };
inline constexpr Layout layouts[] = {Layout::contiguous, Layout::transposed, Layout::stepped,
                                     Layout::reversed,   Layout::repeated,   Layout::shifted,
                                     Layout::row,        Layout::column,     Layout::scalar};
inline const char* name_of(Layout l) {
  constexpr const char* names[] = {"contiguous", "transposed", "stepped", "reversed", "repeated",
                                   "shifted",    "row",        "column",  "scalar"};
  return names[static_cast<int>(l)];
}

/// A tensor, its elements in row-major order, and which of them each of the rows * columns results reads.
struct Argument {
  ag::Tensor tensor;
  std::vector<double> elements;
  std::vector<std::size_t> read;
};

/// element(i) gives the elements in row-major order of the argument's own shape.
template <class F>
Argument make_argument(Layout layout, ag::Index rows, ag::Index columns, ag::Dtype dtype, const F& element) {
  ag::Shape shape{rows, columns}, strides{columns, 1};
  ag::Index memory = rows * columns, offset = 0;
  switch (layout) {
    case Layout::contiguous:
      break;
    case Layout::transposed:
      strides = {1, rows};
      break;
    case Layout::stepped:
      strides = {3 * columns, 3}, memory *= 3;
      break;
    case Layout::reversed:
      strides = {-columns, -1}, offset = rows * columns - 1;
      break;
    case Layout::repeated:
      strides = {0, 1}, memory = columns;
      break;
    case Layout::shifted:
      memory += 1, offset = 1;
      break;
    case Layout::row:
      shape = {columns}, strides = {1}, memory = columns;
      break;
    case Layout::column:
      shape = {rows, 1}, strides = {1, 1}, memory = rows;
      break;
    case Layout::scalar:
      shape = {}, strides = {}, memory = 1;
      break;
  }
  const ag::core::Array store = ag::core::Array::zeros({memory}, dtype);
  if (memory == 0) offset = 0;
  Argument a{ag::Tensor(store.view(shape, strides, offset)), {}, {}};
  const ag::Index down = shape.size() == 2 ? strides[0] : 0, across = shape.empty() ? 0 : strides.back();
  const ag::Index r = shape.size() == 2 ? shape[0] : 1, c = shape.empty() ? 1 : shape.back();
  for (ag::Index i = 0; i < r * c; ++i) {
    const double value = element(static_cast<std::size_t>(layout == Layout::repeated ? i % c : i));
    a.elements.push_back(value);
    const ag::Index at = offset + i / c * down + i % c * across;
    if (dtype == ag::float32) store.data<float>()[at] = static_cast<float>(value);
    else store.data<double>()[at] = value;
  }
  for (ag::Index i = 0; i < rows; ++i)
    for (ag::Index j = 0; j < columns; ++j)
      a.read.push_back(static_cast<std::size_t>((r == 1 ? 0 : i) * c + (c == 1 ? 0 : j)));
  return a;
}

}  // namespace battery
