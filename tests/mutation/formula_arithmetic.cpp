// The mutants of the derivatives of the family op::Arithmetic.
#include <tests/mutation/formula.hpp>

XGRAD_FORMULA_MUTANTS(Arithmetic)
