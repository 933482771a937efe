// The tape against the closed-form backpropagation of the lectures, in double to 1e-12: there examples are
// columns and the formulas are loops (matrix.hpp), here examples are rows and the gradients come from nn and
// the tape. And the published numbers of courses and books.
#include <autograd/autograd.hpp>
#include <nn/nn.hpp>
#include <tests/catch.hpp>
#include <tests/nn/matrix.hpp>

namespace ag = autograd;

namespace {

// g and g' of the hidden layers.
struct Activation {
  const char* name;
  std::function<double(double)> g, slope;
  std::function<ag::Tensor(const ag::Tensor&)> layer;
};

double logistic(double z) { return 1 / (1 + std::exp(-z)); }

const Activation activations[] = {
    {"sigmoid", logistic, [](double z) { return logistic(z) * (1 - logistic(z)); }, nn::Sigmoid{}},
    {"tanh", [](double z) { return std::tanh(z); }, [](double z) { return 1 - std::tanh(z) * std::tanh(z); },
     nn::Tanh{}},
    {"relu", [](double z) { return std::max(0.0, z); }, [](double z) { return z > 0 ? 1.0 : 0.0; }, nn::Relu{}},
    {"leaky relu", [](double z) { return std::max(0.1 * z, z); }, [](double z) { return z > 0 ? 1.0 : 0.1; },
     nn::LeakyRelu{0.1}},
};

// A model as a user would write it: any number of layers, the same activation between them.
struct Network {
  std::vector<nn::Dense> layers;
  std::function<ag::Tensor(const ag::Tensor&)> activation;

  Network(const std::vector<ag::Index>& units, const Activation& a, nn::Rng& rng) : activation(a.layer) {
    for (std::size_t l = 0; l + 1 < units.size(); ++l)
      layers.emplace_back(units[l], units[l + 1], rng,
                          nn::DenseOptions{.weight = nn::normal(0.7), .offset = nn::normal(0.3), .dtype = ag::float64});
  }
  ag::Tensor operator()(const ag::Tensor& x) const {
    ag::Tensor a = x;
    for (std::size_t l = 0; l < layers.size(); ++l) a = l + 1 < layers.size() ? activation(layers[l](a)) : layers[l](a);
    return a;
  }
  void each_parameter(auto& visit) { visit("layers", layers); }
};

enum class Output { linear, sigmoid, softmax };

// The lectures' backpropagation. X (n_x, m), Y (n_y, m); dW and db in the order of the layers.
struct Gradients {
  std::vector<Matrix> dW, db;
  double cost = 0;
};
Gradients by_formula(const Network& net, const Activation& act, Output output, const Matrix& X, const Matrix& Y) {
  const double m = static_cast<double>(X.columns);
  std::vector<Matrix> Z, A{X};
  for (std::size_t l = 0; l < net.layers.size(); ++l) {
    Z.push_back(Matrix(net.layers[l].weight.value()) * A.back() + Matrix(net.layers[l].bias.value()));
    A.push_back(l + 1 < net.layers.size() ? map(Z.back(), act.g) : Z.back());
  }
  Matrix AL = A.back();
  if (output == Output::sigmoid) AL = map(AL, logistic);
  if (output == Output::softmax) {
    AL = map(AL, [](double z) { return std::exp(z); });
    const Matrix total = transposed(row_sum(transposed(AL)));
    for (std::size_t i = 0; i < AL.rows; ++i)
      for (std::size_t j = 0; j < AL.columns; ++j) AL(i, j) /= total(0, j);
  }
  Gradients result;
  for (std::size_t i = 0; i < AL.v.size(); ++i) {
    const double a = AL.v[i], y = Y.v[i];
    if (output == Output::linear) result.cost += 0.5 * (a - y) * (a - y) / m;
    if (output == Output::sigmoid) result.cost += -(y * std::log(a) + (1 - y) * std::log(1 - a)) / m;
    if (output == Output::softmax) result.cost += -y * std::log(a) / m;
  }
  Matrix dZ = AL - Y;  // for all three
  for (std::size_t l = net.layers.size(); l-- > 0;) {
    result.dW.insert(result.dW.begin(), 1 / m * (dZ * transposed(A[l])));
    result.db.insert(result.db.begin(), 1 / m * row_sum(dZ));
    if (l > 0)
      dZ = map(transposed(Matrix(net.layers[l].weight.value())) * dZ, map(Z[l - 1], act.slope),
               [](double x, double y) { return x * y; });
  }
  return result;
}

// Targets for an output, examples as columns: numbers, truth values, or one-hot.
Matrix random_targets(Output output, std::size_t n, std::size_t m, nn::Rng& rng) {
  Matrix Y(n, m);
  for (std::size_t j = 0; j < m; ++j) {
    const std::size_t label = rng.below(n);
    for (std::size_t i = 0; i < n; ++i)
      Y(i, j) = output == Output::linear    ? rng.normal()
                : output == Output::sigmoid ? static_cast<double>(rng.below(2))
                                            : (i == label ? 1.0 : 0.0);
  }
  return Y;
}

ag::Tensor rows_of(const Matrix& columns) {
  return ag::Tensor::of(transposed(columns).v,
                        {static_cast<ag::Index>(columns.columns), static_cast<ag::Index>(columns.rows)});
}

// The cost as the lectures define it: a sum over outputs, a mean over the m examples.
ag::Tensor cost_of(Output output, const ag::Tensor& z, const ag::Tensor& y) {
  const double m = static_cast<double>(y.shape(0));
  if (output == Output::softmax) return nn::cross_entropy(z, y);
  if (output == Output::sigmoid) return nn::binary_cross_entropy(sigmoid(z), y, nn::Reduction::sum) / m;
  return nn::half_squared_error(z, y, nn::Reduction::sum) / m;
}

void compare(const std::vector<ag::Index>& units, Output output) {
  for (const Activation& activation : activations) {
    nn::Rng rng{7};
    Network net(units, activation, rng);
    const std::size_t m = 23;
    Matrix X(static_cast<std::size_t>(units.front()), m);
    for (double& x : X.v) x = rng.normal();
    const Matrix Y = random_targets(output, static_cast<std::size_t>(units.back()), m, rng);
    const Gradients expected = by_formula(net, activation, output, X, Y);

    ag::Tape tape;
    const ag::Tensor cost = cost_of(output, net(rows_of(X)), rows_of(Y));
    const auto g = tape.gradient(cost);
    CAPTURE(activation.name, units.size());
    CHECK(cost.value() == Approx(expected.cost).epsilon(1e-12));
    for (std::size_t l = 0; l < net.layers.size(); ++l) {
      CAPTURE(l);
      CHECK(relative_difference(Matrix(g[net.layers[l].weight]), expected.dW[l]) < 1e-12);
      CHECK(relative_difference(Matrix(g[net.layers[l].bias]), expected.db[l]) < 1e-12);
    }
  }
}

ag::Tensor column(std::vector<double> v) {
  const auto n = static_cast<ag::Index>(v.size());
  return ag::Tensor::of(v, {n, 1});
}

}  // namespace

TEST_CASE("Backpropagation: one hidden layer") {
  compare({3, 4, 1}, Output::sigmoid);
  compare({3, 4, 1}, Output::linear);
  compare({3, 4, 5}, Output::softmax);
}

TEST_CASE("Backpropagation: L layers") {
  for (const Output output : {Output::linear, Output::sigmoid, Output::softmax}) {
    compare({6, 3}, output);
    compare({6, 5, 4, 3}, output);
    compare({6, 9, 8, 7, 6, 5, 2}, output);
  }
}

TEST_CASE("Backpropagation: the logits form of the loss has the same gradients") {
  nn::Rng rng{5};
  nn::Dense layer{4, 1, rng, {.dtype = ag::float64}};
  const ag::Tensor x = nn::normal(1)({9, 4}, ag::float64, rng);
  const ag::Tensor y = column({1, 0, 1, 1, 0, 0, 1, 0, 1});
  ag::Tape tape;
  const ag::Tensor a = nn::binary_cross_entropy(sigmoid(layer(x)), y);
  const ag::Tensor b = nn::binary_cross_entropy_with_logits(layer(x), y);
  CHECK(a.value() == Approx(b.value()).epsilon(1e-14));
  CHECK(relative_difference(Matrix(tape.gradient(a)[layer.weight]), Matrix(tape.gradient(b)[layer.weight])) < 1e-13);
}

TEST_CASE("Backpropagation: loops over examples, single examples and the whole batch agree") {
  nn::Rng rng{6};
  nn::Sequential net{nn::Dense{3, 5, rng, {.dtype = ag::float64}}, nn::Tanh{},
                     nn::Dense{5, 1, rng, {.dtype = ag::float64}}};
  const ag::Tensor x = nn::normal(1)({8, 3}, ag::float64, rng), y = nn::normal(1)({8, 1}, ag::float64, rng);
  ag::Tape tape;
  const ag::Tensor all = nn::half_squared_error(net(x), y);
  ag::Tensor total(0.0);
  for (ag::Index i = 0; i < 8; ++i) {
    const std::vector<std::int64_t> row{i};
    const nn::Dataset one = nn::Dataset{x, y}.subset(row);
    total = total + nn::half_squared_error(net(one.features), one.targets) / 8.0;
  }
  CHECK(total.value() == Approx(all.value()).epsilon(1e-14));
  for (auto& [name, p] : nn::parameters(net)) {
    CAPTURE(name);
    CHECK(relative_difference(Matrix(tape.gradient(total)[*p]), Matrix(tape.gradient(all)[*p])) < 1e-13);
  }
}

TEST_CASE("Known answers: logistic regression of deeplearning.ai") {
  nn::Rng rng{1};
  nn::Dense layer{2, 1, rng, {.dtype = ag::float64}};
  layer.weight.assign(ag::Tensor::of(std::vector<double>{1, 2}, {1, 2}));
  layer.bias.assign(ag::Tensor::of(std::vector<double>{2}, {1}));
  const ag::Tensor x = ag::Tensor::of(std::vector<double>{1, 3, 2, 4}, {2, 2});  // its columns, as rows
  ag::Tape tape;
  const ag::Tensor cost = nn::binary_cross_entropy(sigmoid(layer(x)), column({1, 0}));
  const auto g = tape.gradient(cost);
  CHECK(cost.value() == Approx(6.00006477).epsilon(1e-8));
  CHECK(g[layer.weight].to_vector()[0] == Approx(0.99993216).epsilon(1e-8));
  CHECK(g[layer.weight].to_vector()[1] == Approx(1.99980262).epsilon(1e-8));
  CHECK(g[layer.bias].value() == Approx(0.49993523).epsilon(1e-8));
}

TEST_CASE("Known answers: one neuron, 300 steps, quadratic cost") {
  const double starts[][4] = {{0.6, 0.9, 0.817574, 0.093956}, {2, 2, 0.982014, 0.202848}};
  for (const auto& [w0, b0, first, last] : starts) {
    nn::Rng rng{1};
    nn::Sequential neuron{
        nn::Dense{1, 1, rng, {.weight = nn::constant(w0), .offset = nn::constant(b0), .dtype = ag::float64}},
        nn::Sigmoid{}};
    nn::Sgd sgd{.rate = 0.15};
    const ag::Tensor x = column({1}), y = column({0});
    CHECK(neuron(x).value() == Approx(first).margin(5e-7));
    for (int step = 0; step < 300; ++step) {
      ag::Tape tape;
      sgd.step(neuron, tape.gradient(nn::half_squared_error(neuron(x), y)));
    }
    CHECK(neuron(x).value() == Approx(last).margin(5e-7));
  }
}

TEST_CASE("Known answers: Mazur's two layers") {
  nn::Rng rng{1};
  const nn::DenseOptions in_double{.dtype = ag::float64};
  nn::Sequential net{nn::Dense{2, 2, rng, in_double}, nn::Sigmoid{}, nn::Dense{2, 2, rng, in_double}, nn::Sigmoid{}};
  const auto set = [](ag::Parameter& p, std::vector<double> v) { p.assign(ag::Tensor::of(v, p.shape())); };
  set(net.get<0>().weight, {.15, .20, .25, .30});
  set(net.get<0>().bias, {.35, .35});
  set(net.get<2>().weight, {.40, .45, .50, .55});
  set(net.get<2>().bias, {.60, .60});
  ag::Tape tape;
  const ag::Tensor E =
      nn::half_squared_error(net(ag::Tensor::of(std::vector<double>{.05, .10}, {1, 2})),
                             ag::Tensor::of(std::vector<double>{.01, .99}, {1, 2}), nn::Reduction::sum);
  const auto g = tape.gradient(E);
  CHECK(E.value() == Approx(0.298371108760).epsilon(1e-11));
  CHECK(g[net.get<2>().weight].to_vector()[0] == Approx(0.082167040564).epsilon(1e-10));
  CHECK(g[net.get<0>().weight].to_vector()[0] == Approx(0.000438567734).epsilon(1e-8));
}

TEST_CASE("A start at zero keeps all hidden units equal") {
  nn::Rng rng{1};
  const nn::DenseOptions zero{.weight = nn::constant(0), .dtype = ag::float64};
  nn::Sequential net{nn::Dense{2, 3, rng, zero}, nn::Sigmoid{}, nn::Dense{3, 1, rng, zero}};
  nn::Sgd sgd{.rate = 0.5};
  const ag::Tensor x = nn::normal(1)({10, 2}, ag::float64, rng), y = nn::normal(1)({10, 1}, ag::float64, rng);
  for (int step = 0; step < 50; ++step) {
    ag::Tape tape;
    sgd.step(net, tape.gradient(nn::mse(net(x), y)));
  }
  const Matrix w(net.get<0>().weight.value());
  CHECK(std::abs(w(0, 0)) > 1e-3);  // they do learn, but all the same
  for (std::size_t unit = 1; unit < 3; ++unit)
    for (std::size_t j = 0; j < 2; ++j) CHECK(w(unit, j) == w(0, j));
}

TEST_CASE("Linear activations collapse to one layer") {
  nn::Rng rng{2};
  const nn::DenseOptions start{.offset = nn::normal(1), .dtype = ag::float64};
  const nn::Sequential net{nn::Dense{3, 6, rng, start}, nn::Identity{}, nn::Dense{6, 5, rng, start}, nn::Identity{},
                           nn::Dense{5, 2, rng, start}};
  const auto W = [&](const nn::Dense& d) { return Matrix(d.weight.value()); };
  const auto b = [&](const nn::Dense& d) { return Matrix(d.bias.value()); };
  const nn::Dense &d0 = net.get<0>(), &d1 = net.get<2>(), &d2 = net.get<4>();
  const Matrix weight = W(d2) * (W(d1) * W(d0)), bias = W(d2) * (W(d1) * b(d0) + b(d1)) + b(d2);
  const ag::Tensor x = nn::normal(1)({7, 3}, ag::float64, rng);
  CHECK(relative_difference(transposed(Matrix(net(x))), weight * transposed(Matrix(x)) + bias) < 1e-14);
}

TEST_CASE("Saturated units kill the gradient") {
  nn::Rng rng{1};
  nn::Dense layer{1, 1, rng, {.weight = nn::constant(40), .dtype = ag::float64}};
  ag::Tape tape;
  const ag::Tensor loss = nn::half_squared_error(sigmoid(layer(column({1}))), column({0}));
  CHECK(std::abs(tape.gradient(loss)[layer.weight].value()) < 1e-16);
  const ag::Tensor exact = nn::binary_cross_entropy_with_logits(layer(column({1})), column({0}));
  CHECK(tape.gradient(exact)[layer.weight].value() == Approx(1));
}
