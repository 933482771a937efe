// xgrad's automatic differentiation, whole. A program includes this and writes `namespace ag = autograd;`.
#pragma once

#include <autograd/evaluate.hpp>
#include <autograd/reverse/crossing.hpp>
