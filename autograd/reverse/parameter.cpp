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

Parameter& Parameter::move(const Tensor& change, double sign) {
  if (!(change.shape() == shape()))
    throw ShapeError("parameter", "a change of shape " + to_string(change.shape()) + " for a parameter of shape " +
                                      to_string(shape()));
  if (change.dtype() != dtype())
    throw DtypeError("parameter",
                     "a change in " + std::string(name_of(change.dtype())) + " of " + std::string(name_of(dtype())),
                     "Convert with cast.");
  state_->array.touch();
  const core::Array packed = change.data().packed();
  const auto add = [&]<class T>(T* to, const T* from) {
    for (Index i = 0; i < size(); ++i) to[i] += static_cast<T>(sign) * from[i];
  };
  if (dtype() == float32) add(state_->array.data<float>(), packed.data<float>());
  else add(state_->array.data<double>(), packed.data<double>());
  return *this;
}

void Parameter::cast(Dtype dtype) {
  if (!is_floating(dtype))
    throw DtypeError("parameter", "cannot become " + std::string(name_of(dtype)), "Use float32 or float64.");
  state_->array.touch();
  state_->array = state_->array.cast(dtype);
  state_->last_seen = 0;
}

}  // namespace autograd
