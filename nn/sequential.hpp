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

  ag::Tensor operator()(const ag::Tensor& x) const { return from<0>(x); }
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

 private:
  // The layers from number I on. An activation takes the sum that the layer before it ends in into its own pass.
  template <std::size_t I>
  ag::Tensor from(const ag::Tensor& x) const {
    if constexpr (I == sizeof...(L)) return x;
    else if constexpr (fuses<I>()) return from<I + 2>(get<I>().then(get<I + 1>(), x));
    else return from<I + 1>(ag::Tensor(get<I>()(x)));
  }
  template <std::size_t I>
  static constexpr bool fuses() {
    if constexpr (I + 1 < sizeof...(L)) {
      using Next = std::tuple_element_t<I + 1, std::tuple<L...>>;
      return requires { requires Next::takes_sum; }&&
        requires(const std::tuple_element_t<I, std::tuple<L...>> & layer, const Next & next, const ag::Tensor & x)
      {
        layer.then(next, x);
      };
    }
    return false;
  }
};

}  // namespace nn
