// The rules of the family op::Reductions, compiled once.
#include <autograd/evaluate.hpp>
#include <autograd/rules/rules.hpp>

namespace autograd::core {

template <>
const CompiledRule* compiled_rules<op::Reductions>() {
  return MakeRules<op::Reductions>::table;
}

}  // namespace autograd::core
