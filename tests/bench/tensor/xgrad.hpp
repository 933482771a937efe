// xgrad's side of the rows, as its users write it: tensors from plain arrays, a tape for each gradient.
#pragma once

#include <array>
#include <memory>
#include <utility>

#include <autograd/autograd.hpp>

#include <tests/bench/tensor/contender.hpp>

namespace bench {

namespace ag = autograd;

inline ag::Shape shape_of(const Array& a) {
  ag::Shape shape;
  for (const std::int64_t extent : a.shape) shape.push_back(extent);
  return shape;
}

inline ag::Tensor to_tensor(const Array& a) {
  const ag::Tensor t = ag::Tensor::of(a.elements, shape_of(a));
  return a.integers ? ag::Tensor(cast(t, ag::int64)) : t;
}

inline Elements to_elements(const ag::Tensor& t) {
  const std::vector<double> elements = t.to_vector();
  return Elements(elements.begin(), elements.end());
}

/// The gradients of formula(x0, x1, ...), a tensor of one element, with respect to all of them.
template <class Formula, class... A>
Contender gradient_contender(const Formula& formula, const A&... start) {
  struct State {
    std::array<ag::Tensor, sizeof...(A)> start, gradient;
  };
  const auto state = std::make_shared<State>(State{{to_tensor(start)...}, {}});
  const auto step = [state, formula] {
    state->gradient = {};  // not kept while the next are computed, as libtorch's are not
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      ag::Tape tape;
      const std::array x{tape.variable(state->start[I])...};
      const ag::Tensor f = formula(x[I]...);
      const auto gradient = tape.gradient(f);
      ((state->gradient[I] = gradient[x[I]]), ...);
    }(std::index_sequence_for<A...>{});
  };
  return {step, [state, step] {
            step();
            std::vector<Elements> results;
            for (const ag::Tensor& g : state->gradient) results.push_back(to_elements(g));
            return results;
          }};
}

}  // namespace bench
