// Saved: a value that a statement keeps for its pullback.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include <autograd/reverse/tensor.hpp>

namespace autograd::core {

/// A value kept by a statement, with the version of its memory: written in place since, it would give wrong gradients.
class Saved {
 public:
  explicit Saved(Tensor t) : value_(std::move(t)), version_(value_.data().version()) {}
  const Shape& shape() const { return value_.shape(); }
  /// Throws TapeError, in the name of the op, when the elements have been overwritten since.
  const Tensor& get(std::string_view op) const {
    if (value_.data().version() != version_)
      throw TapeError(op, "a tensor that its gradient needs was changed in place after it was recorded",
                      "Change a copy, or take the gradient first.");
    return value_;
  }

 private:
  Tensor value_;
  std::uint32_t version_ = 0;
};

/// What a statement keeps of a value of which its pullback needs shape and dtype only.
class SavedShape {
 public:
  explicit SavedShape(const Tensor& t) : shape_(t.shape()), dtype_(t.dtype()) {}
  const Shape& shape() const { return shape_; }
  /// A single zero, repeated.
  Tensor get(std::string_view) const { return Tensor(scalar(0, dtype_).broadcast_to(shape_)); }

 private:
  Shape shape_;
  Dtype dtype_;
};

}  // namespace autograd::core
