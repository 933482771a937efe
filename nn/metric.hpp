// How good predictions are, for people to read: accuracy and the confusion matrix. (What is trained on is in loss.hpp.)
#pragma once

#include <iosfwd>

#include <autograd/reverse/tensor.hpp>

namespace nn {

namespace ag = autograd;

/// The share of examples that are put in the right class. predictions: scores or probabilities (n, classes),
/// where the first largest wins, or classes (n,) int64; labels (n,) int64. Throws ShapeError, DtypeError;
/// DomainError for no examples.
double accuracy(const ag::Tensor& predictions, const ag::Tensor& labels);

/// The same for two classes and one output: (n,) or (n, 1) outputs, of which those above the threshold mean
/// class 1, and targets 0 or 1 of the same shape. `.metric = nn::BinaryAccuracy{}` for probabilities,
/// `{.threshold = 0}` for logits.
struct BinaryAccuracy {
  double threshold = 0.5;
  double operator()(const ag::Tensor& outputs, const ag::Tensor& targets) const;
};

/// How often each class is taken for each other. Prints as a table.
struct ConfusionMatrix {
  ag::Tensor counts;  ///< (classes, classes) int64: the row is the label, the column the prediction
  /// The share on the diagonal.
  double accuracy() const;
};

/// predicted (n,) int64 classes, such as argmax(model(x), 1); labels (n,) int64. Throws ShapeError,
/// DtypeError, and DomainError for a class outside [0, classes).
ConfusionMatrix confusion_matrix(const ag::Tensor& predicted, const ag::Tensor& labels, ag::Index classes);
std::ostream& operator<<(std::ostream& out, const ConfusionMatrix& matrix);

}  // namespace nn
