// The rules of the family op::Softmaxes, compiled once.
#include <autograd/evaluate.hpp>
#include <autograd/rules/rules.hpp>

namespace autograd::core {

template <>
const CompiledRule* compiled_rules<op::Softmaxes>() {
  return MakeRules<op::Softmaxes>::table;
}

}  // namespace autograd::core
