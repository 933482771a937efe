// Tensor: the n-dimensional variable. Its element type is known at run time, as in NumPy.
//
//   ag::Tensor X = xt::random::randn<float>({64, 784});   // a constant, from any xtensor expression
//   ag::Tensor y = tanh(matmul(X, W) + b);                // one fused statement, if a tape records
//   y.array<float>()(3, 5);                               // an xtensor view of the elements
#pragma once

#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <span>
#include <type_traits>
#include <vector>

#include <autograd/core/source_location.hpp>
#include <autograd/core/xtensor.hpp>
#include <autograd/reverse/expression.hpp>
#include <autograd/reverse/var.hpp>

namespace autograd {

namespace core {
// How an expression of tensors gets a name: fused, in one pass; in fused.hpp.
template <class E>
Tensor name_expression(const E& e, SourceLocation where);
}  // namespace core

template <core::XtensorExpression E>
inline constexpr bool is_foreign_array<E> = true;

/// A handle, 16 bytes: the elements, and the index on its tape. Copies share memory.
class Tensor {
 public:
  /// The number 0, as a float64 scalar.
  Tensor();
  /// A number, as a scalar of no dimensions.
  explicit Tensor(double value, Dtype dtype = float64) : array_(core::scalar(value, dtype)) {}
  /// The elements of an xtensor expression, copied; integers become int64.
  template <core::XtensorExpression E>
  Tensor(const E& e) : array_(core::from_xtensor(e)) {}
  /// Names an expression: evaluates it in one pass and records one statement. Throws ShapeError, DtypeError, TapeError.
  template <TensorExpression E>
  Tensor(const E& e, SourceLocation where = SourceLocation::current()) : Tensor(core::name_expression(e, where)) {}
  /// A parameter, as a variable of the tape in scope.
  Tensor(const Parameter& p);
  /// For ops: a constant over an array, or a variable with a given identity.
  explicit Tensor(core::Array array, std::uint32_t index = 0, std::uint32_t tag = 0)
      : array_(std::move(array)), index_(index), tag_(tag) {}
  /// For tapes: a temporary with another identity.
  Tensor(Tensor&& t, std::uint32_t index, std::uint32_t tag) : array_(std::move(t.array_)), index_(index), tag_(tag) {}

  static Tensor zeros(const Shape& shape, Dtype dtype = float64) { return Tensor(core::Array::zeros(shape, dtype)); }
  static Tensor ones(const Shape& shape, Dtype dtype = float64) { return Tensor(core::Array::full(shape, dtype, 1)); }
  static Tensor full(const Shape& shape, double value, Dtype dtype = float64) {
    return Tensor(core::Array::full(shape, dtype, value));
  }
  /// 0, 1, ..., n - 1.
  static Tensor arange(Index n, Dtype dtype = int64);
  /// n numbers from `first` to `last`, both included, in the given shape.
  static Tensor linspace(double first, double last, const Shape& shape, Dtype dtype = float64);
  /// The given elements in row-major order. Throws ShapeError when their number does not fit.
  template <class T>
  static Tensor of(const std::vector<T>& elements, const Shape& shape);

  const Shape& shape() const& { return array_.shape(); }
  Shape shape() && { return array_.shape(); }
  /// The extent of one axis; negative axes count from the end.
  Index shape(Index axis) const { return shape()[core::normalize_axis("shape", axis, rank())]; }
  std::size_t rank() const { return array_.rank(); }
  Index size() const { return array_.size(); }
  Dtype dtype() const { return array_.dtype(); }

  /// The one element, as a double; throws ShapeError when there are several.
  double value() const { return core::item("value", array_); }
  /// A read-only xtensor view of the elements. It lives as long as a handle on this tensor. Throws DtypeError.
  template <class T>
  auto array() const& {
    return core::to_xtensor<const T>(array_);
  }
  /// The elements of a temporary, as an xtensor array of their own.
  template <class T>
  xt::xarray<T> array() && {
    return core::to_xtensor<const T>(array_);
  }
  /// A writable xtensor view. A tape that saved these values refuses to differentiate afterwards. Throws DtypeError,
  /// and TapeError for a tensor that is on a tape itself.
  template <class T>
  auto mutable_array() {
    prepare_write("mutable_array");
    return core::to_xtensor<T>(array_);
  }
  /// The elements in row-major order, as doubles.
  std::vector<double> to_vector() const;

  /// The element at these indices (negative ones count from the end), as a Var of the same tape.
  template <std::convertible_to<Index>... I>
  Var operator()(I... i) const {
    return element(Shape{static_cast<Index>(i)...});
  }
  Var element(const Shape& at, SourceLocation where = SourceLocation::current()) const;

  /// The elements without history, for ops.
  const core::Array& data() const { return array_; }
  std::uint32_t index() const { return index_; }
  std::uint32_t tag() const { return tag_; }

  /// Throws TapeError when this tensor is on a tape: its values may not change then. Otherwise marks them as changed.
  void prepare_write(std::string_view where) const;

 private:
  core::Array array_;
  std::uint32_t index_ = 0, tag_ = 0;
};

/// Prints the elements as NumPy does, the middle of long axes left out.
std::ostream& operator<<(std::ostream& out, const Tensor& t);

/// The same values, as a constant: gradients stop here.
inline Tensor stop_gradient(const Tensor& x) { return Tensor(x.data()); }
template <class T>
BasicVar<T> stop_gradient(const BasicVar<T>& x) {
  return x.value();
}

template <class T>
Tensor Tensor::of(const std::vector<T>& elements, const Shape& shape) {
  if (static_cast<Index>(elements.size()) != core::count(shape))
    throw ShapeError("of", std::to_string(elements.size()) + " elements for the shape " + to_string(shape));
  using E = core::ElementOf<T>;
  core::Array out = core::Array::empty(shape, core::dtype_of<E>);
  for (std::size_t i = 0; i < elements.size(); ++i) out.data<E>()[i] = static_cast<E>(elements[i]);
  return Tensor(std::move(out));
}

}  // namespace autograd
