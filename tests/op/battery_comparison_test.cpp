// The battery on comparisons.
#include <tests/op/battery.hpp>

XGRAD_BATTERY(Comparison)
