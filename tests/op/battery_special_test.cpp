// The battery on the error function, the gamma function and their kin.
#include "battery.hpp"

XGRAD_BATTERY(Special)
