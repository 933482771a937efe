// Losses: how far predictions are from targets, as one number to make small, or one for each example.
//
//   ag::Tensor loss = nn::cross_entropy(model(images), labels);                      // the mean over the
//   batch ag::Tensor each = nn::mse(model(x), y, nn::Reduction::none);
//
// They are objects, so that one can be passed on: `{.loss = nn::mse}`. Those that work element by element
// also take numbers and Vars, and give an expression: `ag::Var cost = nn::half_squared_error(a, 1.0);`.
//
// Shapes are never broadcast: a prediction (n, 1) against a target (n,) would quietly compare all pairs.
#pragma once

#include <nn/loss_op.hpp>

namespace nn {

namespace ag = autograd;

/// What becomes of the losses of the elements (of the examples, where classes compete).
enum class Reduction { mean, sum, none };

/// What the elementwise losses take beside tensors: numbers, Vars, duals and expressions of them.
template <class T>
concept ScalarOperand = ag::Operand<T> && !std::is_convertible_v<T, ag::Tensor>;

/// L = 1/2 (a - y)^2
struct HalfSquaredError {
  /// Any equal shapes. Throws ShapeError and DtypeError, as all losses do.
  ag::Tensor operator()(const ag::Tensor& a, const ag::Tensor& y, Reduction reduction = Reduction::mean) const;
  auto operator()(const ScalarOperand auto& a, const ScalarOperand auto& y) const {
    using ag::square;
    return 0.5 * square(a - y);
  }
};

/// L = (a - y)^2; its mean is the mean squared error
struct SquaredError {
  ag::Tensor operator()(const ag::Tensor& a, const ag::Tensor& y, Reduction reduction = Reduction::mean) const;
  auto operator()(const ScalarOperand auto& a, const ScalarOperand auto& y) const {
    using ag::square;
    return square(a - y);
  }
};

/// L = -y log(a) - (1 - y) log(1 - a) of probabilities a and targets y in [0, 1]; exactly 0 or inf where a is 0 or 1
struct BinaryCrossEntropy {
  /// Any equal shapes. Throws DomainError outside [0, 1]: a clamp would hide that these are not probabilities.
  ag::Tensor operator()(const ag::Tensor& a, const ag::Tensor& y, Reduction reduction = Reduction::mean) const;
  auto operator()(const ScalarOperand auto& a, const ScalarOperand auto& y) const {
    return ag::evaluate(op::BinaryCrossEntropy{}, op::probability(a), op::probability(y));
  }
};

/// The binary cross-entropy of a = sigmoid(z), from z: L = max(z, 0) - z y + log(1 + exp(-|z|)), exact for every z
struct BinaryCrossEntropyWithLogits {
  /// Any equal shapes. Throws DomainError for targets outside [0, 1].
  ag::Tensor operator()(const ag::Tensor& z, const ag::Tensor& y, Reduction reduction = Reduction::mean) const;
  auto operator()(const ScalarOperand auto& z, const ScalarOperand auto& y) const {
    return ag::evaluate(op::LogitCrossEntropy{}, z, op::probability(y));
  }
};

/// L = -log(a_label) of one example with the log-probabilities log(a): log_softmax's output
struct NegativeLogLikelihood {
  /// log_probabilities (n, classes), labels (n,) int64 in [0, classes). Throws DomainError for other labels.
  ag::Tensor operator()(const ag::Tensor& log_probabilities, const ag::Tensor& labels,
                        Reduction reduction = Reduction::mean) const;
};

/// L = -sum over classes of y log(softmax(z)) of one example with the scores z
struct CrossEntropy {
  /// logits (n, classes); target (n,) int64 labels, or (n, classes) probabilities, each row with the sum 1.
  /// Throws DomainError for other labels or probabilities.
  ag::Tensor operator()(const ag::Tensor& logits, const ag::Tensor& target,
                        Reduction reduction = Reduction::mean) const;
};

inline constexpr HalfSquaredError half_squared_error{};
inline constexpr SquaredError mse{};
inline constexpr BinaryCrossEntropy binary_cross_entropy{};
inline constexpr BinaryCrossEntropyWithLogits binary_cross_entropy_with_logits{};
inline constexpr NegativeLogLikelihood nll{};
inline constexpr CrossEntropy cross_entropy{};

}  // namespace nn
