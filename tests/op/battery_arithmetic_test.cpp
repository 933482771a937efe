// The battery on sums, products, quotients and powers.
#include "battery.hpp"

XGRAD_BATTERY(Arithmetic)
