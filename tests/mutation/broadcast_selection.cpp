// The mutants of the derivatives of the family op::Selection on tensors that broadcast.
#include <tests/mutation/broadcast.hpp>

XGRAD_BROADCAST_MUTANTS(Selection)
