// The battery on sums, products, quotients and powers.
#include <tests/op/battery.hpp>

XGRAD_BATTERY(Arithmetic)
