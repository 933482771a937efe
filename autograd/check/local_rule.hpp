// The rule of one recorded operation, checked alone at the values it saw: its pullback and its pushforward against the
// complex step of the operation, or differences of it.
#pragma once

#include <memory>
#include <optional>

#include <autograd/check/recording.hpp>
#include <autograd/check/report.hpp>

namespace autograd::core {

/// What is wrong with the rule of a statement, without its position; nothing if it is right. Elements at a kink of the
/// operation are left out. An operation on float32 tensors is checked in float64, at the values that it saw.
std::optional<Blame> wrong_rule(const Recording& recording, const Statement& s, const GradcheckOptions& options);

/// A statement by itself: its arguments as arrays, its result from others, its rules on given cotangents and tangents.
class LocalRule {
 public:
  LocalRule(const Recording& recording, const Statement& s);

  /// Whether the operation can be computed again, in float64.
  bool usable() const { return usable_; }
  const Statement& statement() const { return s_; }
  std::size_t arguments() const { return x_.size(); }
  const Array& argument(std::size_t k) const { return x_[k]; }
  const Array& result() const { return y_; }
  /// Whether argument k is the node of argument `of`.
  bool same_node(std::size_t k, std::size_t of) const { return node(k) && node(k) == node(of); }
  /// Whether it is a variable that stands at no earlier place.
  bool differentiable(std::size_t k) const;

  /// The result with other values for the node of argument k.
  Array value(std::size_t k, const Array& x) const;
  std::vector<std::int64_t> branches(std::size_t k, const Array& x) const;
  /// The choices of its formula, where it declares no branches; see choices_of.
  std::vector<std::int64_t> choices(std::size_t k, const Array& x) const;
  /// The tangent of the result by the operation in complex numbers, where argument k is x; none if it has no complex
  /// version.
  Array complex_tangent(std::size_t k, const Array& x, const Array& dx) const;
  /// The cotangent of argument k by the pullback, and the tangent of the result by the pushforward.
  Array pulled(std::size_t k, const Array& cotangent) const;
  Array pushed(std::size_t k, const Array& tangent) const;

 private:
  NodeId node(std::size_t k) const { return s_.arguments()[k]; }
  std::vector<Array> with(std::size_t k, const Array& x) const;

  const Statement& rule() const { return wide_ ? *wide_ : s_; }

  const Statement& s_;
  std::unique_ptr<Statement> wide_;  // the same in float64, where it was recorded in float32
  std::vector<Array> x_;
  Array y_;
  bool usable_ = true;
};

}  // namespace autograd::core
