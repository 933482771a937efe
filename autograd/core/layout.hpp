// Views: new shapes over the same memory.
#pragma once

#include <autograd/core/array.hpp>

namespace autograd::core {

/// The same elements in row-major order under another shape; one extent may be -1. A view where the memory allows it,
/// a copy elsewhere. Throws ShapeError when the number of elements differs.
Array reshape(const Array& x, const Shape& shape);

}  // namespace autograd::core
