// Parameters: identity, assignment, conversion.
#include <autograd/reverse/parameter.hpp>

namespace autograd {

namespace {
std::uint64_t next_id() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}
}  // namespace

Parameter::Parameter(const Tensor& initial) : state_(new State{initial.data().copy(), next_id(), {}}) {
  if (!is_floating(initial.dtype()))
    throw DtypeError("parameter", "needs a floating dtype, got " + std::string(name_of(initial.dtype())),
                     "Convert with cast(x, ag::float32).");
}

void Parameter::assign(const Tensor& elements) {
  if (!(elements.shape() == shape()))
    throw ShapeError("parameter", "elements of shape " + to_string(elements.shape()) + " for a parameter of shape " +
                                      to_string(shape()));
  state_->array.touch();
  core::copy_into(state_->array, elements.data());
}

void Parameter::cast(Dtype dtype) {
  if (!is_floating(dtype))
    throw DtypeError("parameter", "cannot become " + std::string(name_of(dtype)), "Use float32 or float64.");
  state_->array.touch();
  state_->array = state_->array.cast(dtype);
  state_->last_seen = 0;
}

}  // namespace autograd
