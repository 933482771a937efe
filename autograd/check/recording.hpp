// The function under a check: how it is evaluated, differentiated and recorded, whatever holds its arguments.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <autograd/check/options.hpp>
#include <autograd/functional.hpp>
#include <autograd/reverse/visitor.hpp>

namespace autograd::core {

/// A function of several arguments with a result of any shape.
struct Subject {
  /// Computes the result, on the tape in scope if there is one, and gives the arguments as variables of that tape.
  std::function<Tensor(std::vector<Tensor>& variables)> run;
  std::vector<Array> arguments;  ///< perturbed in place; those that are not floating stay
  std::vector<std::string> names;
  Restart restart;
  std::uint64_t seed = 1;
  SourceLocation where;  ///< of the check, for what has no line of its own

  /// The result, or for one of several elements its sum along a fixed random direction.
  double value() const;
  /// The gradient by a plain tape, so by fused statements; zeros where the function does not depend on an argument.
  std::vector<Tensor> reverse() const;
  /// The same by a tape that records every operation.
  std::vector<Tensor> reverse_elementary() const;
};

/// The function recorded at its arguments as they are, every operation a node, with the branches that were taken. It
/// stays the innermost tape of the thread while it lives.
class Recording {
 public:
  explicit Recording(const Subject& subject);

  const Tape& tape() const { return *tape_; }
  /// The arguments as variables of the tape.
  const std::vector<Tensor>& variables() const { return variables_; }
  const Tensor& result() const { return result_; }
  const std::vector<Branches>& branches() const { return branches_; }

  /// The derivative along tangents, one for each argument (no array at all for zero), by the pushforwards.
  double forward(const std::vector<Array>& tangents) const;

  /// The value of a statement's argument: of a node of the tape, or a constant.
  Array value_of(const Statement& s, std::size_t argument) const;
  Array value_of(NodeId node) const;

 private:
  BasicTape<double>::Activate none_{nullptr};
  std::unique_ptr<Tape> tape_;
  std::vector<Tensor> variables_;
  Tensor result_;
  std::vector<Branches> branches_;
};

/// The subject for a function of tensors, and for a loss that reads parameters by itself. That of a model changes its
/// parameters to float64 until `restore` goes out of scope.
using CheckedFunction = std::function<Tensor(const std::vector<Tensor>&)>;
Subject subject_of(const CheckedFunction& f, const std::vector<Tensor>& x, std::vector<std::string> names,
                   const GradcheckOptions& options);
Subject subject_of(const std::vector<Parameter*>& parameters, std::vector<std::string> names,
                   const std::function<Tensor()>& loss, const GradcheckOptions& options);

/// Makes parameters float64, and when it ends as they were, bit by bit.
class InFloat64 {
 public:
  explicit InFloat64(const std::vector<Parameter*>& parameters);
  ~InFloat64();
  InFloat64(const InFloat64&) = delete;
  InFloat64& operator=(const InFloat64&) = delete;

 private:
  std::vector<Parameter*> parameters_;
  std::vector<Array> before_;
};

/// The gradient of a scalar with respect to variables of a tape; zeros for what it does not depend on.
std::vector<Tensor> gradient_on(const Tape& tape, const Tensor& y, const std::vector<Tensor>& x);

/// A scalar from any result: its sum along a fixed random direction, on the tape in scope.
Tensor projected(const Tensor& y, std::uint64_t seed);

/// Fixed numbers between 1/2 and 3/2, of either sign if `signs`, as an array of a shape.
Array random_direction(const Shape& shape, std::uint64_t seed, bool signs);

/// The elements that are looked at: all, or a seeded choice in increasing order.
std::vector<Index> chosen(Index size, std::size_t samples, std::uint64_t seed);

}  // namespace autograd::core
