// Matrix products, the one thing that is left to BLAS.
#pragma once

#include <autograd/core/array.hpp>

namespace autograd::core {

/// The extents of a product, as a rule needs them: both arguments and the result seen as (batch..., rows, columns). A
/// vector on the left is a row, on the right a column.
struct ProductShapes {
  Shape lhs, rhs, result;
  /// The shape that the user sees: without the row or the column that a vector stood for.
  Shape shown;
};
/// Throws ShapeError for numbers, for inner dimensions that differ and for batches that do not broadcast.
ProductShapes product_shapes(const Shape& lhs, const Shape& rhs);

/// The product of vectors, matrices or batches of matrices, as NumPy's matmul. Operands whose rows or columns lie
/// without gaps are read where they are; others are packed. `column_major` asks for the transposed order of the result
/// in memory. Throws ShapeError, and DtypeError unless both are float32 or both float64.
Array matmul(const Array& lhs, const Array& rhs, bool column_major);

/// True for an array whose last two axes lie as those of a transposed matrix.
bool is_column_major(const Array& x);

}  // namespace autograd::core
