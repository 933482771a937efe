// Sequential: layers one after the other, held by value, each of its own type.
//
//   nn::Sequential model{nn::Dense{784, 128, rng}, nn::Relu{}, nn::Dense{128, 10, rng}};
//   ag::Tensor scores = model(images);
#pragma once

#include <string>
#include <tuple>
#include <utility>

#include <nn/layer.hpp>

namespace nn {

/// y = last(... second(first(x))); its parameters are called "0.weight", "0.bias", "2.weight", ... by the
/// layer's position.
template <Layer... L>
struct Sequential {
  std::tuple<L...> layers;

  explicit Sequential(L... layer) : layers(std::move(layer)...) {}

  ag::Tensor operator()(const ag::Tensor& x) const {
    ag::Tensor y = x;
    std::apply([&](const L&... layer) { ((y = ag::Tensor(layer(y))), ...); }, layers);
    return y;
  }
  void each_parameter(auto& visit) {
    std::size_t i = 0;
    std::apply([&](L&... layer) { (visit(std::to_string(i++), layer), ...); }, layers);
  }

  /// Layer number I, counted from 0: `model.template get<0>().weight` in a template, `model.get<0>().weight` elsewhere.
  template <std::size_t I>
  auto& get() {
    return std::get<I>(layers);
  }
  template <std::size_t I>
  const auto& get() const {
    return std::get<I>(layers);
  }
};

}  // namespace nn
