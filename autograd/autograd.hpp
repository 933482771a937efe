// xgrad's automatic differentiation, whole. A program includes this and writes `namespace ag = autograd;`.
#pragma once

#include <autograd/check_by_hand.hpp>
#include <autograd/evaluate.hpp>
#include <autograd/functional.hpp>
#include <autograd/gradcheck.hpp>
#include <autograd/jacobian.hpp>
#include <autograd/op/list.hpp>
#include <autograd/print.hpp>
#include <autograd/reverse/crossing.hpp>
