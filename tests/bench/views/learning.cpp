// Logistic regression and a perceptron: matrix products over all examples at once.
#include <tests/bench/scalar/logistic.hpp>
#include <tests/bench/scalar/mlp.hpp>
#include <tests/bench/views/problem.hpp>

namespace bench::views {
namespace {

struct Regression {
  using Problem = Logistic;
  ag::Tensor data, labels;

  explicit Regression(const Problem& p)
      : data(to_tensor(p.data, {p.examples, p.features})), labels(to_tensor(p.labels, {p.examples})) {}

  ag::Tensor value(const ag::Tensor& x) const {
    const ag::Tensor weights = slice(x, ag::range(0, -1)), bias = slice(x, -1);
    return sum(softplus(-labels * (matmul(data, weights) + bias)));
  }
};

struct Perceptron {
  using Problem = Mlp;
  ag::Tensor data, labels;

  explicit Perceptron(const Problem& p)
      : data(to_tensor(p.data, {p.examples, p.inputs})),
        labels(cast(to_tensor(Numbers(p.labels.begin(), p.labels.end()), {p.examples}), ag::int64)) {}

  ag::Tensor value(const ag::Tensor& x) const {
    using P = Problem;
    const ag::Tensor w1 = reshape(slice(x, ag::range(0, P::bias1)), {P::hidden, P::inputs});
    const ag::Tensor b1 = slice(x, ag::range(P::bias1, P::weights2));
    const ag::Tensor w2 = reshape(slice(x, ag::range(P::weights2, P::bias2)), {P::outputs, P::hidden});
    const ag::Tensor b2 = slice(x, ag::range(P::bias2, ag::none));
    const ag::Tensor hidden = tanh(linear(data, w1) + b1);
    return nn::cross_entropy(linear(hidden, w2) + b2, labels);
  }
};

}  // namespace

std::vector<Row> learning_rows() { return {row<Regression>(), row<Perceptron>()}; }

}  // namespace bench::views
