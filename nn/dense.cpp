// Dense: checks, then one matrix product and one fused sum.
#include <autograd/autograd.hpp>
#include <nn/dense.hpp>

namespace nn {
namespace {

// The weights come first: with the same seed they do not depend on whether there is a bias.
ag::Parameter first_weight(ag::Index in, ag::Index out, Rng& rng, const DenseOptions& options) {
  if (in < 1 || out < 1)
    throw ag::DomainError("dense", std::to_string(in) + " inputs and " + std::to_string(out) + " outputs",
                          "Both must be 1 or more.");
  return ag::Parameter(options.weight({out, in}, options.dtype, rng));
}

void require_fit(const char* what, const ag::Parameter& p, const ag::Shape& shape) {
  if (!(p.shape() == shape))
    throw ag::ShapeError("dense", std::string("the initialiser of the ") + what + " made " + to_string(p.shape()) +
                                      " instead of " + to_string(shape));
}

}  // namespace

Dense::Dense(ag::Index in, ag::Index out, Rng& rng, const DenseOptions& options)
    : weight(first_weight(in, out, rng, options)),
      bias(options.bias ? options.offset({out}, options.dtype, rng) : ag::Tensor::zeros({0}, options.dtype)) {
  require_fit("weight", weight, {out, in});
  require_fit("bias", bias, {options.bias ? out : 0});
}

ag::Tensor Dense::product(const ag::Tensor& x) const {
  const auto facts = [&] { return "input " + to_string(x.shape()) + ", weight " + to_string(weight.shape()); };
  const ag::Index in = weight.shape()[1];
  if (x.rank() == 0 || x.shape().back() != in)
    throw ag::ShapeError("dense", facts() + ": the last extent must be " + std::to_string(in),
                         "An example is a row: x has the shape (batch, " + std::to_string(in) + ").");
  if (x.dtype() != weight.dtype())
    throw ag::DtypeError(
        "dense", "input " + std::string(name_of(x.dtype())) + ", weight " + std::string(name_of(weight.dtype())),
        "Convert the input with cast, or build the layer with {.dtype = ...}.");
  return linear(x, weight);
}

ag::Tensor Dense::operator()(const ag::Tensor& x) const {
  const ag::Tensor z = product(x);
  return bias.size() > 0 ? ag::Tensor(z + bias) : z;
}

}  // namespace nn
