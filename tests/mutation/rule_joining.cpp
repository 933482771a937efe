// The mutants of the rules of the family op::Joining.
#include <tests/mutation/rule.hpp>

XGRAD_RULE_MUTANTS(Joining)
