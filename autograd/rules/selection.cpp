// The rules of the family op::Selection, compiled once.
#include <autograd/evaluate.hpp>
#include <autograd/rules/rules.hpp>

namespace autograd::core {

template <>
const CompiledRule* compiled_rules<op::Selection>() {
  return MakeRules<op::Selection>::table;
}

}  // namespace autograd::core
