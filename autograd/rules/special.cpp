// The rules of the family op::Special, compiled once.
#include <autograd/evaluate.hpp>
#include <autograd/rules/rules.hpp>

namespace autograd::core {

template <>
const CompiledRule* compiled_rules<op::Special>() {
  return MakeRules<op::Special>::table;
}

}  // namespace autograd::core
