// The initialisers: one draw for each element, in row-major order, in double precision, rounded to the dtype.
#include <cmath>
#include <string>
#include <autograd/autograd.hpp>
#include <nn/init.hpp>

namespace nn {
namespace {

template <class Draw>
ag::Tensor fill(const ag::Shape& shape, ag::Dtype dtype, Draw draw) {
  ag::Tensor t = ag::Tensor::zeros(shape, ag::float64);
  auto elements = t.mutable_array<double>();
  double* to = elements.data();
  for (ag::Index i = 0; i < t.size(); ++i) to[i] = draw();
  return cast(t, dtype);
}

struct Fans {
  double in, out;
};

Fans fans_of(const ag::Shape& shape, std::string_view where) {
  if (shape.size() < 2)
    throw ag::ShapeError(where, "weights of shape " + to_string(shape) + " have no inputs and outputs to count",
                         "Use normal or uniform.");
  double window = 1;
  for (std::size_t d = 2; d < shape.size(); ++d) window *= static_cast<double>(shape[d]);
  return {window * static_cast<double>(shape[1]), window * static_cast<double>(shape[0])};
}

// The variance that an initialiser aims at, from the fans.
using Variance = double (*)(Fans);
double glorot(Fans f) { return 2 / (f.in + f.out); }
double he(Fans f) { return 2 / f.in; }

Initialiser scaled_normal(std::string_view name, Variance variance) {
  return [=](const ag::Shape& shape, ag::Dtype dtype, Rng& rng) {
    return normal(std::sqrt(variance(fans_of(shape, name))))(shape, dtype, rng);
  };
}

// A uniform distribution in [-a, a) has the variance a^2 / 3.
Initialiser scaled_uniform(std::string_view name, Variance variance) {
  return [=](const ag::Shape& shape, ag::Dtype dtype, Rng& rng) {
    const double a = std::sqrt(3 * variance(fans_of(shape, name)));
    return uniform(-a, a)(shape, dtype, rng);
  };
}

}  // namespace

Initialiser constant(double value) {
  return [=](const ag::Shape& shape, ag::Dtype dtype, Rng&) { return ag::Tensor::full(shape, value, dtype); };
}

Initialiser normal(double deviation) {
  if (!(deviation >= 0 && std::isfinite(deviation)))
    throw ag::DomainError("normal", "the deviation is " + std::to_string(deviation), "Pass 0 or more.");
  return [=](const ag::Shape& shape, ag::Dtype dtype, Rng& rng) {
    return fill(shape, dtype, [&] { return deviation * rng.normal(); });
  };
}

Initialiser uniform(double low, double high) {
  if (!(low <= high && std::isfinite(high - low)))
    throw ag::DomainError("uniform", "from " + std::to_string(low) + " to " + std::to_string(high),
                          "Pass the smaller number first.");
  return [=](const ag::Shape& shape, ag::Dtype dtype, Rng& rng) {
    return fill(shape, dtype, [&] { return rng.uniform(low, high); });
  };
}

Initialiser glorot_normal() { return scaled_normal("glorot_normal", glorot); }
Initialiser glorot_uniform() { return scaled_uniform("glorot_uniform", glorot); }
Initialiser he_normal() { return scaled_normal("he_normal", he); }
Initialiser he_uniform() { return scaled_uniform("he_uniform", he); }

}  // namespace nn
