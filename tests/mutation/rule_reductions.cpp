// The mutants of the rules of the family op::Reductions.
#include <tests/mutation/rule.hpp>

XGRAD_RULE_MUTANTS(Reductions)
