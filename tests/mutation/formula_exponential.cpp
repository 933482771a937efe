// The mutants of the derivatives of the family op::Exponential.
#include <tests/mutation/formula.hpp>

XGRAD_FORMULA_MUTANTS(Exponential)
