// The battery on the activations of neural networks.
#include <tests/op/battery.hpp>

XGRAD_BATTERY(Activation)
