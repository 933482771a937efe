// The rules of the family op::Arithmetic, compiled once.
#include <autograd/evaluate.hpp>
#include <autograd/rules/rules.hpp>

namespace autograd::core {

template <>
const CompiledRule* compiled_rules<op::Arithmetic>() {
  return MakeRules<op::Arithmetic>::table;
}

}  // namespace autograd::core
