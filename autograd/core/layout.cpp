// Views and the copies that views cannot express.
#include <autograd/core/layout.hpp>

namespace autograd::core {

Array reshape(const Array& x, const Shape& to) {
  Shape shape = to;
  Index known = 1;
  std::size_t free = max_rank;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == -1 && free == max_rank) free = i;
    else if (shape[i] < 0)
      throw ShapeError("reshape", "cannot read the shape " + to_string(to), "One extent may be -1, the others are 0 or more.");
    else known *= shape[i];
  }
  if (free != max_rank && known != 0) shape[free] = x.size() / known;
  if (count(shape) != x.size() || (free != max_rank && known == 0))
    throw ShapeError("reshape", "shape " + to_string(x.shape()) + " has " + std::to_string(x.size()) +
                                    " elements, which do not fill " + to_string(to));
  const Array from = x.packed();
  return from.view(shape, row_major(shape), 0);
}

}  // namespace autograd::core
