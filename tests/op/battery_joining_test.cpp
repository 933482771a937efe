// The battery on ops of a list of tensors.
#include <tests/op/battery.hpp>

XGRAD_BATTERY(Joining)
