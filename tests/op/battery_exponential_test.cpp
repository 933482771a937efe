// The battery on exponentials and logarithms.
#include <tests/op/battery.hpp>

XGRAD_BATTERY(Exponential)
