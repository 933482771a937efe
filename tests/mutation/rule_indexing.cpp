// The mutants of the rules of the family op::Indexing.
#include <tests/mutation/rule.hpp>

XGRAD_RULE_MUTANTS(Indexing)
