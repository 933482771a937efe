// The battery on what chooses, cuts or rounds.
#include "battery.hpp"

XGRAD_BATTERY(Selection)
