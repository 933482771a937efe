// Where NaN and infinity come from.
//
//   ag::Tape tape{ag::detect_anomaly};
//   auto x = tape.variable(0.0);
//   ag::Var y = sqrt(x * 0.0);        // the value is fine
//   tape.gradient(y);                 // [sqrt] the gradient of argument 0 is inf: the slope of sqrt(0) is inf ...
//
// Such a tape records every operation as record_graph does, and stops with an AnomalyError at the first one whose value
// is not finite, or which turns finite cotangents into a gradient that is not (run forwards: finite tangents into one
// that is not). Tapes inside it watch too. Fused
// statements and scalars on other tapes know nothing of this; what is recorded by a rule, such as a matrix product,
// compares one pointer with null, and so does a sweep as a whole.
#pragma once

#include <string>
#include <vector>

#include <autograd/core/error.hpp>
#include <autograd/core/shape.hpp>
#include <autograd/core/source_location.hpp>

namespace autograd {

/// Asks a tape to stop at the first operation whose value or gradient is not finite.
struct DetectAnomaly {};
inline constexpr DetectAnomaly detect_anomaly{};

/// The operation at which a value or a gradient stopped being finite.
struct Anomaly {
  enum class Origin {
    value,            ///< forward: finite inputs, a result that is not
    input,            ///< forward: an input was given that is not finite
    gradient,         ///< backward: a finite cotangent, and a contribution to an argument that is not finite
    accumulation,     ///< backward: finite contributions, the sum of which is not
    given_cotangent,  ///< backward: the cotangent that the user gave is not finite
    tangent,          ///< forward mode: finite tangents of the inputs, and one of the result that is not
    given_tangent,    ///< forward mode: the tangent that the user gave is not finite
  };
  /// What the operation read at that element (elementwise ops), or the worst of what it read (others).
  struct Input {
    std::string name;  ///< what the tape calls it; empty without a name
    Shape shape;
    double value;
    bool constant;
  };

  Origin origin = Origin::value;
  std::string op;
  SourceLocation where;
  Shape shape;                ///< of the value or gradient
  Index element = 0;          ///< row-major position in it
  double value = 0;           ///< what stands there
  std::vector<Input> inputs;  ///< in the order of the op's arguments
  std::size_t argument = 0;   ///< which argument the input or gradient is that of
  double cotangent = 0;       ///< backward: that of the op's result, there
  double tangent = 0;         ///< forward mode: that of the argument named, there
  double slope = 0;           ///< backward: the derivative of the op there, for elementwise ops

  bool backward() const {
    return origin == Origin::gradient || origin == Origin::accumulation || origin == Origin::given_cotangent;
  }
};

/// Thrown by a tape opened with detect_anomaly. The tape stays as it was before the operation.
class AnomalyError : public Error {
 public:
  explicit AnomalyError(Anomaly anomaly);
  const Anomaly& anomaly() const { return anomaly_; }

 private:
  Anomaly anomaly_;
};

/// A place where a cotangent of exactly 0 met an infinite slope, and contributed 0.
struct StrongZero {
  std::string op;
  SourceLocation where;
  std::size_t argument;         ///< whose gradient it is
  Shape shape;                  ///< of the op's result
  std::vector<Index> elements;  ///< row-major positions in it
};

}  // namespace autograd
