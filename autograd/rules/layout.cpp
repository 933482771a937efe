// The rules of the family op::Layout, compiled once.
#include <autograd/evaluate.hpp>
#include <autograd/rules/rules.hpp>

namespace autograd::core {

template <>
const CompiledRule* compiled_rules<op::Layout>() {
  return MakeRules<op::Layout>::table;
}

}  // namespace autograd::core
