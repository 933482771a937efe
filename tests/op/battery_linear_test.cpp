// The battery on matrix products.
#include <tests/op/battery.hpp>

XGRAD_BATTERY(Linear)
