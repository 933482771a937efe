// The adjoint of the Gaussian mixture, written by hand: point by point, value and derivative in one go, so that only
// the centred and whitened copies of one point are kept.
#pragma once

#include <algorithm>

#include <tests/bench/scalar/gmm.hpp>

namespace bench {

class Gmm::ByHand {
 public:
  double gradient(const Gmm& problem, const double* x, double* g) {
    const int D = problem.dimensions, K = problem.components, F = problem.factor_size;
    const double *log_weights = x, *factors = x + K + K * D;
    double *g_log_weights = g, *g_factors = g + K + K * D;
    std::fill(g, g + problem.start.size(), 0.0);
    diagonals_.resize(K * D), log_determinants_.resize(K), term_.resize(K);
    centred_.resize(K * D), whitened_.resize(K * D), d_centred_.resize(D);
    d_diagonals_.assign(K * D, 0.0), d_log_determinants_.assign(K, 0.0);
    for (int k = 0; k < K; ++k) {
      log_determinants_[k] = 0;
      for (int d = 0; d < D; ++d) {
        log_determinants_[k] += factors[k * F + d];
        diagonals_[k * D + d] = std::exp(factors[k * F + d]);
      }
    }

    double likelihood = 0;
    for (int i = 0; i < problem.points; ++i) likelihood += point(problem, i, x, g);

    const double normaliser = log_sum_exp(K, log_weights);
    for (int k = 0; k < K; ++k) g_log_weights[k] -= problem.points * std::exp(log_weights[k] - normaliser);

    const double gamma2 = problem.wishart_gamma * problem.wishart_gamma;
    double prior = 0;
    for (int k = 0; k < K; ++k) {
      const double *diagonal = &diagonals_[k * D], *factor = factors + k * F;
      double *g_factor = g_factors + k * F, norm = 0;
      for (int d = 0; d < D; ++d) {
        norm += diagonal[d] * diagonal[d];
        const double d_diagonal = d_diagonals_[k * D + d] + gamma2 * diagonal[d];
        g_factor[d] += d_diagonal * diagonal[d] + d_log_determinants_[k] - problem.wishart_m;
      }
      for (int j = D; j < F; ++j) {
        norm += factor[j] * factor[j];
        g_factor[j] += gamma2 * factor[j];
      }
      prior += 0.5 * gamma2 * norm - problem.wishart_m * log_determinants_[k];
    }
    return likelihood - problem.points * normaliser + prior + problem.constant_part();
  }

 private:
  // The log-likelihood of point i; its derivatives are added to g and to those of the diagonals and determinants.
  double point(const Gmm& problem, int i, const double* x, double* g) {
    const int D = problem.dimensions, K = problem.components, F = problem.factor_size;
    const double *log_weights = x, *means = x + K, *factors = means + K * D;
    double *g_log_weights = g, *g_means = g + K, *g_factors = g_means + K * D;
    const double* at = &problem.data[static_cast<std::size_t>(i) * D];
    double *term = term_.data(), *d_centred = d_centred_.data();

    for (int k = 0; k < K; ++k) {
      const double* lower = factors + k * F + D;
      double *centred = &centred_[k * D], *whitened = &whitened_[k * D];
      for (int d = 0; d < D; ++d) {
        centred[d] = at[d] - means[k * D + d];
        whitened[d] = diagonals_[k * D + d] * centred[d];
      }
      for (int a = 0; a < D; ++a)
        for (int b = a + 1; b < D; ++b) whitened[b] += *lower++ * centred[a];
      double square = 0;
      for (int d = 0; d < D; ++d) square += whitened[d] * whitened[d];
      term[k] = log_weights[k] + log_determinants_[k] - 0.5 * square;
    }
    double largest = term[0], sum = 0;
    for (int k = 1; k < K; ++k)
      if (term[k] > largest) largest = term[k];
    for (int k = 0; k < K; ++k) sum += term[k] = std::exp(term[k] - largest);

    for (int k = 0; k < K; ++k) {
      const double share = term[k] / sum;  // how much of the point belongs to this component
      const double *lower = factors + k * F + D, *diagonal = &diagonals_[k * D], *centred = &centred_[k * D];
      double *g_lower = g_factors + k * F + D, *d_diagonal = &d_diagonals_[k * D], *d_whitened = &whitened_[k * D];
      g_log_weights[k] += share;
      d_log_determinants_[k] += share;
      for (int d = 0; d < D; ++d) d_whitened[d] *= -share;
      for (int d = 0; d < D; ++d) {
        d_diagonal[d] += d_whitened[d] * centred[d];
        d_centred[d] = d_whitened[d] * diagonal[d];
      }
      int j = 0;
      for (int a = 0; a < D; ++a) {
        const double c = centred[a];
        double dot = 0;
        for (int b = a + 1; b < D; ++b, ++j) {
          g_lower[j] += d_whitened[b] * c;
          dot += d_whitened[b] * lower[j];
        }
        d_centred[a] += dot;
      }
      for (int d = 0; d < D; ++d) g_means[k * D + d] -= d_centred[d];
    }
    return std::log(sum) + largest;
  }

  std::vector<double> diagonals_, log_determinants_, term_, centred_, whitened_;
  std::vector<double> d_diagonals_, d_log_determinants_, d_centred_;
};

}  // namespace bench
