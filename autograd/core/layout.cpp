// Views and the copies that views cannot express.
#include <autograd/core/layout.hpp>

#include <algorithm>
#include <vector>

namespace autograd::core {
namespace {

// The strides that read (shape, strides) in row-major order under the shape `to` of as many elements (not none), if there
// are any: groups of axes that hold equally many elements are matched, and each must advance evenly.
std::optional<Strides> strides_under(const Shape& shape, const Strides& strides, const Shape& to) {
  Strides out = Shape::filled(to.size(), 0);
  std::size_t i = 0, j = 0;
  while (i < shape.size() && j < to.size()) {
    std::size_t i_end = i + 1, j_end = j + 1;
    for (Index n = shape[i], m = to[j]; n != m;)
      if (n < m) n *= shape[i_end++];
      else m *= to[j_end++];
    Index stride = 0, extent = 0;  // of the axes seen from the last one of the group; those of extent 1 do not count
    for (std::size_t d = i_end; d-- > i;) {
      if (shape[d] == 1) continue;
      if (extent && strides[d] != stride * extent) return {};
      if (!extent) extent = 1, stride = strides[d];
      extent *= shape[d];
    }
    for (std::size_t d = j_end; d-- > j; stride *= to[d]) out[d] = stride;
    i = i_end, j = j_end;
  }
  return out;
}

void need_matrix(std::string_view where, const Shape& shape, std::size_t rank) {
  if (shape.size() < 2 || (rank && shape.size() != rank))
    throw ShapeError(where, "needs a matrix, got shape " + to_string(shape));
}

// The number of elements on the k-th diagonal of an (m, n) matrix.
Index diagonal_length(Index m, Index n, Index k) {
  return k >= 0 ? std::clamp(n - std::min(k, n), Index{0}, m) : std::clamp(m + std::max(k, -m), Index{0}, n);
}

}  // namespace

Array reshape(const Array& x, const Shape& to) {
  Shape shape = to;
  Shape::size_type_of_free: ;
  return x;
}

}  // namespace autograd::core
