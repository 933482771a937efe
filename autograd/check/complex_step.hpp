// The complex step: the recorded operations run again on complex numbers, Im f(x + i h v) / h. Nothing is subtracted,
// so nothing cancels, and no derivative that the library knows is used.
#pragma once

#include <optional>
#include <string>

#include <autograd/check/recording.hpp>

namespace autograd::core {

/// The derivative along tangents, one for each argument (no array at all for zero); none, and in `obstacle` the reason,
/// if an operation on the way has no complex version.
std::optional<double> complex_step(const Recording& recording, const std::vector<Array>& tangents,
                                   std::string& obstacle);

/// The step h: its square is nothing beside any number.
inline constexpr double imaginary_step = 1e-100;

/// x times a number, as float64.
Array scaled(const Array& x, double factor);

}  // namespace autograd::core
