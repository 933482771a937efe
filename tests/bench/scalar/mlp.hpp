// A perceptron with one hidden layer of tanh, 64 - 32 - 10, and the mean cross-entropy of its softmax over 32 examples,
// written with scalars: a workload that people do give to scalar libraries.
#pragma once

#include <cmath>

#include <tests/bench/scalar/problem.hpp>

namespace bench {

struct Mlp {
  static constexpr std::string_view name = "mlp";
  static constexpr int inputs = 64, hidden = 32, outputs = 10, examples = 32;
  // Where the parameters of each layer begin.
  static constexpr int bias1 = hidden * inputs, weights2 = bias1 + hidden, bias2 = weights2 + outputs * hidden;
  std::vector<double> data;  // examples x inputs
  std::vector<int> labels;
  std::vector<double> start;

  Mlp() : data(examples * inputs), labels(examples), start(bias2 + outputs) {
    Random random(4);
    for (double& e : data) e = random.normal();
    for (int& e : labels) e = static_cast<int>(random.uniform() * outputs);
    for (double& e : start) e = 0.15 * random.normal();
  }

  template <class T>
  T value(const T* x) const {
    using std::exp, std::log, std::tanh;
    std::vector<T> activation(hidden), score(outputs);
    T loss = 0.0;
    for (int s = 0; s < examples; ++s) {
      const double* input = &data[s * inputs];
      for (int j = 0; j < hidden; ++j) {
        T sum = x[bias1 + j];
        for (int k = 0; k < inputs; ++k) sum += x[j * inputs + k] * input[k];
        activation[j] = tanh(sum);
      }
      for (int c = 0; c < outputs; ++c) {
        T sum = x[bias2 + c];
        for (int j = 0; j < hidden; ++j) sum += x[weights2 + c * hidden + j] * activation[j];
        score[c] = sum;
      }
      T largest = score[0];
      for (int c = 1; c < outputs; ++c)
        if (score[c] > largest) largest = score[c];
      T sum = 0.0;
      for (int c = 0; c < outputs; ++c) sum += exp(score[c] - largest);
      loss += log(sum) + largest - score[labels[s]];
    }
    return loss / static_cast<double>(examples);
  }

  class ByHand;
};

/// Textbook backpropagation, example by example.
class Mlp::ByHand {
 public:
  double gradient(const Mlp& problem, const double* x, double* g) {
    const double *w1 = x, *b1 = x + bias1, *w2 = x + weights2, *b2 = x + bias2;
    double *g_w1 = g, *g_b1 = g + bias1, *g_w2 = g + weights2, *g_b2 = g + bias2;
    double activation[hidden], score[outputs], probability[outputs], d_activation[hidden], loss = 0;
    for (std::size_t i = 0; i < problem.start.size(); ++i) g[i] = 0;
    for (int s = 0; s < examples; ++s) {
      const double* input = &problem.data[s * inputs];
      const int label = problem.labels[s];
      for (int j = 0; j < hidden; ++j) {
        double sum = b1[j];
        for (int k = 0; k < inputs; ++k) sum += w1[j * inputs + k] * input[k];
        activation[j] = std::tanh(sum);
        d_activation[j] = 0;
      }
      for (int c = 0; c < outputs; ++c) {
        double sum = b2[c];
        for (int j = 0; j < hidden; ++j) sum += w2[c * hidden + j] * activation[j];
        score[c] = sum;
      }
      double largest = score[0], sum = 0;
      for (int c = 1; c < outputs; ++c)
        if (score[c] > largest) largest = score[c];
      for (int c = 0; c < outputs; ++c) sum += probability[c] = std::exp(score[c] - largest);
      loss += std::log(sum) + largest - score[label];

      for (int c = 0; c < outputs; ++c) {
        const double d = (probability[c] / sum - (c == label ? 1.0 : 0.0)) / examples;
        g_b2[c] += d;
        for (int j = 0; j < hidden; ++j) {
          g_w2[c * hidden + j] += d * activation[j];
          d_activation[j] += d * w2[c * hidden + j];
        }
      }
      for (int j = 0; j < hidden; ++j) {
        const double d = d_activation[j] * (1 - activation[j] * activation[j]);
        g_b1[j] += d;
        for (int k = 0; k < inputs; ++k) g_w1[j * inputs + k] += d * input[k];
      }
    }
    return loss / examples;
  }
};

}  // namespace bench
