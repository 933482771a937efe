// The battery on changes of layout.
#include <tests/op/battery.hpp>

XGRAD_BATTERY(Layout)
