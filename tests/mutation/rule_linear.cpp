// The mutants of the rules of the family op::Linear.
#include <tests/mutation/rule.hpp>

XGRAD_RULE_MUTANTS(Linear)
