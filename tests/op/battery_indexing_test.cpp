// The battery on slices and picked elements.
#include <tests/op/battery.hpp>

XGRAD_BATTERY(Indexing)
