// Counting right and wrong answers.
#include <iomanip>
#include <ostream>
#include <autograd/autograd.hpp>
#include <nn/metric.hpp>

namespace nn {
namespace {

std::string describe(const ag::Tensor& t) { return to_string(t.shape()) + " " + std::string(name_of(t.dtype())); }

// Predicted classes against labels: both (n,) int64, n > 0.
void require_labels(std::string_view where, const ag::Tensor& predicted, const ag::Tensor& labels) {
  const std::string facts = "predictions " + describe(predicted) + ", labels " + describe(labels);
  if (labels.dtype() != ag::int64 || predicted.dtype() != ag::int64)
    throw ag::DtypeError(where, facts, "Labels are int64.");
  if (labels.rank() != 1 || !(labels.shape() == predicted.shape()))
    throw ag::ShapeError(where, facts, "There must be one label (n,) for each example.");
  if (labels.size() == 0) throw ag::DomainError(where, "there are no examples");
}

}  // namespace

double accuracy(const ag::Tensor& predictions, const ag::Tensor& labels) {
  if (is_floating(predictions.dtype())) {
    if (predictions.rank() != 2 || predictions.shape()[1] < 2)
      throw ag::ShapeError("accuracy", "predictions " + describe(predictions) + ", labels " + describe(labels),
                           "Scores have the shape (examples, classes); for one output use nn::BinaryAccuracy.");
    return accuracy(argmax(stop_gradient(predictions), 1), labels);
  }
  require_labels("accuracy", predictions, labels);
  const auto p = predictions.array<std::int64_t>(), l = labels.array<std::int64_t>();
  ag::Index right = 0;
  for (std::size_t i = 0; i < p.size(); ++i) right += p(i) == l(i);
  return static_cast<double>(right) / static_cast<double>(labels.size());
}

double BinaryAccuracy::operator()(const ag::Tensor& outputs, const ag::Tensor& targets) const {
  if (outputs.size() != targets.size() || outputs.size() == 0 || !(outputs.shape() == targets.shape()))
    throw ag::ShapeError("accuracy", "outputs " + describe(outputs) + ", targets " + describe(targets),
                         "They must be equal, and not empty.");
  const std::vector<double> a = outputs.to_vector(), y = targets.to_vector();
  ag::Index right = 0;
  for (std::size_t i = 0; i < a.size(); ++i) right += (a[i] > threshold) == (y[i] > 0.5);
  return static_cast<double>(right) / static_cast<double>(a.size());
}

double ConfusionMatrix::accuracy() const {
  const auto c = counts.array<std::int64_t>();
  std::int64_t right = 0, all = 0;
  for (std::size_t i = 0; i < c.shape()[0]; ++i)
    for (std::size_t j = 0; j < c.shape()[1]; ++j) {
      all += c(i, j);
      if (i == j) right += c(i, j);
    }
  return static_cast<double>(right) / static_cast<double>(all);
}

ConfusionMatrix confusion_matrix(const ag::Tensor& predicted, const ag::Tensor& labels, ag::Index classes) {
  require_labels("confusion_matrix", predicted, labels);
  const auto p = predicted.array<std::int64_t>(), l = labels.array<std::int64_t>();
  ConfusionMatrix matrix{ag::Tensor::zeros({classes, classes}, ag::int64)};
  auto counts = matrix.counts.mutable_array<std::int64_t>();
  for (std::size_t i = 0; i < p.size(); ++i) {
    for (const std::int64_t c : {p(i), l(i)})
      if (c < 0 || c >= classes)
        throw ag::DomainError("confusion_matrix",
                              "class " + std::to_string(c) + " at position " + std::to_string(i) + " with " +
                                  std::to_string(classes) + " classes",
                              "Classes run from 0 to " + std::to_string(classes - 1) + ".");
    ++counts(static_cast<std::size_t>(l(i)), static_cast<std::size_t>(p(i)));
  }
  return matrix;
}

std::ostream& operator<<(std::ostream& out, const ConfusionMatrix& matrix) {
  const auto c = matrix.counts.array<std::int64_t>();
  int width = 4;
  for (const std::int64_t n : c) width = std::max(width, static_cast<int>(std::to_string(n).size()) + 1);
  out << "label \\ predicted\n     ";
  for (std::size_t j = 0; j < c.shape()[1]; ++j) out << std::setw(width) << j;
  for (std::size_t i = 0; i < c.shape()[0]; ++i) {
    out << '\n' << std::setw(5) << i;
    for (std::size_t j = 0; j < c.shape()[1]; ++j) {
      if (c(i, j)) out << std::setw(width) << c(i, j);
      else out << std::setw(width) << '.';
    }
  }
  return out << '\n';
}

}  // namespace nn
