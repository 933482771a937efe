// The mutants of the rules of the family op::Layout.
#include <tests/mutation/rule.hpp>

XGRAD_RULE_MUTANTS(Layout)
