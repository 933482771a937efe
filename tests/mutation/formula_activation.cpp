// The mutants of the derivatives of the family op::Activation.
#include <tests/mutation/formula.hpp>

XGRAD_FORMULA_MUTANTS(Activation)
