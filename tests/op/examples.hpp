// Examples of the ops that are not elementwise: the instances and argument shapes on which the battery tests
// them. An op of the list without examples does not compile.
#pragma once

#include <any>
#include <functional>
#include <string>
#include <vector>

#include <autograd/autograd.hpp>
#include <tests/op/quad.hpp>

namespace battery {

namespace ag = autograd;
namespace op = autograd::op;

/// What the derivatives of an example are compared with. Those of an op that is linear in each argument (or chooses
/// among elements) are differences without any error, since arguments and steps are multiples of 1/32.
enum class Expected { exact_differences, quad, differences };

using Quads = std::vector<Quad>;

/// An op with its parameters, applied to tensors of some shapes.
struct Example {
  std::string what;
  std::vector<ag::Shape> shapes;
  std::function<ag::Tensor(const std::vector<ag::Tensor>&)> call;
  std::any op;
  Expected expected = Expected::exact_differences;
  std::function<Quads(const std::vector<Quads>&)> quad{};  // the op in quad precision, all tensors row-major
  std::vector<std::vector<double>> values{};               // where it is tested, if the usual numbers will not do
  bool positive = false;                                   // whether its arguments must be
  double cancels = 0;  // the size of what cancels inside one slope, as in softmax's c y - y sum(c y)
};

template <class Op>
inline constexpr Expected expected_of =
    op::family_of<Op> != op::not_listed || op::position_in<Op, op::Joining> != op::not_listed
        ? Expected::exact_differences
        : Expected::differences;

/// An op of one tensor, on each of some shapes.
template <class Op>
Example example(const std::string& what, const Op& o, const ag::Shape& shape) {
  return {what, {shape}, [o](const std::vector<ag::Tensor>& x) { return ag::evaluate(o, x[0]); }, o, expected_of<Op>};
}
/// An op of two tensors.
template <class Op>
Example example(const std::string& what, const Op& o, const ag::Shape& a, const ag::Shape& b) {
  return {
      what, {a, b}, [o](const std::vector<ag::Tensor>& x) { return ag::evaluate(o, x[0], x[1]); }, o, expected_of<Op>};
}
/// An op of a list of tensors.
template <class Op>
Example example_of_list(const std::string& what, const Op& o, const std::vector<ag::Shape>& shapes) {
  return {what, shapes, [o](const std::vector<ag::Tensor>& x) { return ag::evaluate_list(o, x, {}); }, o,
          expected_of<Op>};
}

/// An example with its op in quad precision: f(numbers, group) gives the results, where elements of one group are those
/// that the axes run over.
template <class F>
Example with_quad(Example e, const ag::Axes& axes, const F& f) {
  const ag::Shape shape = e.shapes[0];
  const ag::Shape over = ag::core::normalize_axes("battery", axes, shape.size());
  std::vector<std::size_t> group;
  for (ag::Index i = 0; i < ag::core::count(shape); ++i) {
    ag::Index rest = i, to = 0, step = 1;
    for (std::size_t d = shape.size(); d-- > 0; rest /= shape[d]) {
      bool gone = false;
      for (ag::Index a : over) gone |= a == static_cast<ag::Index>(d);
      if (!gone) to += rest % shape[d] * step, step *= shape[d];
    }
    group.push_back(static_cast<std::size_t>(to));
  }
  e.expected = Expected::quad;
  e.quad = [group, f](const std::vector<Quads>& x) { return f(x[0], group); };
  return e;
}
/// The sum of f(x) over each group.
template <class F>
Quads sum_groups(const Quads& x, const std::vector<std::size_t>& group, const F& f) {
  Quads sums;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (sums.size() <= group[i]) sums.resize(group[i] + 1);
    sums[group[i]] += f(x[i]);
  }
  return sums;
}

/// What to write for a new op: template <> struct Examples<op::New> { static std::vector<Example> list() {
/// ... } };
template <class Op>
struct Examples {};

/// Ops over axes: all, one, the last, several, kept.
template <class Op>
struct AxesExamples {
  static std::vector<Example> list() {
    return {of("over all", Op{}, {3, 4}),
            of("over axis 0", Op{ag::Axes(0)}, {3, 4}),
            of("over the last axis, kept", Op{ag::Axes(-1), true}, {2, 3, 2}),
            of("over two axes", Op{ag::Axes{0, 2}}, {2, 3, 2}),
            of("of a number", Op{}, ag::Shape{}),
            of("of nothing along another axis", Op{ag::Axes(1)}, {0, 3})};
  }
  static Example of(const std::string& what, const Op& o, const ag::Shape& shape) {
    const Example e = example(what, o, shape);
    if constexpr (std::is_same_v<Op, op::Mean>)
      return with_quad(e, o.axes, [](const Quads& x, const std::vector<std::size_t>& group) {
        Quads y = sum_groups(x, group, [](Quad v) { return v; });
        for (Quad& v : y) v = v * y.size() / x.size();
        return y;
      });
    else if constexpr (std::is_same_v<Op, op::Logsumexp>)
      return with_quad(e, o.axes, [](const Quads& x, const std::vector<std::size_t>& group) {
        Quads y = sum_groups(x, group, [](Quad v) { return exp(v); });
        for (Quad& v : y) v = log(v);
        return y;
      });
    else return e;
  }
};
template <>
struct Examples<op::Sum> : AxesExamples<op::Sum> {};
template <>
struct Examples<op::Mean> : AxesExamples<op::Mean> {};
template <>
struct Examples<op::Max> : AxesExamples<op::Max> {};
template <>
struct Examples<op::Min> : AxesExamples<op::Min> {};
template <>
struct Examples<op::Prod> : AxesExamples<op::Prod> {};
template <>
struct Examples<op::ProductOfOthers> {
  static std::vector<Example> list() {
    return {example("over all", op::ProductOfOthers{}, {3, 4}),
            example("over axis 0", op::ProductOfOthers{ag::Axes(0)}, {3, 4}),
            example("over two axes", op::ProductOfOthers{ag::Axes{0, 2}}, {2, 3, 2}),
            example("of a number", op::ProductOfOthers{}, ag::Shape{})};
  }
};
template <>
struct Examples<op::Logsumexp> : AxesExamples<op::Logsumexp> {};

/// Ops along one axis.
template <class Op>
struct AxisExamples {
  static std::vector<Example> list() {
    return {of("along axis 0", Op{0}, {3, 4}), of("along the last axis", Op{-1}, {2, 3, 2}),
            of("of a vector", Op{0}, {5}), of("of nothing", Op{1}, {0, 3})};
  }
  static Example of(const std::string& what, const Op& o, const ag::Shape& shape) {
    Example e = example(what, o, shape);
    if constexpr (std::is_same_v<Op, op::Softmax>) e.cancels = 0.25;
    if constexpr (std::is_same_v<Op, op::Cumsum>) return e;
    else
      return with_quad(e, ag::Axes(o.axis), [](const Quads& x, const std::vector<std::size_t>& group) {
        const Quads sums = sum_groups(x, group, [](Quad v) { return exp(v); });
        Quads y;
        for (std::size_t i = 0; i < x.size(); ++i)
          y.push_back(std::is_same_v<Op, op::Softmax> ? exp(x[i]) / sums[group[i]] : x[i] - log(sums[group[i]]));
        return y;
      });
  }
};
template <>
struct Examples<op::Cumsum> : AxisExamples<op::Cumsum> {};
template <>
struct Examples<op::Softmax> : AxisExamples<op::Softmax> {};
template <>
struct Examples<op::LogSoftmax> : AxisExamples<op::LogSoftmax> {};

template <>
struct Examples<op::Reshape> {
  static std::vector<Example> list() {
    return {example("to a vector", op::Reshape{{-1}}, {2, 3}), example("to a matrix", op::Reshape{{3, 2}}, {2, 3}),
            example("of one number", op::Reshape{ag::Shape{}}, {1, 1}),
            example("of nothing", op::Reshape{{3, 0}}, {0, 2})};
  }
};
template <>
struct Examples<op::BroadcastTo> {
  static std::vector<Example> list() {
    return {example("a row", op::BroadcastTo{{4, 3}}, {3}), example("a column", op::BroadcastTo{{2, 3, 4}}, {3, 1}),
            example("a number", op::BroadcastTo{{2, 2}}, ag::Shape{})};
  }
};
template <>
struct Examples<op::Transpose> {
  static std::vector<Example> list() {
    return {example("of a matrix", op::Transpose{}, {2, 3}),
            example("rotated", op::Transpose{ag::Axes{1, 2, 0}}, {2, 3, 4}),
            example("of a cube", op::Transpose{ag::Axes{1, 2, 0}}, {2, 2, 2}),
            example("of nothing", op::Transpose{}, {0, 3})};
  }
};
template <>
struct Examples<op::Flip> {
  static std::vector<Example> list() {
    return {example("of all axes", op::Flip{}, {2, 3}), example("of one", op::Flip{ag::Axes(1)}, {2, 3})};
  }
};
template <>
struct Examples<op::Roll> {
  static std::vector<Example> list() {
    return {example("down", op::Roll{1, 0}, {3, 2}), example("back", op::Roll{-4, -1}, {2, 3})};
  }
};
template <>
struct Examples<op::Cast> {
  static std::vector<Example> list() { return {example("to float64", op::Cast{ag::float64}, {2, 3})}; }
};
/// Ops with a diagonal.
template <class Op>
struct DiagonalExamples {
  static std::vector<Example> list() {
    return {example("the main one", Op{0}, {3, 4}), example("above", Op{1}, {3, 4}), example("below", Op{-2}, {4, 3})};
  }
};
template <>
struct Examples<op::Diagonal> : DiagonalExamples<op::Diagonal> {};
template <>
struct Examples<op::Tril> : DiagonalExamples<op::Tril> {};
template <>
struct Examples<op::Triu> : DiagonalExamples<op::Triu> {};
template <>
struct Examples<op::DiagonalMatrix> {
  static std::vector<Example> list() {
    return {example("the main one", op::DiagonalMatrix{{3, 3}, 0}, {3}),
            example("above", op::DiagonalMatrix{{3, 4}, 1}, {3})};
  }
};

inline ag::core::Window window_of(const ag::Shape& shape, std::initializer_list<ag::SliceItem> items) {
  return ag::core::window("slice", shape, std::vector<ag::SliceItem>(items));
}
inline std::vector<std::pair<std::string, ag::core::Window>> windows() {
  return {{"a row", window_of({4, 5}, {2})},
          {"steps", window_of({4, 5}, {ag::range(0, 4, 2), ag::range(1, ag::none)})},
          {"backwards", window_of({4, 5}, {ag::all, ag::range(ag::none, ag::none, -2)})}};
}
template <>
struct Examples<op::Slice> {
  static std::vector<Example> list() {
    std::vector<Example> out;
    for (const auto& [what, w] : windows()) out.push_back(example(what, op::Slice{w}, w.source));
    return out;
  }
};
template <class Op>
struct WindowExamples {
  static std::vector<Example> list() {
    std::vector<Example> out;
    for (const auto& [what, w] : windows()) out.push_back(example_of_list(what, Op{w}, {w.source, w.shape}));
    const auto w = windows()[0].second;
    out.push_back(example_of_list("a number", Op{w}, {w.source, ag::Shape{}}));
    return out;
  }
};
template <>
struct Examples<op::IndexUpdate> : WindowExamples<op::IndexUpdate> {};
template <>
struct Examples<op::IndexAdd> : WindowExamples<op::IndexAdd> {};

/// Indices that repeat, and that count from the end.
inline ag::core::Array indices_of(const std::vector<int>& i, const ag::Shape& shape) {
  return ag::Tensor::of(i, shape).data();
}
template <>
struct Examples<op::Take> {
  static std::vector<Example> list() {
    return {example("rows", op::Take{indices_of({2, 0, 2}, {3}), 0}, {3, 4}),
            example("columns", op::Take{indices_of({-1, 1, 1, 0}, {2, 2}), 1}, {3, 4})};
  }
};
template <>
struct Examples<op::TakeAdd> {
  static std::vector<Example> list() {
    return {example("rows", op::TakeAdd{indices_of({2, 0, 2}, {3}), 0, {3, 4}}, {3, 4})};
  }
};
template <>
struct Examples<op::Gather> {
  static std::vector<Example> list() {
    return {example("one in each row", op::Gather{indices_of({2, 0, 3}, {3, 1}), 1}, {3, 4}),
            example("repeated", op::Gather{indices_of({1, 1, 0, 2}, {2, 2}), 0}, {3, 2})};
  }
};
template <>
struct Examples<op::CrossEntropy> {
  static std::vector<Example> list() {
    return {of("three classes", {2, 0, 1, 2}, {4, 3}), of("one class", {0, 0}, {2, 1})};
  }
  static Example of(const std::string& what, const std::vector<int>& labels, const ag::Shape& shape) {
    const op::CrossEntropy o{indices_of(labels, {static_cast<ag::Index>(labels.size())})};
    return with_quad(example(what, o, shape), ag::Axes(1),
                     [labels](const Quads& x, const std::vector<std::size_t>& group) {
                       Quads y = sum_groups(x, group, [](Quad v) { return exp(v); });
                       const std::size_t classes = x.size() / y.size();
                       for (std::size_t i = 0; i < y.size(); ++i)
                         y[i] = log(y[i]) - x[i * classes + static_cast<std::size_t>(labels[i])];
                       return y;
                     });
  }
};
template <>
struct Examples<op::CrossEntropySlope> {
  static std::vector<Example> list() { return {of("a factor for each row", {4, 1}), of("for each score", {4, 3})}; }
  static Example of(const std::string& what, const ag::Shape& factors) {
    const std::vector<int> labels{2, 0, 1, 2};
    const op::CrossEntropySlope o{indices_of(labels, {4})};
    Example e = example(what, o, factors, {4, 3});
    e.expected = Expected::quad;
    e.quad = [labels, each = factors[1] == 3](const std::vector<Quads>& x) {
      Quads z;
      for (std::size_t row = 0; row < labels.size(); ++row) {
        const auto term = [&](std::size_t k) { return exp(x[1][3 * row + k]); };
        const auto label = static_cast<std::size_t>(labels[row]);
        const Quad sum = term(0) + term(1) + term(2);
        for (std::size_t k = 0; k < 3; ++k)
          z.push_back(x[0][each ? 3 * row + k : row] * (k == label ? (term(k) - sum) / sum : term(k) / sum));
      }
      return z;
    };
    return e;
  }
};
template <>
struct Examples<op::GatherAdd> {
  static std::vector<Example> list() {
    return {example("repeated", op::GatherAdd{indices_of({1, 1, 0, 2}, {2, 2}), 0, {3, 2}}, {2, 2})};
  }
};
/// Ops that join tensors.
template <>
struct Examples<op::Concatenate> {
  static std::vector<Example> list() {
    return {example_of_list("rows", op::Concatenate{0}, {{1, 3}, {2, 3}}),
            example_of_list("columns", op::Concatenate{-1}, {{2, 1}, {2, 3}, {2, 2}}),
            example_of_list("equals", op::Concatenate{0}, {{2, 3}, {2, 3}}),
            example_of_list("nothing first", op::Concatenate{0}, {{0, 3}, {2, 3}})};
  }
};
template <>
struct Examples<op::Stack> {
  static std::vector<Example> list() {
    return {example_of_list("in front", op::Stack{0}, {{2, 3}, {2, 3}}),
            example_of_list("behind", op::Stack{-1}, {{3}, {3}})};
  }
};
template <>
struct Examples<op::Matmul> {
  static std::vector<Example> list() {
    return {example("matrices", op::Matmul{}, {2, 3}, {3, 4}),
            example("matrix and vector", op::Matmul{}, {2, 3}, {3}),
            example("vector and matrix", op::Matmul{}, {3}, {3, 2}),
            example("vectors", op::Matmul{}, {3}, {3}),
            example("batches", op::Matmul{}, {2, 2, 3}, {2, 3, 2}),
            example("broadcast batches", op::Matmul{}, {2, 1, 2, 2}, {3, 2, 2}),
            example("squares", op::Matmul{}, {3, 3}, {3, 3}),
            example("the right one transposed", op::Matmul{{.rhs_transposed = true}}, {2, 3}, {4, 3}),
            example("the left one transposed", op::Matmul{{.lhs_transposed = true}}, {3, 2}, {3, 4}),
            example("both transposed", op::Matmul{{.lhs_transposed = true, .rhs_transposed = true}}, {3, 2}, {4, 3}),
            example("batches, the right one transposed", op::Matmul{{.rhs_transposed = true}}, {2, 2, 3}, {4, 3}),
            example("batches, the left one transposed", op::Matmul{{.lhs_transposed = true}}, {2, 3, 2}, {3, 4}),
            example("vector and transposed matrix", op::Matmul{{.rhs_transposed = true}}, {3}, {4, 3}),
            example("a product over nothing", op::Matmul{}, {2, 0}, {0, 3})};
  }
};

}  // namespace battery
