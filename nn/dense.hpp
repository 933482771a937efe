// Dense: the layer in which every output sees every input.
#pragma once

#include <autograd/evaluate.hpp>
#include <autograd/op/arithmetic.hpp>
#include <nn/init.hpp>
#include <nn/layer.hpp>

namespace nn {

/// How a Dense layer starts.
struct DenseOptions {
  bool bias = true;                       ///< whether there is a b
  Initialiser weight = glorot_uniform();  ///< the first W
  Initialiser offset = constant(0);       ///< the first b
  ag::Dtype dtype = ag::float32;          ///< of W and b, and of the inputs
};

/// y = x W' + b; x (batch, in), W (out, in), b (out,), y (batch, out)
struct Dense {
  ag::Parameter weight;  ///< W (out, in)
  ag::Parameter bias;    ///< b (out,); (0,) without a bias

  /// Throws DomainError unless in and out are 1 or more, DtypeError unless the dtype is floating.
  Dense(ag::Index in, ag::Index out, Rng& rng, const DenseOptions& options = {});

  /// Throws ShapeError or DtypeError for an input that does not fit.
  ag::Tensor operator()(const ag::Tensor& x) const;
  /// next(x W' + b), where `next` takes the unnamed sum into its own pass: as Sequential calls an activation.
  template <class Next>
  ag::Tensor then(const Next& next, const ag::Tensor& x) const {
    const ag::Tensor z = product(x);
    return bias.size() > 0 ? next(z + bias) : next(z);
  }
  void each_parameter(auto& visit) {
    visit("weight", weight);
    if (bias.size() > 0) visit("bias", bias);
  }

 private:
  ag::Tensor product(const ag::Tensor& x) const;
};

}  // namespace nn
