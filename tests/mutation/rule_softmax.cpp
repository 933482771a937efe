// The mutants of the rules of the family op::Softmaxes.
#include <tests/mutation/rule.hpp>

XGRAD_RULE_MUTANTS(Softmaxes)
