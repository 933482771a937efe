// The mutants of the derivatives of the family op::Trigonometric.
#include <tests/mutation/formula.hpp>

XGRAD_FORMULA_MUTANTS(Trigonometric)
