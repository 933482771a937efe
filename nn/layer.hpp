// What a layer is: a function of a tensor whose parameters can be visited. There is no base class and nothing
// to register.
//
//   struct Scale {                                       // a user's own layer
//     ag::Parameter factor{ag::Tensor::ones({64}, ag::float32)};
//     ag::Tensor operator()(const ag::Tensor& x) const { return x * factor; }
//     void each_parameter(auto& visit) { visit("factor", factor); }
//   };
//
// A layer without parameters needs only the call, so a lambda is a layer too. A layer made of layers visits
// those by name: visit("hidden", hidden) reaches the parameters "hidden.weight" and "hidden.bias".
#pragma once

#include <concepts>
#include <string>
#include <vector>

#include <autograd/reverse/visitor.hpp>

namespace nn {

namespace ag = autograd;

/// A function of a tensor, shape in and shape out as its documentation says.
template <class L>
concept Layer = requires(const L& layer, const ag::Tensor& x) {
  { layer(x) } -> std::convertible_to<ag::Tensor>;
};

using ag::HasParameters, ag::Named, ag::NamedParameter, ag::Visitor;
using ag::parameters;

namespace detail {
std::string summary(const std::vector<NamedParameter>& list);
ag::Index count(const std::vector<NamedParameter>& list);

/// The parameters of a model without their names, in a vector whose memory is used again.
template <class Model>
void collect(Model& model, std::vector<ag::Parameter*>& found) {
  found.clear();
  Visitor visit(found);
  if constexpr (HasParameters<Model>) model.each_parameter(visit);
}
}  // namespace detail

/// How many numbers a model learns.
template <class Model>
ag::Index count_parameters(const Model& model) {
  return detail::count(parameters(const_cast<Model&>(model)));
}

/// A table to print: name, shape, dtype and number of elements of each parameter, and the total.
template <class Model>
std::string summary(const Model& model) {
  return detail::summary(parameters(const_cast<Model&>(model)));
}

/// Converts all parameters of a model; in float64 a gradient check sees more digits. Throws DtypeError unless floating.
template <class Model>
void set_dtype(Model& model, ag::Dtype dtype) {
  for (const NamedParameter& p : parameters(model)) p.parameter->cast(dtype);
}

}  // namespace nn
