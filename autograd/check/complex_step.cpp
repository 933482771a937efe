// See complex_step.hpp.
#include <autograd/check/complex_step.hpp>

#include <autograd/check/report.hpp>

namespace autograd::core {
namespace {

// The imaginary parts of the nodes; those that are zero are no arrays.
class Imaginary {
 public:
  explicit Imaginary(const Tape& tape) : scalars_(tape.size() + 1), tensors_(tape.tensor_count()) {}
  Array& operator[](NodeId id) { return (id.tensor ? tensors_ : scalars_)[id.index]; }

 private:
  std::vector<Array> scalars_, tensors_;
};

}  // namespace

Array scaled(const Array& x, double factor) {
  const Array y = x.cast(float64).copy();
  for (Index i = 0; i < y.size(); ++i) y.data<double>()[i] *= factor;
  return y;
}

std::optional<double> complex_step(const Recording& recording, const std::vector<Array>& tangents,
                                   std::string& obstacle) {
  const Tape& tape = recording.tape();
  if (!is_floating(recording.result().dtype()) || !tape.node(recording.result())) return 0.0;
  Imaginary imaginary(tape);
  for (std::size_t k = 0; k < tangents.size(); ++k)
    if (tangents[k]) imaginary[tape.node(recording.variables()[k])] = scaled(tangents[k], imaginary_step);
  std::vector<ComplexArray> x;
  for (const Statement* s : tape.statements()) {
    x.clear();
    bool any = false;
    for (std::size_t k = 0; k < s->arguments().size(); ++k) {
      const NodeId node = s->arguments()[k];
      x.push_back({Array(), node ? imaginary[node] : Array()});
      any |= static_cast<bool>(x.back().imag);
    }
    if (!any) continue;
    const Array result = recording.value_of(s->result);
    const char* missing = result.dtype() == float64 ? nullptr : "it is computed in float32";
    ComplexArray y;
    if (result.size() == 0) {
      y.imag = Array::zeros(result.shape(), float64);
    } else if (!missing) {
      for (std::size_t k = 0; k < x.size(); ++k) x[k].real = recording.value_of(*s, k);
      missing = s->complex_value(x, y);
    }
    if (missing) {
      obstacle = op_text(s->name(), s->where).append(": ").append(missing);
      return std::nullopt;
    }
    imaginary[s->result] = y.imag;
  }
  const Array dy = imaginary[tape.node(recording.result())];
  return dy ? item("complex_step", dy) / imaginary_step : 0.0;
}

}  // namespace autograd::core
