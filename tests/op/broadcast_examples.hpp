// Examples of elementwise ops of several arguments on tensors that broadcast, with the op in quad precision: each
// gradient must be summed over what was repeated, and over nothing else.
#pragma once

#include <tests/op/examples.hpp>
#include <tests/op/instances.hpp>
#include <tests/op/reference.hpp>
#include <tests/op/samples.hpp>

namespace battery {

/// The element of an argument that element i of the result reads.
inline std::size_t element_read(const ag::Shape& argument, const ag::Shape& result, std::size_t i) {
  std::size_t at = 0, step = 1;
  for (std::size_t d = 0; d < result.size(); ++d) {
    const std::size_t from_end = result.size() - 1 - d, n = static_cast<std::size_t>(result[from_end]);
    if (d < argument.size()) {
      const auto m = static_cast<std::size_t>(argument[argument.size() - 1 - d]);
      at += (m == 1 ? 0 : i % n) * step;
      step *= m;
    }
    i /= n;
  }
  return at;
}

template <class Op, std::size_t N>
std::vector<Example> broadcast_examples(const Op& o) {
  using Shapes = std::vector<ag::Shape>;
  const std::vector<Shapes> all =
      N == 2 ? std::vector<Shapes>{{{3, 3}, {3}},         {{3, 3}, {3, 1}}, {{3}, {3, 3}},   {{2, 1, 3}, {2, 1}},
                                   {ag::Shape{}, {2, 2}}, {{2, 3}, {2, 3}}, {{0, 3}, {3}},   {{4}, {4, 4}},
                                   {{4, 1}, {4, 4}},      {{4, 4}, {1, 4}}, {{1, 4}, {4, 4}}}
             : std::vector<Shapes>{{{3, 3}, {3}, {3, 1}},    {{2, 2}, ag::Shape{}, {2, 2}}, {{3}, {2, 3}, {2, 1}},
                                   {{4}, {4, 4}, {4, 1}},    {{4, 1}, {4, 4}, {4}},         {{4}, {4, 4}, {4, 4}},
                                   {{4, 1}, {4, 4}, {4, 4}}, {{2, 3}, {2, 3}, {2, 3}}};
  std::vector<Example> out;
  for (const Shapes& shapes : all) {
    ag::Shape result;
    std::string what = "shapes";
    Example e;
    for (std::size_t k = 0; k < N; ++k) {
      what.append(" ").append(to_string(shapes[k]));
      result = ag::core::broadcast("battery", result, shapes[k]);
      std::vector<double> values;
      for (ag::Index i = 0; i < ag::core::count(shapes[k]); ++i)
        values.push_back(sample(op::domain_of<Op>(k), k, static_cast<std::size_t>(i) + 5 * out.size()));
      e.values.push_back(values);
      e.positive |= std::isfinite(op::domain_of<Op>(k).low);
    }
    e.what = what;
    e.shapes = shapes;
    e.op = o;
    e.expected = Expected::quad;
    e.call = [o](const std::vector<ag::Tensor>& x) {
      return [&]<std::size_t... k>(std::index_sequence<k...>) {
        return ag::Tensor(ag::evaluate(o, x[k]...));
      }(std::make_index_sequence<N>{});
    };
    e.quad = [o, shapes, result](const std::vector<Quads>& x) {
      Quads y;
      for (ag::Index i = 0; i < ag::core::count(result); ++i)
        y.push_back([&]<std::size_t... k>(std::index_sequence<k...>) {
          return Quad(Reference<Op>::value(o, x[k][element_read(shapes[k], result, static_cast<std::size_t>(i))]...));
        }(std::make_index_sequence<N>{}));
      return y;
    };
    out.push_back(e);
  }
  return out;
}

}  // namespace battery
