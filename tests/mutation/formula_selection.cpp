// The mutants of the derivatives of the family op::Selection.
#include <tests/mutation/formula.hpp>

XGRAD_FORMULA_MUTANTS(Selection)
