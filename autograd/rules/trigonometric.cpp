// The rules of the family op::Trigonometric, compiled once.
#include <autograd/evaluate.hpp>
#include <autograd/rules/rules.hpp>

namespace autograd::core {

template <>
const CompiledRule* compiled_rules<op::Trigonometric>() {
  return MakeRules<op::Trigonometric>::table;
}

}  // namespace autograd::core
