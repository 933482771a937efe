// The rules of the family op::Linear, compiled once.
#include <autograd/evaluate.hpp>
#include <autograd/rules/rules.hpp>

namespace autograd::core {

template <>
const CompiledRule* compiled_rules<op::Linear>() {
  return MakeRules<op::Linear>::table;
}

}  // namespace autograd::core
