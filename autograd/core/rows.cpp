// Moving axes; a reduction over trailing axes of a row-major array costs no copy.
#include <autograd/core/rows.hpp>

namespace autograd::core {

Rows rows_of(std::string_view where, const Array& x, const Axes& axes, bool keepdims) {
  const Shape over = normalize_axes(where, axes, x.rank());
  Rows r;
  r.shape = reduced(x.shape(), over, keepdims);
  Shape shape;
  Strides strides;
  r.rows = r.length = 1;
  for (const bool inner : {false, true}) {
    for (std::size_t d = 0; d < x.rank(); ++d) {
      bool gone = false;
      for (Index a : over) gone |= a == static_cast<Index>(d);
      if (gone != inner) continue;
      r.order.push_back(static_cast<Index>(d));
      shape.push_back(x.shape()[d]);
      strides.push_back(x.strides()[d]);
      (inner ? r.length : r.rows) *= x.shape()[d];
    }
  }
  r.values = x.view(shape, strides, 0).packed();
  return r;
}

Array in_original_order(const Rows& r, const Array& packed) {
  Shape shape = Shape::filled(r.order.size(), 0);
  Strides strides = shape;
  for (std::size_t d = 0; d < r.order.size(); ++d) {
    const auto axis = static_cast<std::size_t>(r.order[d]);
    shape[axis] = packed.shape()[d];
    strides[axis] = packed.strides()[d];
  }
  return packed.view(shape, strides, 0);
}

}  // namespace autograd::core
