// The rules of the family op::Comparison, compiled once.
#include <autograd/evaluate.hpp>
#include <autograd/rules/rules.hpp>

namespace autograd::core {

template <>
const CompiledRule* compiled_rules<op::Comparison>() {
  return MakeRules<op::Comparison>::table;
}

}  // namespace autograd::core
