// xgrad's neural networks, whole: a program includes this. Everything here is built on
// <autograd/autograd.hpp> as a user would build it.
#pragma once

#include <nn/activation.hpp>
#include <nn/data/csv.hpp>
#include <nn/data/dataset.hpp>
#include <nn/data/scaler.hpp>
#include <nn/data/split.hpp>
#include <nn/dense.hpp>
#include <nn/init.hpp>
#include <nn/interrupt.hpp>
#include <nn/layer.hpp>
#include <nn/loss.hpp>
#include <nn/metric.hpp>
#include <nn/optimiser.hpp>
#include <nn/progress.hpp>
#include <nn/random.hpp>
#include <nn/sequential.hpp>
#include <nn/train.hpp>
