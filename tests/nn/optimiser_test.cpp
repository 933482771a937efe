// Optimisers: published numbers, the formulas step by step, and what changes of the model or bad settings say.
#include <cmath>
#include <autograd/autograd.hpp>
#include <nn/nn.hpp>
#include <tests/catch.hpp>

namespace ag = autograd;

namespace {

struct Weight {
  ag::Parameter w;
  void each_parameter(auto& visit) { visit("w", w); }
};

// One step with a given gradient: that of sum(w * gradient).
void step(auto& optimiser, Weight& model, const ag::Tensor& gradient) {
  ag::Tape tape;
  optimiser.step(model, tape.gradient(sum(model.w * gradient)));
}

ag::Tensor scaled(const ag::Tensor& t, double s) { return s * t; }

void check(const ag::Parameter& w, const std::vector<double>& expected, double tolerance) {
  const auto v = w.value().to_vector();
  REQUIRE(v.size() == expected.size());
  for (std::size_t i = 0; i < v.size(); ++i) CHECK(v[i] == Approx(expected[i]).epsilon(tolerance).margin(tolerance));
}

}  // namespace

TEST_CASE("Sgd: CS231n momentum") {
  // There v = mu v - rate dw and w += v; here the velocity is -v / rate.
  Weight model{ag::Parameter(ag::Tensor::linspace(-0.4, 0.6, {4, 5}))};
  nn::Sgd sgd{.rate = 1e-3, .momentum = 0.9};
  sgd.state.first.emplace_back(scaled(ag::Tensor::linspace(0.6, 0.9, {4, 5}), -1 / 1e-3));
  step(sgd, model, ag::Tensor::linspace(-0.6, 0.4, {4, 5}));
  const auto w = model.w.value().to_vector();
  CHECK(w[0] == Approx(0.1406).epsilon(0).margin(5e-9));
  CHECK(w[1] == Approx(0.20738947).epsilon(0).margin(5e-9));
  CHECK(w[2] == Approx(0.27417895).epsilon(0).margin(5e-9));
  CHECK(-1e-3 * sgd.state.first[0].value().to_vector()[0] == Approx(0.5406).epsilon(0).margin(5e-9));
}

TEST_CASE("Adam: CS231n at step 6") {
  Weight model{ag::Parameter(ag::Tensor::linspace(-0.4, 0.6, {4, 5}))};
  nn::Adam adam{.rate = 1e-2};
  adam.state.steps = 5;
  adam.state.first.emplace_back(ag::Tensor::linspace(0.6, 0.9, {4, 5}));
  adam.state.second.emplace_back(ag::Tensor::linspace(0.7, 0.5, {4, 5}));
  step(adam, model, ag::Tensor::linspace(-0.6, 0.4, {4, 5}));
  const auto w = model.w.value().to_vector();
  CHECK(adam.state.steps == 6);
  CHECK(w[0] == Approx(-0.40094747).epsilon(0).margin(5e-9));
  CHECK(w[1] == Approx(-0.34836187).epsilon(0).margin(5e-9));
  CHECK(w[2] == Approx(-0.29577703).epsilon(0).margin(5e-9));
}

TEST_CASE("Optimisers: three steps by their formulas, in both dtypes") {
  const double g[] = {0.5, -2, 0.25}, start = 1.5, rate = 0.1, mu = 0.8, decay = 0.3;
  for (const ag::Dtype dtype : {ag::float32, ag::float64}) {
    const double tolerance = dtype == ag::float32 ? 1e-6 : 1e-14;
    const auto run = [&](auto optimiser, auto formula) {
      Weight model{ag::Parameter(ag::Tensor::full({5}, start, dtype))};
      double w = start;
      for (int t = 0; t < 3; ++t) {
        step(optimiser, model, ag::Tensor::full({5}, g[t], dtype));
        formula(w, g[t], t + 1);
        check(model.w, std::vector<double>(5, w), tolerance);
      }
      CHECK(optimiser.state.steps == 3);
      CHECK(model.w.dtype() == dtype);
    };
    run(nn::Sgd{.rate = rate}, [&](double& w, double d, int) { w -= rate * d; });
    run(nn::Sgd{.rate = rate, .weight_decay = decay}, [&](double& w, double d, int) { w -= rate * (d + decay * w); });
    double v = 0;
    run(nn::Sgd{.rate = rate, .momentum = mu, .weight_decay = decay}, [&](double& w, double d, int) {
      v = mu * v + d + decay * w;
      w -= rate * v;
    });
    v = 0;
    run(nn::Sgd{.rate = rate, .momentum = mu, .nesterov = true}, [&](double& w, double d, int) {
      v = mu * v + d;
      w -= rate * (d + mu * v);
    });
    const auto adam = [&](double l2, double decoupled) {
      return [=, m = 0.0, s = 0.0](double& w, double d, int t) mutable {
        d += l2 * w;
        w -= rate * decoupled * w;
        m = 0.9 * m + 0.1 * d;
        s = 0.999 * s + 0.001 * d * d;
        w -= rate * (m / (1 - std::pow(0.9, t))) / (std::sqrt(s / (1 - std::pow(0.999, t))) + 1e-8);
      };
    };
    run(nn::Adam{.rate = rate}, adam(0, 0));
    run(nn::Adam{.rate = rate, .weight_decay = decay}, adam(decay, 0));
    run(nn::AdamW{.rate = rate, .weight_decay = decay}, adam(0, decay));
  }
}

TEST_CASE("Optimisers: Nesterov is the lookahead form") {
  // Sutskever: v = mu v - rate g(w + mu v), w += v, seen from the point u = w + mu v that the gradient is taken at.
  const double mu = 0.9, rate = 0.05;
  double w = 2, v = 0;
  Weight model{ag::Parameter(ag::Tensor(2.0))};
  nn::Sgd sgd{.rate = rate, .momentum = mu, .nesterov = true};
  for (int t = 0; t < 20; ++t) {
    const double ahead = w + mu * v;
    CHECK(model.w.value().value() == Approx(ahead).epsilon(1e-12));
    v = mu * v - rate * (2 * ahead);  // of w^2
    w += v;
    ag::Tape tape;
    sgd.step(model, tape.gradient(ag::Tensor(square(model.w))));
  }
}

TEST_CASE("Optimisers: the rate may change, a copy goes its own way, a shared parameter moves once") {
  Weight model{ag::Parameter(ag::Tensor::full({2}, 1))};
  nn::Sgd sgd{.rate = 1, .momentum = 0.5};
  step(sgd, model, ag::Tensor::ones({2}));
  auto copy = sgd;
  Weight twin = model;
  sgd.rate = 0.1;
  step(sgd, model, ag::Tensor::ones({2}));
  check(model.w, {-0.15, -0.15}, 1e-14);
  step(copy, twin, ag::Tensor::ones({2}));
  check(twin.w, {-1.5, -1.5}, 1e-14);

  struct Tied {
    ag::Parameter& w;
    void each_parameter(nn::Visitor& visit) {
      visit("a", w);
      visit("b", w);
    }
  } tied{model.w};
  ag::Tape tape;
  nn::Sgd plain{.rate = 1};
  plain.step(tied, tape.gradient(ag::Tensor(sum(model.w * 1.0))));
  check(model.w, {-1.15, -1.15}, 1e-14);
}

TEST_CASE("Optimisers: a parameter that the loss does not depend on stays") {
  nn::Rng rng{1};
  nn::Sequential model{nn::Dense{2, 2, rng}};
  Weight other{ag::Parameter(ag::Tensor::ones({3}))};
  struct Both {
    nn::Sequential<nn::Dense>& a;
    Weight& b;
    void each_parameter(nn::Visitor& visit) {
      visit("a", a);
      visit("b", b);
    }
  } both{model, other};
  nn::Adam adam;
  ag::Tape tape;
  adam.step(both, tape.gradient(ag::Tensor(sum(model(ag::Tensor::ones({1, 2}, ag::float32))))));
  check(other.w, {1, 1, 1}, 0);
}

TEST_CASE("Optimisers: bad settings and changed models") {
  Weight model{ag::Parameter(ag::Tensor::ones({2}))};
  const ag::Tensor g = ag::Tensor::ones({2});
  const auto fails = [&](auto optimiser) { CHECK_THROWS_AS(step(optimiser, model, g), ag::DomainError); };
  fails(nn::Sgd{.rate = -1});
  fails(nn::Sgd{.rate = NAN});
  fails(nn::Sgd{.rate = 1, .momentum = 1});
  fails(nn::Sgd{.rate = 1, .nesterov = true});
  fails(nn::Sgd{.rate = 1, .weight_decay = -1});
  fails(nn::Adam{.beta1 = 1});
  fails(nn::Adam{.beta2 = -0.1});
  fails(nn::AdamW{.epsilon = -1});
  check(model.w, {1, 1}, 0);

  nn::Adam adam;
  step(adam, model, g);
  Weight larger{ag::Parameter(ag::Tensor::ones({3}))}, single{ag::Parameter(ag::Tensor::ones({2}, ag::float32))};
  CHECK_THROWS_AS(step(adam, larger, ag::Tensor::ones({3})), ag::ShapeError);
  CHECK_THROWS_AS(step(adam, single, ag::Tensor::ones({2}, ag::float32)), ag::DtypeError);
  nn::Rng rng{1};
  nn::Dense dense{2, 2, rng};
  ag::Tape tape;
  const auto gradients = tape.gradient(ag::Tensor(sum(dense(ag::Tensor::ones({1, 2}, ag::float32)))));
  CHECK_THROWS_AS(adam.step(dense, gradients), ag::ShapeError);
  nn::Relu nothing;
  CHECK_THROWS_AS(adam.step(nothing, gradients), ag::Error);
}
