// The battery on reductions.
#include <tests/op/battery.hpp>

XGRAD_BATTERY(Reductions)
