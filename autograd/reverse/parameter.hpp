// Parameter: a tensor that outlives tapes and that optimisers update.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include <autograd/reverse/tensor.hpp>

namespace autograd {

/// The weights of a layer. Used in an expression it is a variable of the tape in scope (a constant without one), and
/// gradients are looked up by it: grads[layer.weight]. A value type: a copy has elements and an identity of its own.
class Parameter {
 public:
  /// A parameter that starts with the elements of `initial`. Throws DtypeError unless they are floating.
  explicit Parameter(const Tensor& initial);
  Parameter(const Parameter& o) : Parameter(o.value()) {}
  Parameter(Parameter&&) noexcept = default;
  Parameter& operator=(const Parameter& o) { return *this = Parameter(o); }
  Parameter& operator=(Parameter&&) noexcept = default;

  const Shape& shape() const { return state_->array.shape(); }
  Index size() const { return state_->array.size(); }
  Dtype dtype() const { return state_->array.dtype(); }

  /// The elements as a constant that shares memory.
  Tensor value() const { return Tensor(state_->array); }
  /// Overwrites the elements; throws ShapeError when the shape differs. The dtype stays.
  void assign(const Tensor& elements);
  /// Moves the elements: w -= rate * grads[w]. Throws ShapeError when the shape differs, DtypeError when the dtype
  /// does.
  Parameter& operator-=(const Tensor& change) { return move(change, -1); }
  Parameter& operator+=(const Tensor& change) { return move(change, 1); }
  /// Changes the dtype, converting the elements.
  void cast(Dtype dtype);
  /// A read-only xtensor view of the elements.
  template <class T>
  auto array() const {
    return core::to_xtensor<const T>(state_->array);
  }
  /// A writable xtensor view of the elements.
  template <class T>
  auto mutable_array() {
    state_->array.touch();
    return core::to_xtensor<T>(state_->array);
  }

  /// For tapes and optimisers: the elements, an identity, and a place to remember the last tape that met it.
  struct State {
    core::Array array;
    std::uint64_t id;
    std::atomic<std::uint64_t> last_seen{0};  // tag of a tape and the index there
  };
  const core::Array& data() const { return state_->array; }
  State& state() const { return *state_; }

 private:
  Parameter& move(const Tensor& change, double sign);

  std::unique_ptr<State> state_;
};

}  // namespace autograd
