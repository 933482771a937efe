// Examples of the ops that are not elementwise: the instances and argument shapes on which the battery tests
// them. An op of the list without examples does not compile.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <autograd/autograd.hpp>

namespace battery {

namespace ag = autograd;
namespace op = autograd::op;

/// An op with its parameters, applied to tensors of some shapes.
struct Example {
  std::string what;
  std::vector<ag::Shape> shapes;
  std::function<ag::Tensor(const std::vector<ag::Tensor>&)> call;
};

/// An op of one tensor, on each of some shapes.
template <class Op>
Example example(const std::string& what, const Op& o, const ag::Shape& shape) {
  return {what, {shape}, [o](const std::vector<ag::Tensor>& x) { return ag::evaluate(o, x[0]); }};
}
/// An op of two tensors.
template <class Op>
Example example(const std::string& what, const Op& o, const ag::Shape& a, const ag::Shape& b) {
  return {what, {a, b}, [o](const std::vector<ag::Tensor>& x) { return ag::evaluate(o, x[0], x[1]); }};
}
/// An op of a list of tensors.
template <class Op>
Example example_of_list(const std::string& what, const Op& o, const std::vector<ag::Shape>& shapes) {
  return {what, shapes, [o](const std::vector<ag::Tensor>& x) { return ag::evaluate_list(o, x, {}); }};
}

/// What to write for a new op: template <> struct Examples<op::New> { static std::vector<Example> list() {
/// ... } };
template <class Op>
struct Examples {};

/// Ops over axes: all, one, the last, several, kept.
template <class Op>
struct AxesExamples {
  static std::vector<Example> list() {
    return {example("over all", Op{}, {3, 4}), example("over axis 0", Op{ag::Axes(0)}, {3, 4}),
            example("over the last axis, kept", Op{ag::Axes(-1), true}, {2, 3, 2}),
            example("over two axes", Op{ag::Axes{0, 2}}, {2, 3, 2}), example("of a number", Op{}, ag::Shape{})};
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
struct Examples<op::Logsumexp> : AxesExamples<op::Logsumexp> {};

/// Ops along one axis.
template <class Op>
struct AxisExamples {
  static std::vector<Example> list() {
    return {example("along axis 0", Op{0}, {3, 4}), example("along the last axis", Op{-1}, {2, 3, 2}),
            example("of a vector", Op{0}, {5})};
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
            example("of one number", op::Reshape{ag::Shape{}}, {1, 1})};
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
            example("rotated", op::Transpose{ag::Axes{1, 2, 0}}, {2, 3, 4})};
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
    return {example("three classes", op::CrossEntropy{indices_of({2, 0, 1, 2}, {4})}, {4, 3}),
            example("one class", op::CrossEntropy{indices_of({0, 0}, {2})}, {2, 1})};
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
            example_of_list("columns", op::Concatenate{-1}, {{2, 1}, {2, 3}, {2, 2}})};
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
            example("broadcast batches", op::Matmul{}, {2, 1, 2, 2}, {3, 2, 2})};
  }
};

}  // namespace battery
