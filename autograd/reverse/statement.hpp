// Statement: what the tape keeps of an operation on tensors (and, on a tape that records every operation, of one on
// scalars): which rule, on which values, from which nodes to which.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include <autograd/core/source_location.hpp>
#include <autograd/reverse/alone.hpp>
#include <autograd/reverse/tensor.hpp>

namespace autograd {

/// A node of the tape: a scalar or a tensor with its index; index 0 is a constant.
struct NodeId {
  std::uint32_t index = 0;
  bool tensor = false;
  explicit operator bool() const { return index != 0; }
  friend bool operator==(const NodeId&, const NodeId&) = default;
};

class Sweep;
class ForwardSweep;

/// One recorded operation. It lives in the tape's arena.
class Statement {
 public:
  virtual ~Statement() = default;
  /// The op's name.
  virtual std::string_view name() const = 0;
  /// The nodes it read, constants included, in the order of the op's arguments.
  virtual std::span<const NodeId> arguments() const = 0;
  /// Reads the cotangent of the result and adds to those of the arguments.
  virtual void pullback(Sweep&) const = 0;
  /// Computes the tangent of the result from those of the arguments.
  virtual void pushforward(ForwardSweep&) const = 0;
  /// Where the result is a view of a part of the only argument: the same part of that argument's cotangent, which what
  /// is added to the result's cotangent may go to at once. Elsewhere no array.
  virtual core::Array part_of(const core::Array&) const { return {}; }
  virtual bool is_part() const { return false; }

  // ---- for checks: the operation on its own; a scalar is an array of no axes ----

  /// Its result from other arguments of the same shapes; no array at all if it cannot be computed again.
  virtual core::Array value(std::span<const core::Array>) const { return {}; }
  /// Argument k, where that is a constant.
  virtual core::Array constant(std::size_t) const { return {}; }
  /// Its result in complex numbers; null, or why there is none.
  virtual const char* complex_value(std::span<const core::ComplexArray>, core::ComplexArray&) const {
    return "it has no complex version";
  }
  /// The branches that its elements take; see `branch` in op/contract.hpp.
  virtual std::vector<std::int64_t> branches(std::span<const core::Array>) const { return {}; }
  /// Each element of the result depends on its own elements of the arguments only.
  virtual bool elementwise() const { return false; }

  /// The statement as it were if it had read `x` and given `y`, with the same nodes; null where that makes no
  /// difference to its rules, or it cannot tell.
  virtual std::unique_ptr<Statement> at(std::span<const core::Array> /*x*/, const core::Array& /*y*/) const {
    return nullptr;
  }

  NodeId result;
  std::uint32_t scalars_before = 0;  // scalar statements recorded earlier: the order between the two kinds
  SourceLocation where;              // where the result was named
  std::uint64_t kept_arguments = ~std::uint64_t{0};  // bit k: holds a handle on the value of argument k
  bool keeps_result = false;                         // holds one on its result
};

/// The cotangents while a tape runs backwards.
class Sweep {
 public:
  virtual ~Sweep() = default;
  /// The cotangent of a scalar; a constant 0 when nothing depends on it.
  virtual Var scalar(std::uint32_t index) const = 0;
  virtual void add_scalar(std::uint32_t index, const Var& cotangent) = 0;
  /// The cotangent of a tensor, handed over; `true` unless nothing depends on it.
  virtual bool take(std::uint32_t index, Tensor& cotangent) = 0;
  /// Adds to the cotangent of a node; constants take nothing.
  virtual void add_tensor(std::uint32_t index, Tensor cotangent) = 0;
  /// The row-major memory where the cotangent of a tensor is summed, and whether something is in it already. The
  /// reference is good until something else is done to that cotangent.
  virtual const core::Array& accumulator(std::uint32_t index, const Shape& shape, Dtype dtype, bool& add) = 0;
  /// The statement that made this node as a part of another, where nobody could ask for the part's own cotangent and
  /// none has been given yet; else null, and always so in a sweep that looks at single statements.
  virtual const Statement* part(std::uint32_t) const { return nullptr; }
  /// The accumulator of a node, with zeros in it where nothing was; asked for where there is a part.
  virtual const core::Array& accumulator(std::uint32_t) {
    static const core::Array nothing;
    return nothing;
  }
  /// Whether something may have been added to that cotangent already.
  virtual bool knows(std::uint32_t /*index*/) const { return true; }
  /// Offers memory that nobody else needs as that place, its elements still to be overwritten; true when it was taken.
  virtual bool offer(std::uint32_t index, const Tensor& memory) = 0;
};

/// The tangents while a tape runs forwards.
class ForwardSweep {
 public:
  virtual ~ForwardSweep() = default;
  virtual Var scalar(NodeId) const = 0;
  virtual void set_scalar(std::uint32_t index, const Var& tangent) = 0;
  /// The tangent of a tensor; false when it is zero.
  virtual bool tensor(NodeId, Tensor& tangent) const = 0;
  virtual void set_tensor(std::uint32_t index, Tensor tangent) = 0;
};

}  // namespace autograd
