// The battery on softmax and its kin.
#include <tests/op/battery.hpp>

XGRAD_BATTERY(Softmaxes)
