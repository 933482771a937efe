// Layers: Dense by its formula, Sequential, the visitor's names, a user's own layers, and what bad input says.
#include <autograd/autograd.hpp>
#include <nn/nn.hpp>
#include <tests/catch.hpp>
#include <tests/nn/matrix.hpp>

namespace ag = autograd;

namespace {

// Layers as a user writes them.
struct Scale {
  ag::Parameter factor{ag::Tensor::ones({3}, ag::float64)};
  ag::Tensor operator()(const ag::Tensor& x) const { return x * factor; }
  void each_parameter(auto& visit) { visit("factor", factor); }
};
struct Residual {
  nn::Dense inner;
  Scale scale;
  std::optional<nn::Dense> projection;
  std::vector<Scale> more;
  ag::Tensor operator()(const ag::Tensor& x) const { return x + scale(tanh(inner(x))); }
  void each_parameter(auto&& visit) {
    visit("inner", inner);
    visit("scale", scale);
    visit("projection", projection);
    visit("more", more);
  }
};
struct Tied {
  ag::Parameter weight{ag::Tensor::ones({2, 2})};
  ag::Tensor operator()(const ag::Tensor& x) const { return matmul(x, weight); }
  void each_parameter(auto& visit) {
    visit("encode", weight);
    visit("decode", weight);
  }
};
struct SameName {
  ag::Parameter a{ag::Tensor(1.0)}, b{ag::Tensor(2.0)};
  void each_parameter(auto& visit) {
    visit("w", a);
    visit("w", b);
  }
};

std::vector<std::string> names_of(const auto& model) {
  std::vector<std::string> names;
  for (const auto& [name, p] : nn::parameters(model)) names.push_back(name);
  return names;
}

}  // namespace

static_assert(nn::Layer<nn::Dense> && nn::Layer<nn::Relu> && nn::Layer<Scale> && nn::Layer<Residual>);
static_assert(nn::HasParameters<nn::Dense> && !nn::HasParameters<nn::Relu> && nn::HasParameters<Residual>);
static_assert(!nn::Layer<int>);

TEST_CASE("Dense: CS231n affine_forward") {
  nn::Rng rng{1};
  nn::Dense layer{120, 3, rng, {.dtype = ag::float64}};
  layer.weight.assign(transpose(ag::Tensor::linspace(-0.2, 0.3, {120, 3})));
  layer.bias.assign(ag::Tensor::linspace(-0.3, 0.1, {3}));
  const ag::Tensor y = layer(reshape(ag::Tensor::linspace(-0.1, 0.5, {2, 4, 5, 6}), {2, 120}));
  const double expected[] = {1.49834967, 1.70660132, 1.91485297, 3.25553199, 3.5141327, 3.77273342};
  CHECK(y.shape() == ag::Shape{2, 3});
  for (std::size_t i = 0; i < 6; ++i) CHECK(y.to_vector()[i] == Approx(expected[i]).epsilon(1e-8));
}

TEST_CASE("Dense: y = x W' + b in both dtypes, with and without bias, for one example and for many") {
  for (const ag::Dtype dtype : {ag::float32, ag::float64})
    for (const bool bias : {true, false}) {
      nn::Rng rng{4};
      const nn::Dense layer{5, 3, rng, {.bias = bias, .offset = nn::normal(1), .dtype = dtype}};
      const ag::Tensor x = nn::normal(1)({7, 5}, dtype, rng);
      Matrix expected = Matrix(x) * transposed(Matrix(layer.weight.value()));
      if (bias)
        for (std::size_t i = 0; i < 7; ++i)
          for (std::size_t j = 0; j < 3; ++j) expected(i, j) += layer.bias.value().to_vector()[j];
      const double rounding = dtype == ag::float32 ? 1e-6 : 1e-15;
      const ag::Tensor y = layer(x);
      CHECK(y.dtype() == dtype);
      CHECK(relative_difference(Matrix(y), expected) < rounding);
      const ag::Tensor single = layer(reshape(nn::Dataset{x, x}.subset(std::vector<std::int64_t>{2}).features, {5}));
      CHECK(single.shape() == ag::Shape{3});
      for (std::size_t j = 0; j < 3; ++j) CHECK(single.to_vector()[j] == Approx(expected(2, j)).epsilon(1e-5));
      CHECK(layer(reshape(x, {7, 1, 5})).shape() == ag::Shape{7, 1, 3});
      CHECK(layer(ag::Tensor::zeros({0, 5}, dtype)).shape() == ag::Shape{0, 3});
      CHECK(nn::count_parameters(layer) == (bias ? 18 : 15));
    }
}

TEST_CASE("Dense: the seed decides the weights, the bias does not") {
  nn::Rng a{9}, b{9}, c{10};
  const nn::Dense x{4, 4, a}, y{4, 4, b, {.bias = false}}, z{4, 4, c};
  CHECK(x.weight.value().to_vector() == y.weight.value().to_vector());
  CHECK(x.weight.value().to_vector() != z.weight.value().to_vector());
  CHECK(x.bias.value().to_vector() == std::vector<double>(4, 0.0));
}

TEST_CASE("Dense: a copy is a layer of its own") {
  nn::Rng rng{1};
  nn::Dense a{2, 2, rng};
  nn::Dense b = a;
  b.weight.assign(ag::Tensor::zeros({2, 2}));
  CHECK(a.weight.value().to_vector() != b.weight.value().to_vector());
}

TEST_CASE("Dense: bad input") {
  nn::Rng rng{1};
  const nn::Dense layer{7, 4, rng};
  CHECK_THROWS_WITH(layer(ag::Tensor::zeros({3, 5}, ag::float32)),
                    ContainsSubstring("[dense] input (3, 5), weight (4, 7): the last extent must be 7."));
  CHECK_THROWS_AS(layer(ag::Tensor::zeros({3, 5}, ag::float32)), ag::ShapeError);
  CHECK_THROWS_AS(layer(ag::Tensor(1.0, ag::float32)), ag::ShapeError);
  CHECK_THROWS_AS(layer(ag::Tensor::zeros({3, 7}, ag::float64)), ag::DtypeError);
  CHECK_THROWS_AS(layer(ag::Tensor::zeros({3, 7}, ag::int64)), ag::DtypeError);
  CHECK_THROWS_AS(nn::Dense(0, 4, rng), ag::DomainError);
  CHECK_THROWS_AS(nn::Dense(4, -1, rng), ag::DomainError);
  CHECK_THROWS_AS(nn::Dense(4, 4, rng, {.dtype = ag::int64}), ag::DtypeError);
  const nn::Initialiser wrong = [](const ag::Shape&, ag::Dtype dtype, nn::Rng&) {
    return ag::Tensor::zeros({1}, dtype);
  };
  CHECK_THROWS_AS(nn::Dense(4, 4, rng, {.weight = wrong}), ag::ShapeError);
}

TEST_CASE("Sequential: composition, names, nesting, lambdas") {
  nn::Rng rng{2};
  nn::Sequential model{nn::Dense{4, 6, rng}, nn::Relu{}, nn::Sequential{nn::Dense{6, 5, rng}, nn::Tanh{}},
                       [](const ag::Tensor& x) { return 2.0 * x; }};
  CHECK(names_of(model) == std::vector<std::string>{"0.weight", "0.bias", "2.0.weight", "2.0.bias"});
  CHECK(nn::count_parameters(model) == 4 * 6 + 6 + 6 * 5 + 5);
  const ag::Tensor x = nn::normal(1)({3, 4}, ag::float32, rng);
  const ag::Tensor by_hand = 2.0 * tanh(model.get<2>().get<0>()(relu(model.get<0>()(x))));
  CHECK(model(x).to_vector() == by_hand.to_vector());
  CHECK(nn::Sequential<>{}(x).to_vector() == x.to_vector());

  auto copy = model;
  copy.get<0>().weight.assign(ag::Tensor::zeros({6, 4}));
  CHECK(copy(x).to_vector() != model(x).to_vector());
}

TEST_CASE("A user's own layers: names, sharing, clashes") {
  nn::Rng rng{2};
  Residual layer{nn::Dense{3, 3, rng, {.dtype = ag::float64}}, {}, {}, std::vector<Scale>(2)};
  CHECK(names_of(layer) ==
        std::vector<std::string>{"inner.weight", "inner.bias", "scale.factor", "more.0.factor", "more.1.factor"});
  layer.projection.emplace(3, 3, rng);
  CHECK(names_of(layer)[3] == "projection.weight");
  CHECK(names_of(Tied{}) == std::vector<std::string>{"encode"});
  SameName clash;
  CHECK_THROWS_WITH(nn::parameters(clash), ContainsSubstring("two parameters are called w"));

  ag::Tape tape;
  const ag::Tensor x = nn::normal(1)({4, 3}, ag::float64, rng);
  const ag::Tensor loss = sum(layer(x));
  const auto g = tape.gradient(loss);
  const ag::Tensor expected = sum(tanh(layer.inner(x)), 0);
  CHECK(relative_difference(Matrix(g[layer.scale.factor]), Matrix(expected)) < 1e-14);
}

TEST_CASE("Models: summary and dtype") {
  nn::Rng rng{2};
  nn::Sequential model{nn::Dense{64, 32, rng}, nn::Relu{}, nn::Dense{32, 10, rng}};
  CHECK(nn::summary(model) ==
        "parameter  shape     dtype    number\n"
        "0.weight   (32, 64)  float32    2048\n"
        "0.bias     (32,)     float32      32\n"
        "2.weight   (10, 32)  float32     320\n"
        "2.bias     (10,)     float32      10\n"
        "total                           2410\n");
  nn::set_dtype(model, ag::float64);
  for (const auto& [name, p] : nn::parameters(model)) CHECK(p->dtype() == ag::float64);
  CHECK(model(ag::Tensor::zeros({2, 64})).dtype() == ag::float64);
  CHECK(nn::summary(nn::Relu{}) == "parameter  shape  dtype  number\ntotal                         0\n");
}

TEST_CASE("Activation layers are the activations") {
  const ag::Tensor x = ag::Tensor::linspace(-3, 3, {2, 5});
  const auto same = [](const ag::Tensor& a, const ag::Tensor& b) { return a.to_vector() == b.to_vector(); };
  CHECK(same(nn::Relu{}(x), relu(x)));
  CHECK(same(nn::LeakyRelu{0.1}(x), leaky_relu(x, 0.1)));
  CHECK(same(nn::Elu{2}(x), elu(x, 2)));
  CHECK(same(nn::Gelu{}(x), gelu(x)));
  CHECK(same(nn::Silu{}(x), silu(x)));
  CHECK(same(nn::Sigmoid{}(x), sigmoid(x)));
  CHECK(same(nn::Tanh{}(x), tanh(x)));
  CHECK(same(nn::Softplus{}(x), softplus(x)));
  CHECK(same(nn::Identity{}(x), x));
  CHECK(same(nn::Softmax{}(x), softmax(x, 1)));
  const ag::Tensor total = sum(nn::Softmax{.axis = 0}(x), 0);
  for (const double s : total.to_vector()) CHECK(s == Approx(1).epsilon(1e-15));
}
