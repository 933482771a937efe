// The mutants of the derivatives of the family op::Arithmetic on tensors that broadcast.
#include <tests/mutation/broadcast.hpp>

XGRAD_BROADCAST_MUTANTS(Arithmetic)
