// The check itself: every reading of the derivative of a function, element by element, and what they say together.
#pragma once

#include <autograd/check/recording.hpp>
#include <autograd/check/report.hpp>

namespace autograd::core {

/// Checks the gradient of a function.
GradcheckReport check_subject(const Subject& subject, const GradcheckOptions& options);

/// Whether a reading passes, from what it says; sets `ok`. `floor` is what rounding leaves in the exact readings.
void judge(GradcheckReading& reading, double floor, const GradcheckOptions& options);

}  // namespace autograd::core
