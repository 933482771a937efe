// The battery on the activations of neural networks.
#include "battery.hpp"

XGRAD_BATTERY(Activation)
