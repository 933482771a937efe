// The negative log-likelihood of a logistic regression with labels -1 and 1: the sum over all examples of
// log(1 + exp(-label (w . features + bias))). Long accumulations of products with constants.
#pragma once

#include <cmath>
#include <cstddef>

#include <tests/bench/scalar/problem.hpp>

namespace bench {

struct Logistic {
  static constexpr std::string_view name = "logistic";
  int examples, features;
  std::vector<double> data;    // examples x features
  std::vector<double> labels;  // -1 or 1
  std::vector<double> start;   // the weights, then the bias

  explicit Logistic(int example_count = 1000, int feature_count = 50)
      : examples(example_count),
        features(feature_count),
        data(static_cast<std::size_t>(examples) * features),
        labels(examples),
        start(features + 1) {
    Random random(3);
    for (double& e : data) e = random.normal();
    for (double& e : labels) e = random.uniform() < 0.5 ? -1.0 : 1.0;
    for (double& e : start) e = random.uniform(-0.3, 0.3);
  }

  const double* example(int i) const { return &data[static_cast<std::size_t>(i) * features]; }

  template <class T>
  T value(const T* x) const {
    using std::exp, std::log;
    T loss = 0.0;
    for (int i = 0; i < examples; ++i) {
      const double* feature = example(i);
      T z = x[features];
      for (int j = 0; j < features; ++j) z += x[j] * feature[j];
      loss += log(1.0 + exp(-labels[i] * z));
    }
    return loss;
  }

  class ByHand;
};

/// Example by example: the derivative by z, then its product with the features.
class Logistic::ByHand {
 public:
  double gradient(const Logistic& problem, const double* x, double* g) {
    const int features = problem.features;
    double loss = 0;
    for (int j = 0; j <= features; ++j) g[j] = 0;
    for (int i = 0; i < problem.examples; ++i) {
      const double* feature = problem.example(i);
      const double label = problem.labels[i];
      double z = x[features];
      for (int j = 0; j < features; ++j) z += x[j] * feature[j];
      const double e = std::exp(-label * z);
      loss += std::log(1.0 + e);
      const double dz = -label * e / (1.0 + e);
      for (int j = 0; j < features; ++j) g[j] += dz * feature[j];
      g[features] += dz;
    }
    return loss;
  }
};

}  // namespace bench
