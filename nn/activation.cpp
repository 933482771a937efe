// The kernels of the activation layers, compiled once.
#include <autograd/autograd.hpp>
#include <nn/activation.hpp>

namespace nn {

ag::Tensor Relu::operator()(const ag::Tensor& x) const { return relu(x); }
ag::Tensor Relu::operator()(const UnnamedSum& x) const { return relu(x); }
ag::Tensor LeakyRelu::operator()(const ag::Tensor& x) const { return leaky_relu(x, slope); }
ag::Tensor LeakyRelu::operator()(const UnnamedSum& x) const { return leaky_relu(x, slope); }
ag::Tensor Elu::operator()(const ag::Tensor& x) const { return elu(x, alpha); }
ag::Tensor Elu::operator()(const UnnamedSum& x) const { return elu(x, alpha); }
ag::Tensor Gelu::operator()(const ag::Tensor& x) const { return gelu(x); }
ag::Tensor Gelu::operator()(const UnnamedSum& x) const { return gelu(x); }
ag::Tensor Silu::operator()(const ag::Tensor& x) const { return silu(x); }
ag::Tensor Silu::operator()(const UnnamedSum& x) const { return silu(x); }
ag::Tensor Sigmoid::operator()(const ag::Tensor& x) const { return sigmoid(x); }
ag::Tensor Sigmoid::operator()(const UnnamedSum& x) const { return sigmoid(x); }
ag::Tensor Tanh::operator()(const ag::Tensor& x) const { return tanh(x); }
ag::Tensor Tanh::operator()(const UnnamedSum& x) const { return tanh(x); }
ag::Tensor Softplus::operator()(const ag::Tensor& x) const { return softplus(x); }
ag::Tensor Softplus::operator()(const UnnamedSum& x) const { return softplus(x); }
ag::Tensor Softmax::operator()(const ag::Tensor& x) const { return softmax(x, axis); }

}  // namespace nn
