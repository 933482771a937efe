// The battery on what chooses, cuts or rounds.
#include <tests/op/battery.hpp>

XGRAD_BATTERY(Selection)
