// The rules of the family op::Exponential, compiled once.
#include <autograd/evaluate.hpp>
#include <autograd/rules/rules.hpp>

namespace autograd::core {

template <>
const CompiledRule* compiled_rules<op::Exponential>() {
  return MakeRules<op::Exponential>::table;
}

}  // namespace autograd::core
