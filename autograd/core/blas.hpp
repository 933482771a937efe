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

/// How a product reads its arguments and writes its result.
struct ProductOptions {
  bool lhs_transposed = false;  ///< the last two axes of lhs are exchanged first; a vector has none to exchange
  bool rhs_transposed = false;  ///< the same for rhs
  bool column_major = false;    ///< the result lies in memory in transposed order
};

/// The product of vectors, matrices or batches of matrices, as NumPy's matmul. Operands whose rows or columns lie
/// without gaps are read where they are; others are packed. Throws ShapeError, and DtypeError unless both are float32
/// or both float64.
Array matmul(const Array& lhs, const Array& rhs, const ProductOptions& options);

/// True for an array whose last two axes lie as those of a transposed matrix.
bool is_column_major(const Array& x);

}  // namespace autograd::core
