// The checks of first and second order for functions of tensors and for models: see gradcheck.hpp, and check/ for how.
#include <autograd/gradcheck.hpp>

#include <cmath>

#include <autograd/check/compare.hpp>

namespace autograd::core {
namespace {

// <gradient, v> as a variable of the tape in scope; a gradient that is not there is zero.
Tensor along(const std::vector<Tensor>& gradient, const std::vector<Array>& v) {
  Tensor total(0.0);
  for (std::size_t k = 0; k < v.size(); ++k)
    if (v[k]) total = Tensor(total + sum(gradient[k] * Tensor(v[k]), {}, false, {}), SourceLocation{});
  return total;
}

std::vector<Array> directions(const std::vector<Array>& x, std::uint64_t seed) {
  std::vector<Array> v;
  for (std::size_t k = 0; k < x.size(); ++k)
    v.push_back(is_floating(x[k].dtype()) ? random_direction(x[k].shape(), seed + k, true) : Array());
  return v;
}

// <a, J v> for a gradient J v, and the sum of its absolute terms.
std::pair<double, double> product(const std::vector<Tensor>& gradient, const std::vector<Array>& a) {
  double sum = 0, size = 0;
  for (std::size_t k = 0; k < a.size(); ++k) {
    const std::vector<double> g = gradient[k].to_vector();
    for (std::size_t i = 0; a[k] && i < g.size(); ++i) {
      const double term = g[i] * a[k].data<double>()[i];
      sum += term;
      size += std::abs(term);
    }
  }
  return {sum, size};
}

// `subject(v)` is x -> <gradient of f at x, v>, whose gradient is H v.
GradcheckReport check_second(const std::function<Subject(const std::vector<Array>&)>& subject,
                             const std::vector<Array>& x, const GradcheckOptions& o) {
  const std::vector<Array> v = directions(x, o.seed + 200), u = directions(x, o.seed + 300);
  GradcheckReport report = check_subject(subject(v), o);
  report.title = "gradgradcheck";
  if (!report.complaint.empty()) return report;
  const auto [uhv, size] = product(subject(v).reverse(), u);
  const auto [vhu, other] = product(subject(u).reverse(), v);
  DotProduct symmetry;
  symmetry.reverse = uhv;
  symmetry.forward = vhu;
  symmetry.done = true;
  symmetry.allowed = o.exact * (size + other) + report.dot.allowed;
  symmetry.ok = std::abs(uhv - vhu) <= symmetry.allowed;
  report.symmetry = symmetry;
  return report;
}

std::vector<Array> arrays(const std::vector<Tensor>& x) {
  std::vector<Array> a;
  for (const Tensor& t : x) a.push_back(t.data());
  return a;
}

}  // namespace

GradcheckReport check_gradient(const CheckedFunction& f, const std::vector<Tensor>& x, std::vector<std::string> names,
                               const GradcheckOptions& o) {
  return check_subject(subject_of(f, x, std::move(names), o), o);
}

GradcheckReport check_hessian(const CheckedFunction& f, const std::vector<Tensor>& x, std::vector<std::string> names,
                              const GradcheckOptions& o) {
  const auto subject = [&](const std::vector<Array>& v) {
    const CheckedFunction derivative = [f, v, seed = o.seed](const std::vector<Tensor>& at) {
      std::vector<Tensor> g;
      {
        Tape inner{SourceLocation{}};
        std::vector<Tensor> variables;
        for (const Tensor& t : at) variables.push_back(is_floating(t.dtype()) ? inner.variable(t) : t);
        g = gradient_on(inner, projected(f(variables), seed), variables);
      }
      return along(g, v);
    };
    return subject_of(derivative, x, names, o);
  };
  return check_second(subject, arrays(x), o);
}

GradcheckReport check_model(const std::vector<Parameter*>& parameters, std::vector<std::string> names,
                            const std::function<Tensor()>& loss, const GradcheckOptions& o) {
  const InFloat64 restore(parameters);
  return check_subject(subject_of(parameters, std::move(names), loss, o), o);
}

GradcheckReport check_model_hessian(const std::vector<Parameter*>& parameters, std::vector<std::string> names,
                                    const std::function<Tensor()>& loss, const GradcheckOptions& o) {
  const InFloat64 restore(parameters);
  const auto subject = [&](const std::vector<Array>& v) {
    const auto derivative = [&parameters, &loss, v, seed = o.seed] {
      std::vector<Tensor> g;
      {
        Tape inner{SourceLocation{}};
        std::vector<Tensor> variables;
        for (const Parameter* p : parameters) variables.push_back(Tensor(*p));
        g = gradient_on(inner, projected(loss(), seed), variables);
      }
      return along(g, v);
    };
    return subject_of(parameters, names, derivative, o);
  };
  std::vector<Array> x;
  for (const Parameter* p : parameters) x.push_back(p->data());
  return check_second(subject, x, o);
}

}  // namespace autograd::core
