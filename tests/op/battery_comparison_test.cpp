// The battery on comparisons.
#include "battery.hpp"

XGRAD_BATTERY(Comparison)
