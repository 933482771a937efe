// Which ops are tested: the elementwise ones as they are by default, or, if they have parameters, as listed here.
#pragma once

#include <sstream>
#include <string>
#include <vector>

#include <autograd/autograd.hpp>

namespace battery {

namespace ag = autograd;
namespace op = autograd::op;

/// How many arguments an elementwise op has; 0 for an op of another kind.
template <class Op>
constexpr std::size_t elementwise_arity() {
  if constexpr (op::Elementwise<Op, 1>) return 1;
  else if constexpr (op::Elementwise<Op, 2>) return 2;
  else if constexpr (op::Elementwise<Op, 3>) return 3;
  else return 0;
}

/// An op with parameters lists the ones to test.
template <class Op>
struct Instances {
  static std::vector<Op> list() { return {Op{}}; }
};
template <>
struct Instances<op::PowConstant> {
  static std::vector<op::PowConstant> list() { return {{0.0}, {1.0}, {2.0}, {3.0}, {0.5}, {-1.5}, {4.0}}; }
};
template <>
struct Instances<op::Polygamma> {
  static std::vector<op::Polygamma> list() { return {{0}, {1}, {2}, {3}}; }
};
template <>
struct Instances<op::LeakyRelu> {
  static std::vector<op::LeakyRelu> list() { return {{0.01}, {0.2}}; }
};
template <>
struct Instances<op::Elu> {
  static std::vector<op::Elu> list() { return {{1.0}, {1.75}}; }
};

}  // namespace battery
