// The battery on exponentials and logarithms.
#include "battery.hpp"

XGRAD_BATTERY(Exponential)
