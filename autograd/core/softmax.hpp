// Kernels of softmax and its logarithms.
#pragma once

#include <autograd/core/array.hpp>

namespace autograd::core {

/// exp(x) / sum exp(x) along an axis, or its logarithm. Shifted by the maximum, so that no finite x overflows; NaN for
/// a slice of -inf alone. Throws ShapeError, DtypeError.
Array softmax(const Array& x, Index axis, bool log);

/// log sum exp(x) over axes; -inf of nothing and of -inf alone, +inf if an element is. Throws ShapeError, DtypeError.
Array logsumexp(const Array& x, const Axes& axes, bool keepdims);

/// -log softmax(x) at one label for each row: x (n, classes), labels (n,) int64, result (n,). Throws ShapeError,
/// DtypeError, and DomainError for a label that is no class.
Array cross_entropy(const Array& x, const Array& labels);

/// The same, and in `slopes` factor (softmax(x) - chosen), with the bits of cross_entropy_slope.
Array cross_entropy(const Array& x, const Array& labels, double factor, Array& slopes);

/// factor (softmax(x) - chosen), where `chosen` is 1 at the label of each row and 0 elsewhere; the factor is (n,
/// classes) or (n, 1). At a label it keeps the digits of a small loss.
Array cross_entropy_slope(const Array& factor, const Array& x, const Array& labels);

}  // namespace autograd::core
