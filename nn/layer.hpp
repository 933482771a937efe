// What a layer is: a function of a tensor whose parameters can be visited. There is no base class and nothing to register.
//
//   struct Scale {                                       // a user's own layer
//     ag::Parameter factor{ag::Tensor::ones({64}, ag::float32)};
//     ag::Tensor operator()(const ag::Tensor& x) const { return x * factor; }
//     void each_parameter(auto& visit) { visit("factor", factor); }
//   };
//
// A layer without parameters needs only the call, so a lambda is a layer too. A layer made of layers visits those by name:
// visit("hidden", hidden) reaches the parameters "hidden.weight" and "hidden.bias".
#pragma once

#include <autograd/reverse/parameter.hpp>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace nn {

namespace ag = autograd;

class Visitor;

/// A function of a tensor, shape in and shape out as its documentation says.
template <class L>
concept Layer = requires(const L& layer, const ag::Tensor& x) {
  { layer(x) } -> std::convertible_to<ag::Tensor>;
};

/// Something with a visitor line.
template <class L>
concept HasParameters = requires(L& layer, Visitor& visit) { layer.each_parameter(visit); };

/// A parameter and its dotted name, which is the same in every run: "0.weight", "hidden.bias".
template <class P>
struct Named {
  std::string name;
  P* parameter;
};
using NamedParameter = Named<ag::Parameter>;

/// What each_parameter is handed: takes a parameter or a layer, and optional ones and vectors of those, by name.
class Visitor {
 public:
  /// Collects parameters, and their names if `names` is not null; each parameter once, however often it is shared.
  explicit Visitor(std::vector<ag::Parameter*>& found, std::vector<std::string>* names = nullptr)
      : found_(found), names_(names) {}

  void operator()(std::string_view name, ag::Parameter& parameter);
  template <class L>
  void operator()(std::string_view name, L& layer) {
    static_assert(!std::is_const_v<L>, "each_parameter must not be const: optimisers change what it visits");
    const std::size_t length = enter(name);
    if constexpr (HasParameters<L>) layer.each_parameter(*this);
    leave(length);
  }
  template <class T>
  void operator()(std::string_view name, std::optional<T>& maybe) {
    if (maybe) (*this)(name, *maybe);
  }
  template <class T>
  void operator()(std::string_view name, std::vector<T>& several) {
    const std::size_t length = enter(name);
    for (std::size_t i = 0; i < several.size(); ++i) (*this)(std::to_string(i), several[i]);
    leave(length);
  }

 private:
  std::size_t enter(std::string_view name);
  void leave(std::size_t length) { prefix_.resize(length); }

  std::vector<ag::Parameter*>& found_;
  std::vector<std::string>* names_;
  std::string prefix_;
};

namespace detail {
std::vector<NamedParameter> zip(std::vector<std::string> names, const std::vector<ag::Parameter*>& found);
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

/// The parameters of a model with their names, in the order of its visitor lines:
/// `for (auto& [name, parameter] : nn::parameters(model)) std::cout << name << parameter->shape();`
/// Throws Error if two have the same name.
template <class Model>
std::vector<NamedParameter> parameters(Model& model) {
  std::vector<ag::Parameter*> found;
  std::vector<std::string> names;
  Visitor visit(found, &names);
  if constexpr (HasParameters<Model>) model.each_parameter(visit);
  return detail::zip(std::move(names), found);
}
/// The same to read only.
template <class Model>
std::vector<Named<const ag::Parameter>> parameters(const Model& model) {
  std::vector<Named<const ag::Parameter>> list;
  for (auto& [name, parameter] : parameters(const_cast<Model&>(model))) list.push_back({name, parameter});
  return list;
}

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
