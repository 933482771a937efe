// The rules of the family op::Activation, compiled once.
#include <autograd/evaluate.hpp>
#include <autograd/rules/rules.hpp>

namespace autograd::core {

template <>
const CompiledRule* compiled_rules<op::Activation>() {
  return MakeRules<op::Activation>::table;
}

}  // namespace autograd::core
