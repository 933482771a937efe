// Visitor: what a model shows its parameters to. A model is anything with a line such as
//
//   void each_parameter(auto& visit) { visit("weight", weight); visit("hidden", hidden); }
//
// where weight is a Parameter and hidden a model again: its parameters are then called "hidden.weight" and so on.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <autograd/reverse/parameter.hpp>

namespace autograd {

class Visitor;

/// Something with a visitor line.
template <class L>
concept HasParameters = requires(L& layer, Visitor& visit) { layer.each_parameter(visit); };

/// A parameter and its dotted name, which is the same in every run: "0.weight", "hidden.bias".
template <class P>
struct Named {
  std::string name;
  P* parameter;
};
using NamedParameter = Named<Parameter>;

/// What each_parameter is handed: takes a parameter or a layer, and optional ones and vectors of those, by name.
class Visitor {
 public:
  /// Collects parameters, and their names if `names` is not null; each parameter once, however often it is shared.
  explicit Visitor(std::vector<Parameter*>& found, std::vector<std::string>* names = nullptr)
      : found_(found), names_(names) {}

  void operator()(std::string_view name, Parameter& parameter);
  template <class L>
  void operator()(std::string_view name, L& layer) {
    static_assert(!std::is_const_v<L>, "each_parameter must not be const: optimisers change what it visits");
    static_assert(!std::is_same_v<L, Tensor>, "a tensor that is learnt must be an ag::Parameter");
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

  std::vector<Parameter*>& found_;
  std::vector<std::string>* names_;
  std::string prefix_;
};

namespace core {
std::vector<NamedParameter> zip(const std::vector<std::string>& names, const std::vector<Parameter*>& found);
}  // namespace core

/// The parameters of a model with their names, in the order of its visitor lines:
/// `for (auto& [name, parameter] : ag::parameters(model)) std::cout << name << parameter->shape();`
/// Throws Error if two have the same name.
template <class Model>
std::vector<NamedParameter> parameters(Model& model) {
  std::vector<Parameter*> found;
  std::vector<std::string> names;
  Visitor visit(found, &names);
  if constexpr (HasParameters<Model>) model.each_parameter(visit);
  return core::zip(names, found);
}
/// The same to read only.
template <class Model>
std::vector<Named<const Parameter>> parameters(const Model& model) {
  std::vector<Named<const Parameter>> list;
  for (auto& [name, parameter] : parameters(const_cast<Model&>(model))) list.push_back({name, parameter});
  return list;
}

}  // namespace autograd
