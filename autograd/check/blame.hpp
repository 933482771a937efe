// After a failure: whose fault is it? The operations one by one, and if each is right alone, what remains.
#pragma once

#include <autograd/check/recording.hpp>
#include <autograd/check/report.hpp>

namespace autograd::core {

/// Names the first operation whose rule is wrong alone, or fills in what else explains the failure.
void explain(const Subject& subject, const GradcheckOptions& options, GradcheckReport& report);

/// Adds a note if an operation on the way cancels nearly all digits: then all readings may agree and be wrong.
void note_cancellation(const Subject& subject, GradcheckReport& report);

/// Which operation of a function that is not finite was the first, ": [op] ..." as detect_anomaly has it; nothing if
/// none was (a constant).
std::string first_not_finite(const Subject& subject);

}  // namespace autograd::core
