// The battery on the error function, the gamma function and their kin.
#include <tests/op/battery.hpp>

XGRAD_BATTERY(Special)
