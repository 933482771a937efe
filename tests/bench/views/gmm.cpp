// The Gaussian mixture: all points times all components as one batched product.
#include <tests/bench/scalar/gmm_by_hand.hpp>
#include <tests/bench/views/problem.hpp>

namespace bench::views {
namespace {

struct Mixture {
  using Problem = Gmm;
  ag::Index K, D, N;
  double gamma2, m, constant;
  ag::Tensor data, places;

  explicit Mixture(const Problem& p)
      : K(p.components),
        D(p.dimensions),
        N(p.points),
        gamma2(p.wishart_gamma * p.wishart_gamma),
        m(p.wishart_m),
        constant(p.constant_part()),
        data(to_tensor(p.data, {N, D})) {
    // Where the element (a, b) of an upper triangle is in the list: a zero, the diagonal, the rows behind the diagonal.
    Numbers place(static_cast<std::size_t>(D * D), 0.0);
    double next = 1.0 + static_cast<double>(D);
    for (ag::Index a = 0; a < D; ++a)
      for (ag::Index b = a; b < D; ++b)
        place[static_cast<std::size_t>(a * D + b)] = a == b ? 1.0 + static_cast<double>(a) : next++;
    places = cast(to_tensor(place, {D * D}), ag::int64);
  }

  ag::Tensor value(const ag::Tensor& x) const {
    const ag::Tensor log_weights = slice(x, ag::range(0, K));
    const ag::Tensor means = reshape(slice(x, ag::range(K, K + K * D)), {K, 1, D});
    const ag::Tensor factors = reshape(slice(x, ag::range(K + K * D, ag::none)), {K, -1});
    const ag::Tensor log_diagonal = slice(factors, ag::all, ag::range(0, D));
    const ag::Tensor lower = slice(factors, ag::all, ag::range(D, ag::none));
    const ag::Tensor diagonal = exp(log_diagonal);
    const ag::Tensor listed = ag::concatenate({ag::Tensor::zeros({K, 1}), diagonal, lower}, 1);
    const ag::Tensor upper = reshape(take(listed, places, 1), {K, D, D});

    const ag::Tensor whitened = matmul(data - means, upper);
    const ag::Tensor log_determinant = sum(log_diagonal, 1);
    const ag::Tensor offset = reshape(log_weights + log_determinant, {K, 1});
    const ag::Tensor term = offset - 0.5 * sum(square(whitened), 2);
    return sum(logsumexp(term, 0)) - static_cast<double>(N) * logsumexp(log_weights) +
           0.5 * gamma2 * (sum(square(diagonal)) + sum(square(lower))) - m * sum(log_determinant) + constant;
  }
};

}  // namespace

Row gmm_row() { return row<Mixture>(); }

}  // namespace bench::views
