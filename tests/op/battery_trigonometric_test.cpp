// The battery on circular and hyperbolic functions and their inverses.
#include <tests/op/battery.hpp>

XGRAD_BATTERY(Trigonometric)
