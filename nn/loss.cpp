// The losses of tensors: checks first, then one fused expression.
#include <algorithm>
#include <cmath>
#include <nn/loss.hpp>

namespace nn {
namespace {

using ag::Tensor;

std::string describe(const Tensor& prediction, const Tensor& target) {
  return "prediction " + to_string(prediction.shape()) + " " + std::string(name_of(prediction.dtype())) + ", target " +
         to_string(target.shape()) + " " + std::string(name_of(target.dtype()));
}

// Integer targets are fine, they take the dtype of the prediction.
void require_alike(std::string_view loss, const Tensor& prediction, const Tensor& target) {
  if (!(prediction.shape() == target.shape()))
    throw ag::ShapeError(loss, describe(prediction, target),
                         "They must be equal: reshape one of them, such as reshape(y, {-1, 1}).");
  if (!is_floating(prediction.dtype()) || (is_floating(target.dtype()) && target.dtype() != prediction.dtype()))
    throw ag::DtypeError(loss, describe(prediction, target), "Convert the target with cast(y, prediction.dtype()).");
}

void require_probabilities(std::string_view loss, const char* what, const Tensor& t, const char* hint) {
  const Tensor x = is_floating(t.dtype()) ? stop_gradient(t) : Tensor(cast(t, ag::float64));
  const Tensor outside = sum(where(x < 0.0, 1.0, where(x > 1.0, 1.0, 0.0)));
  if (outside.value() == 0) return;
  const std::vector<double> values = x.to_vector();
  const auto bad = std::find_if(values.begin(), values.end(), [](double v) { return v < 0 || v > 1; });
  throw ag::DomainError(loss,
                        std::string(what) + " " + std::to_string(*bad) + " at position " +
                            std::to_string(bad - values.begin()) + " is not a probability",
                        hint);
}

void require_scores(std::string_view loss, const Tensor& scores, const Tensor& target) {
  if (scores.rank() != 2 || scores.shape()[1] < 1)
    throw ag::ShapeError(loss, describe(scores, target), "The prediction must have the shape (examples, classes).");
}

// E is an unnamed expression, which a reduction sums as it evaluates it.
template <class E>
Tensor reduce(const E& losses, Reduction reduction) {
  if (reduction == Reduction::mean) return mean(losses);
  if (reduction == Reduction::sum) return sum(losses);
  return losses;
}

void require_labels(std::string_view loss, const Tensor& scores, const Tensor& labels) {
  require_scores(loss, scores, labels);
  const ag::Index n = scores.shape()[0], classes = scores.shape()[1];
  if (labels.dtype() != ag::int64)
    throw ag::DtypeError(loss, describe(scores, labels), "Labels are int64: cast(labels, ag::int64).");
  if (!(labels.shape() == ag::Shape{n}))
    throw ag::ShapeError(loss, describe(scores, labels),
                         "There must be one label for each example: (" + std::to_string(n) + ",).");
  const auto at = labels.array<std::int64_t>();
  for (ag::Index i = 0; i < n; ++i) {
    const std::int64_t label = at(static_cast<std::size_t>(i));
    if (label < 0 || label >= classes)
      throw ag::DomainError(loss,
                            "label " + std::to_string(label) + " at position " + std::to_string(i) + " with " +
                                std::to_string(classes) + " classes",
                            "Labels run from 0 to " + std::to_string(classes - 1) + ".");
  }
}

}  // namespace

Tensor HalfSquaredError::operator()(const Tensor& a, const Tensor& y, Reduction reduction) const {
  require_alike("half_squared_error", a, y);
  return reduce(0.5 * square(a - y), reduction);
}

Tensor SquaredError::operator()(const Tensor& a, const Tensor& y, Reduction reduction) const {
  require_alike("mse", a, y);
  return reduce(square(a - y), reduction);
}

Tensor BinaryCrossEntropy::operator()(const Tensor& a, const Tensor& y, Reduction reduction) const {
  require_alike(op::BinaryCrossEntropy::name, a, y);
  require_probabilities(op::BinaryCrossEntropy::name, "prediction", a,
                        "For scores of any size use binary_cross_entropy_with_logits.");
  require_probabilities(op::BinaryCrossEntropy::name, "target", y, "Targets lie between 0 and 1.");
  return reduce(ag::evaluate(op::BinaryCrossEntropy{}, a, y), reduction);
}

Tensor BinaryCrossEntropyWithLogits::operator()(const Tensor& z, const Tensor& y, Reduction reduction) const {
  require_alike(op::LogitCrossEntropy::name, z, y);
  require_probabilities(op::LogitCrossEntropy::name, "target", y, "Targets lie between 0 and 1.");
  return reduce(ag::evaluate(op::LogitCrossEntropy{}, z, y), reduction);
}

Tensor NegativeLogLikelihood::operator()(const Tensor& log_probabilities, const Tensor& labels,
                                         Reduction reduction) const {
  require_labels("nll", log_probabilities, labels);
  const Tensor column = gather(log_probabilities, reshape(labels, {-1, 1}), 1);
  return reduce(-reshape(column, {-1}), reduction);
}

Tensor CrossEntropy::operator()(const Tensor& logits, const Tensor& target, Reduction reduction) const {
  constexpr std::string_view name = "cross_entropy";
  require_scores(name, logits, target);
  if (!is_floating(target.dtype())) {
    require_labels(name, logits, target);
    return reduce(ag::cross_entropy(logits, target), reduction);
  }

  require_alike(name, logits, target);
  require_probabilities(name, "target", target, "Pass class probabilities, or int64 labels.");
  const auto totals = Tensor(sum(stop_gradient(target), 1)).to_vector();
  for (std::size_t i = 0; i < totals.size(); ++i)
    if (std::abs(totals[i] - 1) > 1e-3)
      throw ag::DomainError(
          name, "the target probabilities of example " + std::to_string(i) + " add up to " + std::to_string(totals[i]),
          "They must add up to 1.");
  // A class of probability 0 costs nothing, also where its score is -inf.
  const Tensor log_probabilities = log_softmax(logits, 1);
  return reduce(-Tensor(sum(where(target == 0.0, 0.0, target * log_probabilities), 1)), reduction);
}

}  // namespace nn
