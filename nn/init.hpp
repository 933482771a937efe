// How weights start. Every number comes from an explicit generator, so a seed means the same network on every machine.
//
//   nn::Dense layer{784, 128, rng, {.weight = nn::he_normal()}};
//
// A weight of shape (out, in, ...) has fan_in = in * ... inputs and fan_out = out * ... outputs. Glorot and
// Bengio (2010) keep the variance of signals and gradients about even through tanh and linear layers; He et
// al. (2015) double it, since relu passes half of it on.
#pragma once

#include <functional>

#include <autograd/reverse/tensor.hpp>
#include <nn/random.hpp>

namespace nn {

namespace ag = autograd;

/// Makes the first values of a parameter of this shape and floating dtype; any function like this will do.
using Initialiser = std::function<ag::Tensor(const ag::Shape& shape, ag::Dtype dtype, Rng& rng)>;

/// The same number everywhere: 0 for biases. Weights that all start alike stay alike.
Initialiser constant(double value);
/// The normal distribution with mean 0. Throws DomainError for a negative or infinite deviation.
Initialiser normal(double deviation = 0.01);
/// Uniform in [low, high). Throws DomainError unless low <= high.
Initialiser uniform(double low, double high);
/// normal(sqrt(2 / (fan_in + fan_out))). Throws ShapeError, when used, for fewer than two dimensions; so do all below.
Initialiser glorot_normal();
/// uniform(-a, a), a = sqrt(6 / (fan_in + fan_out)).
Initialiser glorot_uniform();
/// normal(sqrt(2 / fan_in)).
Initialiser he_normal();
/// uniform(-a, a), a = sqrt(6 / fan_in).
Initialiser he_uniform();

}  // namespace nn
