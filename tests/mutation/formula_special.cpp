// The mutants of the derivatives of the family op::Special.
#include <tests/mutation/formula.hpp>

XGRAD_FORMULA_MUTANTS(Special)
