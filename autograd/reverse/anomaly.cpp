// What AnomalyError says, and the watch over values on their way forward.
#include <autograd/reverse/anomaly.hpp>

#include <cmath>

#include <autograd/core/number_text.hpp>
#include <autograd/reverse/anomaly_watch.hpp>

namespace autograd {
namespace {

using core::number_text;

// " at [2, 0]", nothing for a scalar.
std::string at(const Anomaly& a) {
  return a.shape.empty() ? std::string() : std::string(" at ").append(core::index_text(a.shape, a.element));
}

// "log(0)" for an elementwise op, "matmul of (2, 3) and (3,)" with what is worst in them for another.
std::string call(const Anomaly& a) {
  bool whole = false;
  for (const Anomaly::Input& x : a.inputs) whole |= !x.shape.empty();
  std::string text(a.op);
  text.append(whole ? " of " : "(");
  for (std::size_t k = 0; k < a.inputs.size(); ++k) {
    if (k > 0) text.append(whole ? " and " : ", ");
    const Anomaly::Input& x = a.inputs[k];
    if (whole) text.append(to_string(x.shape)).append(" with ");
    if (!x.name.empty()) text.append(x.name).append(" = ");
    text.append(number_text(x.value));
  }
  return whole ? text : text.append(")");
}

std::string recorded(const Anomaly& a) {
  const std::string place = to_string(a.where);
  return place.empty() ? std::string() : std::string(a.where.around ? ", within " : ", recorded at ").append(place);
}

std::string who(const Anomaly& a) {
  const Anomaly::Input& x = a.inputs[a.argument];
  if (!x.name.empty()) return std::string("`").append(x.name).append("`");
  return std::string(x.constant ? "the constant" : "the variable")
      .append(" given as argument ")
      .append(std::to_string(a.argument));
}

std::string facts(const Anomaly& a) {
  std::string text;
  switch (a.origin) {
    case Anomaly::Origin::value:
      text.append("the value").append(at(a)).append(" is ").append(number_text(a.value)).append(": ").append(call(a));
      text.append(recorded(a)).append("; its inputs are finite, here it arose, forward");
      break;
    case Anomaly::Origin::input:
      text.append("the value")
          .append(at(a))
          .append(" is ")
          .append(number_text(a.value))
          .append(" because ")
          .append(who(a));
      text.append(" was not finite when it was given: ").append(call(a)).append(recorded(a));
      break;
    case Anomaly::Origin::gradient:
      text.append("the gradient of argument ").append(std::to_string(a.argument)).append(at(a)).append(" is ");
      text.append(number_text(a.value)).append(": ");
      if (!std::isfinite(a.slope))
        text.append("the slope of ").append(call(a)).append(" is ").append(number_text(a.slope));
      else text.append("overflow behind ").append(call(a));
      text.append(", the cotangent ").append(number_text(a.cotangent));
      text.append(recorded(a)).append("; the value is finite, it arose backward");
      break;
    case Anomaly::Origin::accumulation:
      text.append("the gradient").append(at(a)).append(" is ").append(number_text(a.value));
      text.append(", the sum of finite contributions").append(recorded(a)).append("; it arose backward");
      break;
    case Anomaly::Origin::given_cotangent:
      text.append("the cotangent").append(at(a)).append(" was given as ").append(number_text(a.value));
      break;
    case Anomaly::Origin::tangent:
      text.append("the tangent").append(at(a)).append(" is ").append(number_text(a.value)).append(": ");
      if (!std::isfinite(a.slope))
        text.append("the slope of ").append(call(a)).append(" is ").append(number_text(a.slope));
      else text.append("overflow behind ").append(call(a));
      text.append(", the tangent of argument ").append(std::to_string(a.argument)).append(" ");
      text.append(number_text(a.tangent)).append(recorded(a)).append("; the value is finite, it arose in forward mode");
      break;
    case Anomaly::Origin::given_tangent:
      text.append("the tangent").append(at(a)).append(" was given as ").append(number_text(a.value));
      break;
  }
  return text;
}

std::string hint(const Anomaly& a) {
  switch (a.origin) {
    case Anomaly::Origin::value:
      return "Keep the inputs inside the op's domain, or where they do not overflow.";
    case Anomaly::Origin::gradient:
    case Anomaly::Origin::tangent:
      return std::isfinite(a.slope) ? "Scale the function down."
                                    : "Keep the input away from there, or choose another branch with where.";
    case Anomaly::Origin::accumulation:
      return "Scale the function down.";
    default:
      return "Look where it comes from.";
  }
}

}  // namespace

AnomalyError::AnomalyError(Anomaly anomaly)
    : Error(anomaly.op, facts(anomaly), hint(anomaly)), anomaly_(std::move(anomaly)) {}

namespace core {

Index first_not_finite(const Array& a) {
  if (!is_floating(a.dtype())) return -1;
  const Array packed = a.packed();
  const auto search = [&]<class T>(const T* x) {
    for (Index i = 0; i < packed.size(); ++i)
      if (!std::isfinite(x[i])) return i;
    return Index{-1};
  };
  return a.dtype() == float32 ? search(packed.data<float>()) : search(packed.data<double>());
}

double element_at(const Array& a, Index i) { return a.packed().view({}, {}, i).cast(float64).data<double>()[0]; }

namespace {

// The element that matters most: the first that is not finite, otherwise the largest.
double worst(const Array& a) {
  if (const Index i = first_not_finite(a); i >= 0) return element_at(a, i);
  const Array x = a.cast(float64).packed();
  double largest = 0;
  for (Index i = 0; i < x.size(); ++i)
    if (std::abs(x.data<double>()[i]) > std::abs(largest)) largest = x.data<double>()[i];
  return largest;
}

}  // namespace

Anomaly::Input described_input(const Tape& tape, NodeId node, const Tensor& x, const Shape& result, Index element,
                               bool elementwise) {
  Anomaly::Input in;
  if (node) in.name = tape.label(node);
  in.constant = !node;
  if (elementwise) {
    in.value = element_at(x.data().broadcast_to(result), element);
  } else {
    in.shape = x.shape();
    in.value = worst(x.data());
  }
  return in;
}

void AnomalyWatch::value(const Tape& tape, std::string_view op, SourceLocation where, std::span<const Tensor> x,
                         const Tensor& y, bool elementwise) const {
  if (rules_ > 0) return;
  const Index element = first_not_finite(y.data());
  if (element < 0) return;
  Anomaly a;
  a.op = op;
  a.where = where;
  a.shape = y.shape();
  a.element = element;
  a.value = element_at(y.data(), element);
  for (std::size_t k = 0; k < x.size(); ++k) {
    a.inputs.push_back(described_input(tape, tape.node(x[k]), x[k], y.shape(), element, elementwise));
    if (std::isfinite(a.inputs[k].value) || a.origin == Anomaly::Origin::input) continue;
    // All results so far are finite: this was given.
    a.origin = Anomaly::Origin::input;
    a.argument = k;
  }
  throw AnomalyError(std::move(a));
}

void AnomalyWatch::value(const Tape& tape, std::string_view op, SourceLocation where, std::span<const Var> x,
                         const Var& y) const {
  if (rules_ > 0 || std::isfinite(y.value())) return;
  Anomaly a;
  a.op = op;
  a.where = where;
  a.value = y.value();
  for (std::size_t k = 0; k < x.size(); ++k) {
    const NodeId node = tape.node(x[k]);
    a.inputs.push_back(described_input(tape, node, Tensor(x[k].value()), {}, 0, true));
    if (std::isfinite(x[k].value()) || a.origin == Anomaly::Origin::input) continue;
    a.origin = Anomaly::Origin::input;
    a.argument = k;
  }
  throw AnomalyError(std::move(a));
}

}  // namespace core
}  // namespace autograd
