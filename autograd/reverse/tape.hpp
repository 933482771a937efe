// Tape: records scalars and tensors, in order, while it is in scope.
//
//   ag::Tape tape;
//   auto x = tape.variable(-2.0), y = tape.variable(5.0), z = tape.variable(-4.0);
//   ag::Var f = (x + y) * z;
//   auto g = tape.gradient(f);            // g[x] = -4, g[y] = -4, g[z] = 3
//
// Note [Levels]: tapes nest. A variable of the inner tape has a *primal*: its value as the outer tape knows it. An
// inner operation first computes its primal with the inner tape set aside, so the outer one records it, and then keeps
// the rule and the primals as a node. Its pullback, written in differentiable functions, runs with the inner tape set
// aside too: so gradients of the inner tape are variables of the outer, to any depth. Such a tape, and one opened with
// record_graph, records every elementary operation as its own node; a tape on its own records fused statements.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <autograd/core/arena.hpp>
#include <autograd/core/source_location.hpp>
#include <autograd/reverse/anomaly.hpp>
#include <autograd/reverse/parameter.hpp>
#include <autograd/reverse/statement.hpp>
#include <autograd/reverse/tensor.hpp>
#include <autograd/reverse/var.hpp>

namespace autograd {

/// Asks a tape to keep every elementary operation as a node with value and adjoint, for pictures and explanations.
struct RecordGraph {};
inline constexpr RecordGraph record_graph{};

class Gradients;
namespace core {
class AnomalyWatch;
}

/// The tape of Var and Tensor. It records from its construction to the end of its scope, on its own thread.
class Tape : public BasicTape<double> {
 public:
  explicit Tape(SourceLocation where = SourceLocation::current());
  explicit Tape(RecordGraph, SourceLocation where = SourceLocation::current());
  /// Stops with an AnomalyError where a value or a gradient stops being finite; see anomaly.hpp.
  explicit Tape(DetectAnomaly, SourceLocation where = SourceLocation::current());
  ~Tape();

  /// A scalar variable. A variable of an outer tape, or an expression of such, may stand for the value.
  template <class T>
    requires std::is_arithmetic_v<T>
  Var variable(T value) {
    const auto number = static_cast<double>(value);
    return elementary_ ? variable(Var(number)) : Var(number, push_empty(), tag());
  }
  Var variable(const Var& value);
  /// A tensor variable over the same elements, of any shape. Throws DtypeError unless they are floating.
  Tensor variable(const Tensor& value);
  Var variable(const Var& value, std::string name);
  Tensor variable(const Tensor& value, std::string name);

  /// The gradient of a scalar result. Throws TapeError when f is not on this tape or has more than one element.
  Gradients gradient(const Var& f) const;
  Gradients gradient(const Tensor& f) const;
  /// The vector-Jacobian product of a result of any shape with a cotangent of that shape (or one that broadcasts).
  Gradients gradient(const Tensor& f, const Tensor& cotangent) const;
  template <class E>
    requires core::is_expression<E>
  void gradient(const E&) const {
    static_assert(core::leaf_count<E> == 0,
                  "this expression has no name, so it is not on the tape: write `ag::Var f = ...;` "
                  "(or `ag::Tensor f = ...;`) and ask for the gradient of f");
  }

  /// A place on the tape, for `rewind`.
  struct Position {
    BasicTape<double>::Position scalars;
    std::size_t statements = 0, tensors = 0, parameters = 0;
    core::Arena::Position arena;
  };
  /// Where the tape is now.
  Position position() const;
  /// Forgets what was recorded since `p`; variables made since are dead.
  void rewind(const Position& p);

  /// Gives a node a name, for pictures.
  void name(const Var& x, std::string name);
  void name(const Tensor& x, std::string name);

  /// The innermost tape of this thread, or null.
  static Tape* active() { return static_cast<Tape*>(BasicTape<double>::active()); }

  /// Where a cotangent of exactly 0 met an infinite slope, in the sweeps so far. Throws TapeError unless the tape was
  /// opened with detect_anomaly.
  std::span<const StrongZero> strong_zeros() const;

  // ---- for ops, pictures and sweeps ----

  /// What checks the operations of this tape; null unless it or a tape around it was opened with detect_anomaly.
  const core::AnomalyWatch* watch() const { return watch_; }

  /// The line of an operation that is recorded now, where every operation is. Inside a rule of an inner tape's
  /// operation it is that operation's; for one without a line, such as an expression that a function returns without
  /// giving it a name, that where the tape was opened, or a tape around it.
  SourceLocation line(SourceLocation where) const;

  /// The value as the outer tape knows it; see Note [Levels]. Constants are their own.
  Var primal(const Var& x) const;
  Tensor primal(const Tensor& x) const;
  /// The node of a variable of this tape; none for constants and variables of outer tapes. Throws TapeError for others.
  NodeId node(const Var& x) const;
  NodeId node(const Tensor& x) const {
    if (x.tag() != tag()) {
      if (x.tag() != 0) check(x.tag());
      return {};
    }
    if (x.index() >= tensors_.size()) refuse_dead();
    return {x.index(), true};
  }
  /// A parameter as a variable of this tape.
  Tensor parameter(const Parameter& p);
  /// Constructs a statement S(args...) in the arena; its result is a new tensor (or scalar) with the given primal.
  template <class S, class... A>
  Tensor record_tensor(const Tensor& result, const SourceLocation& where, A&&... args) {
    Statement* s = new (arena_.allocate(sizeof(S), alignof(S))) S(std::forward<A>(args)...);
    return finish_tensor(s, result, where);
  }
  template <class S, class... A>
  Var record_scalar(const Var& result, SourceLocation where, A&&... args) {
    Statement* s = new (arena_.allocate(sizeof(S), alignof(S))) S(std::forward<A>(args)...);
    return finish_scalar(s, result, where);
  }
  /// A statement with `extra` bytes behind it, for the formula of a fused expression, of which `result` becomes the
  /// result.
  template <class S, class... A>
  void record_with_space(Tensor& result, const SourceLocation& where, std::size_t extra, A&&... args) {
    Statement* s = new (arena_.allocate(sizeof(S) + extra, alignof(S))) S(std::forward<A>(args)...);
    result = finish_tensor(s, std::move(result), where);
  }

  /// All tensor-level statements (all statements, on a tape that records every operation), in order.
  std::span<Statement* const> statements() const { return statements_; }
  /// The value of a node.
  Var scalar_at(std::uint32_t index) const { return scalars_[index]; }
  /// The same of a tensor; only on a tape that records every operation.
  const Tensor& tensor_at(std::uint32_t index) const { return tensors_[index].primal; }
  /// Made as a part of another tensor.
  bool is_part(NodeId id) const { return tensors_[id.index].made_by && tensors_[id.index].made_by->is_part(); }
  std::uint32_t tensor_count() const { return static_cast<std::uint32_t>(tensors_.size()); }
  std::string label(NodeId) const;
  /// Tangents of `results`, given those of `inputs`: runs the statements forwards. Needs a tape that records every
  /// operation.
  std::vector<Tensor> pushforward(const std::vector<Tensor>& inputs, const std::vector<Tensor>& tangents,
                                  const std::vector<Tensor>& results) const;
  std::vector<Var> pushforward(const std::vector<Var>& inputs, const std::vector<Var>& tangents,
                               const std::vector<Var>& results) const;

 private:
  friend class TapeSweep;
  friend class TangentSweep;
  // Elements are kept by users and by the statements whose pullbacks read them. A tape of fused statements holds none
  // itself, it only sees who does.
  struct TensorNode {
    Tensor primal{core::Array()};  // where every operation is recorded
    core::ArrayWatch value;
    std::uint32_t saved = 0;  // handles that statements and this node keep
    const Statement* made_by = nullptr;
    /// A user has a handle on it.
    bool held() const { return value.references() > saved; }
  };
  void push_tensor(const Tensor& primal, const Statement* made_by);
  Tensor finish_tensor(Statement* s, Tensor result, const SourceLocation& where);
  Var finish_scalar(Statement* s, const Var& result, SourceLocation where);
  void enter(Statement* s, const SourceLocation& where);
  Gradients sweep(NodeId seed, const Var& scalar_seed, const Tensor& tensor_seed) const;
  void destroy_statements(std::size_t from) noexcept;

  core::Arena arena_;
  core::PoolVector<Statement*> statements_;
  core::PoolVector<TensorNode> tensors_;
  core::PoolVector<Var> scalars_;                                         // primals, where every operation is recorded
  core::PoolVector<std::pair<std::uint64_t, std::uint32_t>> parameters_;  // id and tensor index, in order of first use
  std::map<std::pair<bool, std::uint32_t>, std::string> names_;
  std::unique_ptr<core::AnomalyWatch> own_watch_;
  core::AnomalyWatch* watch_ = nullptr;  // its own, or that of a tape around it
  SourceLocation opened_;
  SourceLocation lent_;  // of the operation of an inner tape whose rule is recorded here

  // Lends the outer tape the lines of a tape's operations while their rules run.
  class Lend {
   public:
    explicit Lend(const Tape& inner) : outer_(static_cast<Tape*>(inner.outer())) {
      if (outer_) before_ = outer_->lent_;
    }
    ~Lend() {
      if (outer_) outer_->lent_ = before_;
    }
    Lend(const Lend&) = delete;
    Lend& operator=(const Lend&) = delete;
    void operator()(const Statement& s) const {
      if (outer_) outer_->lent_ = s.where;
    }

   private:
    Tape* outer_;
    SourceLocation before_;
  };
};

/// The gradient of one result, as a value: g[x] has the shape and dtype of x. On a nested tape it is itself a variable
/// of the outer one.
class Gradients {
 public:
  /// df/dx for a variable, or for a named result that is still held. Throws TapeError for anything else.
  Var operator[](const Var& x) const {
    if (x.tag() == tag_ && x.index() < scalars_.size()) [[likely]]
      return scalars_[x.index()];
    return look_up(x);
  }
  Tensor operator[](const Tensor& x) const;
  /// df/dp, zeros when f does not depend on p.
  Tensor operator[](const Parameter& p) const;
  /// The adjoint of a node, for pictures; false when there is none.
  bool tensor_at(std::uint32_t index, Tensor& adjoint) const;
  Var scalar_at(std::uint32_t index) const;

 private:
  friend class Tape;
  friend class TapeSweep;
  Var look_up(const Var& x) const;

  std::uint32_t tag_ = 0;
  // A tensor's cotangent, if there is one. That of an intermediate result which nobody could ask for is dropped.
  struct TensorAdjoint {
    Tensor value;
    enum { absent, known, dropped } state = absent;
  };
  core::PoolVector<double> scalars_;
  core::PoolVector<Var> scalar_vars_;
  core::PoolVector<TensorAdjoint> tensors_;
  core::PoolVector<std::pair<std::uint64_t, std::uint32_t>> parameters_;
};

}  // namespace autograd
