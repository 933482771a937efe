// What Tensor does apart from being a handle: making some, printing, guarding writes.
#include <autograd/reverse/tensor.hpp>

#include <iomanip>
#include <ostream>
#include <sstream>

#include <autograd/core/number_text.hpp>
#include <autograd/reverse/tape.hpp>

namespace autograd {

Tensor::Tensor() {
  static const core::Array none = core::scalar(0, float64);
  array_ = none;
}

Tensor::Tensor(const Parameter& p) {
  if (Tape* tape = Tape::active()) *this = tape->parameter(p);
  else array_ = p.data();
}

Tensor Tensor::arange(Index n, Dtype dtype) {
  core::Array out = core::Array::empty({n}, dtype);
  core::with_type(dtype, [&]<class T>(core::Type<T>) {
    for (Index i = 0; i < n; ++i) out.data<T>()[i] = static_cast<T>(i);
  });
  return Tensor(std::move(out));
}

Tensor Tensor::linspace(double first, double last, const Shape& shape, Dtype dtype) {
  core::Array out = core::Array::empty(shape, dtype);
  const double n = static_cast<double>(out.size() - 1);
  core::with_floating("linspace", dtype, [&]<class T>(core::Type<T>) {
    for (Index i = 0; i < out.size(); ++i)
      out.data<T>()[i] = static_cast<T>(n > 0 ? first + (last - first) * (static_cast<double>(i) / n) : first);
  });
  return Tensor(std::move(out));
}

std::vector<double> Tensor::to_vector() const {
  const core::Array values = array_.packed().cast(float64);
  return {values.data<double>(), values.data<double>() + values.size()};
}

void Tensor::prepare_write(std::string_view where) const {
  if (tag_ != 0)
    throw TapeError(where, "this tensor is on a tape, its elements cannot change",
                    "Write x = index_update(x, ...), or change a copy: stop_gradient(x).");
  array_.touch();
}

namespace {

void print_number(std::ostream& out, double v, Dtype dtype) {
  if (dtype == boolean) out << (v != 0 ? "true" : "false");
  else out << core::printable(v);
}

void print_axis(std::ostream& out, const core::Array& a, const std::vector<double>& v, std::size_t axis,
                std::size_t offset, std::size_t stride) {
  if (axis == a.rank()) return print_number(out, v[offset], a.dtype());
  const auto n = static_cast<std::size_t>(a.shape()[axis]);
  const std::size_t inner = n ? stride / n : 0;
  const bool cut = a.size() > 1000 && n > 6;
  out << '[';
  for (std::size_t i = 0; i < n; ++i) {
    if (i) {
      out << ',';
      if (axis + 1 == a.rank()) out << ' ';
      else out << std::string(a.rank() - axis - 1, '\n') << std::string(axis + 1, ' ');
    }
    if (cut && i == 3) {
      out << "...";
      i = n - 4;
      continue;
    }
    print_axis(out, a, v, axis + 1, offset + i * inner, inner);
  }
  out << ']';
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Tensor& t) {
  print_axis(out, t.data(), t.to_vector(), 0, 0, static_cast<std::size_t>(t.size()));
  return out;
}

}  // namespace autograd
