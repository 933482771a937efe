// The activations as layers: g in A = g(Z), elementwise on any shape, without parameters. Behind a Dense layer in a
// Sequential they read Z = X W' + b before it is stored: one statement, one pass.
#pragma once

#include <autograd/evaluate.hpp>
#include <autograd/op/arithmetic.hpp>
#include <nn/layer.hpp>

namespace nn {

/// The unnamed sum of two tensors. A layer that takes one as well says so with takes_sum.
using UnnamedSum = ag::Expression<ag::op::Add, ag::Tensor, ag::Tensor>;

/// max(x, 0); the slope at 0 is 0
struct Relu {
  ag::Tensor operator()(const ag::Tensor& x) const;
  ag::Tensor operator()(const UnnamedSum& z) const;
  static constexpr bool takes_sum = true;
};
/// x above 0, slope x below
struct LeakyRelu {
  double slope = 0.01;
  ag::Tensor operator()(const ag::Tensor& x) const;
  ag::Tensor operator()(const UnnamedSum& z) const;
  static constexpr bool takes_sum = true;
};
/// x above 0, alpha (exp(x) - 1) below
struct Elu {
  double alpha = 1.0;
  ag::Tensor operator()(const ag::Tensor& x) const;
  ag::Tensor operator()(const UnnamedSum& z) const;
  static constexpr bool takes_sum = true;
};
/// x Phi(x), Phi the normal distribution function
struct Gelu {
  ag::Tensor operator()(const ag::Tensor& x) const;
  ag::Tensor operator()(const UnnamedSum& z) const;
  static constexpr bool takes_sum = true;
};
/// x / (1 + exp(-x)), also called swish
struct Silu {
  ag::Tensor operator()(const ag::Tensor& x) const;
  ag::Tensor operator()(const UnnamedSum& z) const;
  static constexpr bool takes_sum = true;
};
/// 1 / (1 + exp(-x))
struct Sigmoid {
  ag::Tensor operator()(const ag::Tensor& x) const;
  ag::Tensor operator()(const UnnamedSum& z) const;
  static constexpr bool takes_sum = true;
};
/// (exp(x) - exp(-x)) / (exp(x) + exp(-x))
struct Tanh {
  ag::Tensor operator()(const ag::Tensor& x) const;
  ag::Tensor operator()(const UnnamedSum& z) const;
  static constexpr bool takes_sum = true;
};
/// log(1 + exp(x))
struct Softplus {
  ag::Tensor operator()(const ag::Tensor& x) const;
  ag::Tensor operator()(const UnnamedSum& z) const;
  static constexpr bool takes_sum = true;
};
/// exp(x) / sum over the axis of exp(x): scores become probabilities. For training, end with the scores
/// instead and use nn::cross_entropy, which is exact where probabilities round to 0.
struct Softmax {
  ag::Index axis = -1;
  ag::Tensor operator()(const ag::Tensor& x) const;
};
/// x: a linear unit, for regression
struct Identity {
  ag::Tensor operator()(const ag::Tensor& x) const { return x; }
};

}  // namespace nn
