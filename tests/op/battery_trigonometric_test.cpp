// The battery on circular and hyperbolic functions and their inverses.
#include "battery.hpp"

XGRAD_BATTERY(Trigonometric)
