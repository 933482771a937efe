// AnomalyWatch: what a tape opened with detect_anomaly holds, and the sweep that watches (see anomaly.hpp).
#pragma once

#include <memory>
#include <span>

#include <autograd/reverse/anomaly.hpp>
#include <autograd/reverse/tape.hpp>

namespace autograd::core {

/// The row-major position of the first element that is not finite, -1 if all are.
Index first_not_finite(const Array& a);
/// The element at a row-major position, as a double.
double element_at(const Array& a, Index i);
/// What an op read: at one element of its result for an elementwise op, the worst of it for another.
Anomaly::Input described_input(const Tape& tape, NodeId node, const Tensor& x, const Shape& result, Index element,
                               bool elementwise);

class AnomalyWatch {
 public:
  /// Throws AnomalyError unless the value y of op(x...) is finite. Inside a rule nothing is checked: what counts there
  /// is the contribution or tangent that comes out, in which an infinite factor may have met a strong zero.
  void value(const Tape& tape, std::string_view op, SourceLocation where, std::span<const Tensor> x, const Tensor& y,
             bool elementwise) const;
  void value(const Tape& tape, std::string_view op, SourceLocation where, std::span<const Var> x, const Var& y) const;

  /// The same for the tangent that a statement's rule gave its result; those of its arguments are finite.
  void tangent(const Tape& tape, const Statement& s, const ForwardSweep& tangents) const;
  /// Throws AnomalyError unless a tangent that the user gave is finite.
  void given_tangent(const Tensor& t) const;

  /// While one lives a rule runs.
  class Rule {
   public:
    explicit Rule(AnomalyWatch* watch) : watch_(watch) {
      if (watch_) ++watch_->rules_;
    }
    ~Rule() {
      if (watch_) --watch_->rules_;
    }
    Rule(const Rule&) = delete;
    Rule& operator=(const Rule&) = delete;

   private:
    AnomalyWatch* watch_;
  };

  std::vector<StrongZero> strong_zeros;

 private:
  int rules_ = 0;
};

/// Stands between a statement and the sweep of its tape, and looks at all cotangents that pass.
class WatchingSweep final : public Sweep {
 public:
  WatchingSweep(const Tape& tape, AnomalyWatch& watch, Sweep& sweep, NodeId seed)
      : tape_(tape), watch_(watch), sweep_(sweep), seed_(seed), touched_(tape.size() + 1) {
    if (!seed.tensor) touched_[seed.index] = true;
  }
  /// The pullback of s, watched.
  void pull(const Statement& s);
  /// Throws for a gradient of a variable, the node n, that is not finite though all contributions were.
  void finished(NodeId n, const Tensor& gradient);

  Var scalar(std::uint32_t index) const override;
  void add_scalar(std::uint32_t index, const Var& c) override;
  bool take(std::uint32_t index, Tensor& cotangent) override;
  void add_tensor(std::uint32_t index, Tensor c) override;
  const Array& accumulator(std::uint32_t index, const Shape& shape, Dtype dtype, bool& add) override {
    return sweep_.accumulator(index, shape, dtype, add);
  }
  bool offer(std::uint32_t index, const Tensor& memory) override { return sweep_.offer(index, memory); }

 private:
  void check_cotangent(NodeId n, const Tensor& g) const;
  void check_contribution(NodeId n, const Tensor& c);
  std::size_t argument_of(NodeId n);
  void note_strong_zeros() const;

  const Tape& tape_;
  AnomalyWatch& watch_;
  Sweep& sweep_;
  NodeId seed_;
  std::vector<bool> touched_;  // scalars that something contributed to, if only a 0
  const Statement* current_ = nullptr;
  std::size_t next_argument_ = 0;
  mutable Tensor cotangent_;
  mutable bool reached_ = false;
};

}  // namespace autograd::core
