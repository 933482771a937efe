// The rules of the family op::Indexing, compiled once.
#include <autograd/evaluate.hpp>
#include <autograd/rules/rules.hpp>

namespace autograd::core {

template <>
const CompiledRule* compiled_rules<op::Indexing>() {
  return MakeRules<op::Indexing>::table;
}

}  // namespace autograd::core
