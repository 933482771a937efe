// The updates: a check of settings and state, then one loop over the elements of each parameter.
#include <algorithm>
#include <cmath>
#include <autograd/autograd.hpp>
#include <nn/optimiser.hpp>

namespace nn {
namespace {

using Moments = std::vector<ag::Parameter>;

void require(bool holds, std::string_view where, const char* what, double value, const char* hint) {
  if (!holds) throw ag::DomainError(where, std::string(what) + " is " + std::to_string(value), hint);
}

void require_rate(std::string_view where, double rate, double weight_decay) {
  require(std::isfinite(rate) && rate >= 0, where, "the rate", rate, "It must be 0 or more.");
  require(std::isfinite(weight_decay) && weight_decay >= 0, where, "the weight decay", weight_decay,
          "It must be 0 or more.");
}

// Makes the moments at the first step; afterwards the model must have the parameters it had then.
void prepare(std::string_view where, const std::vector<ag::Parameter*>& found, Moments& moments) {
  if (moments.empty())
    for (const ag::Parameter* p : found) moments.emplace_back(ag::Tensor::zeros(p->shape(), p->dtype()));
  if (moments.size() != found.size())
    throw ag::ShapeError(where,
                         "the model has " + std::to_string(found.size()) + " parameters, at the first step it had " +
                             std::to_string(moments.size()),
                         "Use a new optimiser for another model.");
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto facts = [&] {
      const auto describe = [](const ag::Parameter& p) {
        return to_string(p.shape()) + " " + std::string(name_of(p.dtype()));
      };
      return "parameter " + std::to_string(i) + " is " + describe(*found[i]) + ", at the first step it was " +
             describe(moments[i]);
    };
    if (!(moments[i].shape() == found[i]->shape()))
      throw ag::ShapeError(where, facts(), "Use a new optimiser for another model.");
    if (moments[i].dtype() != found[i]->dtype())
      throw ag::DtypeError(where, facts(), "Use a new optimiser after a change of the dtype.");
  }
}

void require_parameters(std::string_view where, const std::vector<ag::Parameter*>& found) {
  if (found.empty())
    throw ag::Error(where, "the model has no parameters",
                    "Its layers need a line void each_parameter(auto& visit) { visit(\"weight\", weight); }.");
}

template <class T>
T* elements(ag::Parameter& p) {
  p.data().touch();
  return p.data().data<T>();
}

// Calls f(i, n, w, g) with the elements of parameter number i and of its gradient, as float or double.
template <class F>
void for_each_parameter(const std::vector<ag::Parameter*>& found, const ag::Gradients& gradients, F f) {
  for (std::size_t i = 0; i < found.size(); ++i) {
    ag::Parameter& p = *found[i];
    const auto g = gradients[p].data().packed();
    const auto n = static_cast<std::size_t>(p.size());
    if (p.dtype() == ag::float32) f(i, n, elements<float>(p), static_cast<const float*>(g.template data<float>()));
    else f(i, n, elements<double>(p), static_cast<const double*>(g.template data<double>()));
  }
}

// Calls f(k) for each of n elements, which it updates in place: on all cores where there are many.
template <class F>
void for_elements(std::size_t n, const F& f) {
  constexpr std::size_t many = ag::core::parallel_threshold, piece = many / 4;
  const auto some = [&](std::size_t begin, std::size_t end) {
    for (std::size_t k = begin; k < end; ++k) f(k);
  };
  if (n < many) return some(0, n);
#pragma omp parallel for schedule(static)
  for (std::size_t begin = 0; begin < n; begin += piece) some(begin, std::min(n, begin + piece));
}

struct AdamSettings {
  double rate, beta1, beta2, epsilon;
  double coupled;    // decay as a part of the gradient
  double decoupled;  // decay of the weight itself
};

void adam(std::string_view where, const AdamSettings& s, OptimiserState& state, const ag::Gradients& gradients) {
  require_rate(where, s.rate, s.coupled + s.decoupled);
  require(s.beta1 >= 0 && s.beta1 < 1, where, "beta1", s.beta1, "It lies in [0, 1).");
  require(s.beta2 >= 0 && s.beta2 < 1, where, "beta2", s.beta2, "It lies in [0, 1).");
  require(s.epsilon >= 0, where, "epsilon", s.epsilon, "It must be 0 or more.");
  require_parameters(where, state.found);
  prepare(where, state.found, state.first);
  prepare(where, state.found, state.second);
  const double t = static_cast<double>(++state.steps);
  const double first_scale = s.rate / (1 - std::pow(s.beta1, t)), second_scale = 1 / (1 - std::pow(s.beta2, t));

  for_each_parameter(state.found, gradients, [&]<class T>(std::size_t i, std::size_t n, T* w, const T* g) {
    T* m = elements<T>(state.first[i]);
    T* v = elements<T>(state.second[i]);
    const T beta1(static_cast<T>(s.beta1)), beta2(static_cast<T>(s.beta2)), epsilon(static_cast<T>(s.epsilon));
    const T rest1(static_cast<T>(1 - s.beta1)), rest2(static_cast<T>(1 - s.beta2));
    const T a(static_cast<T>(first_scale)), b(static_cast<T>(second_scale));
    const T l2(static_cast<T>(s.coupled)), keep(static_cast<T>(1 - s.rate * s.decoupled));
    for_elements(n, [=](std::size_t k) {
      const T d = g[k] + l2 * w[k];
      m[k] = beta1 * m[k] + rest1 * d;
      v[k] = beta2 * v[k] + rest2 * d * d;
      w[k] = keep * w[k] - a * m[k] / (std::sqrt(v[k] * b) + epsilon);
    });
  });
}

}  // namespace

void Sgd::update(const ag::Gradients& gradients) {
  require_rate("sgd", rate, weight_decay);
  require(momentum >= 0 && momentum < 1, "sgd", "the momentum", momentum, "It lies in [0, 1).");
  require(!nesterov || momentum > 0, "sgd", "with nesterov the momentum", momentum, "It must be more than 0 there.");
  require_parameters("sgd", state.found);
  if (momentum > 0) prepare("sgd", state.found, state.first);
  ++state.steps;

  for_each_parameter(state.found, gradients, [&]<class T>(std::size_t i, std::size_t n, T* w, const T* g) {
    const T alpha(static_cast<T>(rate)), l2(static_cast<T>(weight_decay)), mu(static_cast<T>(momentum));
    if (momentum == 0) return for_elements(n, [=](std::size_t k) { w[k] -= alpha * (g[k] + l2 * w[k]); });
    T* v = elements<T>(state.first[i]);
    const T ahead = nesterov ? T(1) : T(0), speed = nesterov ? mu : T(1);  // the move: ahead g + speed v
    for_elements(n, [=](std::size_t k) {
      const T d = g[k] + l2 * w[k];
      v[k] = mu * v[k] + d;
      w[k] -= alpha * (ahead * d + speed * v[k]);
    });
  });
}

void Adam::update(const ag::Gradients& gradients) {
  adam("adam", {rate, beta1, beta2, epsilon, weight_decay, 0}, state, gradients);
}

void AdamW::update(const ag::Gradients& gradients) {
  adam("adamw", {rate, beta1, beta2, epsilon, 0, weight_decay}, state, gradients);
}

}  // namespace nn
