// The log-posterior of a Gaussian mixture with full covariances and a Wishart prior, as in ADBench: F. Srajer, Z.
// Kukelova, A. Fitzgibbon, A benchmark of selected algorithmic differentiation tools on some problems in computer
// vision and machine learning, 2018. 25 components in 20 dimensions, 1000 points; twelve million operations.
//
// Parameters: the logarithms of the weights, the means, and for each component the logarithms of the diagonal and then
// the columns of the strict lower triangle of the factor of its inverse covariance. Its adjoint is in gmm_by_hand.hpp.
#pragma once

#include <cmath>
#include <cstddef>

#include <tests/bench/scalar/problem.hpp>

namespace bench {

struct Gmm {
  static constexpr std::string_view name = "gmm";
  int dimensions, components, points;
  int factor_size;  // of the factor of one component
  double wishart_gamma = 1.0;
  int wishart_m = 0;
  std::vector<double> data;  // points x dimensions
  std::vector<double> start;

  explicit Gmm(int dimension_count = 20, int component_count = 25, int point_count = 1000)
      : dimensions(dimension_count),
        components(component_count),
        points(point_count),
        factor_size(dimensions * (dimensions + 1) / 2),
        data(static_cast<std::size_t>(points) * dimensions),
        start(static_cast<std::size_t>(components) * (1 + dimensions + factor_size)) {
    Random random(5);
    for (double& e : data) e = random.uniform(0, 1);
    for (double& e : start) e = random.normal() * 0.5;
  }

  template <class T>
  static T log_sum_exp(int count, const T* x) {
    using std::exp, std::log;
    T largest = x[0];
    for (int i = 1; i < count; ++i)
      if (x[i] > largest) largest = x[i];
    T sum = 0.0;
    for (int i = 0; i < count; ++i) sum += exp(x[i] - largest);
    return log(sum) + largest;
  }

  /// What does not depend on the parameters.
  double constant_part() const {
    constexpr double pi = 3.14159265358979323846;
    const int freedom = dimensions + wishart_m + 1;
    double log_gamma = 0.25 * dimensions * (dimensions - 1) * std::log(pi);  // of the multivariate gamma function
    for (int j = 1; j <= dimensions; ++j) log_gamma += std::lgamma(0.5 * freedom + 0.5 * (1 - j));
    const double prior = freedom * dimensions * (std::log(wishart_gamma) - 0.5 * std::log(2.0)) - log_gamma;
    return -points * dimensions * 0.5 * std::log(2 * pi) - components * prior;
  }

  template <class T>
  T value(const T* x) const {
    using std::exp;
    const T *log_weights = x, *means = log_weights + components, *factors = means + components * dimensions;
    std::vector<T> diagonals(static_cast<std::size_t>(components) * dimensions), log_determinants(components);
    for (int k = 0; k < components; ++k) {
      T sum = 0.0;
      for (int d = 0; d < dimensions; ++d) {
        const T& q = factors[k * factor_size + d];
        sum += q;
        diagonals[k * dimensions + d] = exp(q);
      }
      log_determinants[k] = sum;
    }

    std::vector<T> centred(dimensions), whitened(dimensions), term(components);
    T likelihood = 0.0;
    for (int i = 0; i < points; ++i) {
      const double* point = &data[static_cast<std::size_t>(i) * dimensions];
      for (int k = 0; k < components; ++k) {
        const T *mean = means + k * dimensions, *diagonal = &diagonals[k * dimensions];
        const T* lower = factors + k * factor_size + dimensions;
        for (int d = 0; d < dimensions; ++d) centred[d] = point[d] - mean[d];
        for (int d = 0; d < dimensions; ++d) whitened[d] = diagonal[d] * centred[d];
        for (int a = 0; a < dimensions; ++a)
          for (int b = a + 1; b < dimensions; ++b) whitened[b] += *lower++ * centred[a];
        T square = 0.0;
        for (int d = 0; d < dimensions; ++d) square += whitened[d] * whitened[d];
        term[k] = log_weights[k] + log_determinants[k] - 0.5 * square;
      }
      likelihood += log_sum_exp(components, term.data());
    }

    T normaliser = log_sum_exp(components, log_weights);
    T prior = 0.0;
    for (int k = 0; k < components; ++k) {
      T norm = 0.0;
      for (int d = 0; d < dimensions; ++d) norm += diagonals[k * dimensions + d] * diagonals[k * dimensions + d];
      for (int j = dimensions; j < factor_size; ++j)
        norm += factors[k * factor_size + j] * factors[k * factor_size + j];
      prior += 0.5 * wishart_gamma * wishart_gamma * norm - static_cast<double>(wishart_m) * log_determinants[k];
    }
    T posterior = likelihood - static_cast<double>(points) * normaliser + prior;
    return posterior + constant_part();
  }

  class ByHand;
};

}  // namespace bench
