// check_by_hand on other functions than the lecture's network: forks, regularisation, deep networks, scalars, models;
// and what it says of functions that cannot judge.
#include <cmath>
#include <limits>
#include <sstream>

#include <autograd/autograd.hpp>
#include <nn/nn.hpp>
#include <tests/catch.hpp>

namespace ag = autograd;
using ag::Mistake, ag::Tensor, ag::Var;

namespace {

bool says(const ag::HandReport& report, Mistake mistake, const std::string& text, std::size_t k = 0) {
  INFO(report);
  const auto& found = report.gradients[k].explanations;
  const bool ok = !found.empty() && found[0].mistake == mistake && found[0].text.find(text) != std::string::npos;
  CHECK(ok);
  return ok;
}

// x^3 with the derivative of x^2.
struct WrongCube {
  static constexpr std::string_view name = "wrong_cube";
  auto value(const auto& x) const { return x * x * x; }
  auto derivative(const auto& x, const auto&) const { return ag::partials(2.0 * x); }
};

}  // namespace

TEST_CASE("check_by_hand sees = for += at a fork, of scalars and of tensors") {
  // y = h x + exp(h), h = sin(x)
  const auto f = [](const Var& x) {
    const Var h = sin(x);
    const Var a = h * x;
    const Var b = exp(h);
    return Var(a + b);
  };
  const double x = 0.7, h = std::sin(x), c = std::cos(x);
  CHECK(ag::check_by_hand(f, x, (x + std::exp(h)) * c + h));
  says(ag::check_by_hand(f, x, (x + std::exp(h)) * c), Mistake::lost_contribution,
       "`x` is used 2 times, but the contribution through `multiply` (by_hand_slips_test.cpp:");
  says(ag::check_by_hand(f, x, std::exp(h) * c + h), Mistake::lost_contribution,
       "The result of `sin` (by_hand_slips_test.cpp:");
  CHECK(ag::check_by_hand(f, x, 1.2345).gradients[0].explanations.empty());

  // A residual block, o = tanh(x) + relu(2 tanh(x)).
  const Tensor at = sin(Tensor::linspace(0, 5, {6}));
  const auto block = [](const Tensor& t) {
    const Tensor a = tanh(t);
    const Tensor o = a + relu(a * 2.0);
    return sum(square(o));
  };
  const Tensor a = tanh(at), o = a + relu(a * 2.0), slope = 1.0 - a * a, through = where(a > 0.0, 2.0, 0.0);
  CHECK(ag::check_by_hand(block, at, Tensor(2.0 * o * (1.0 + through) * slope)));
  says(ag::check_by_hand(block, at, Tensor(2.0 * o * slope)), Mistake::lost_contribution, "through `multiply`");
  says(ag::check_by_hand(block, at, Tensor(2.0 * o * through * slope)), Mistake::lost_contribution, "through `add`");

  // Used three times: = keeps the last.
  const auto thrice = [](const Var& t) {
    const Var p = sin(t), q = cos(t), r = exp(t);
    return Var(p * q * r);
  };
  const double p = std::sin(x), r = std::exp(x);
  says(ag::check_by_hand(thrice, x, p * c * r), Mistake::lost_contribution, "only the contribution through `exp`");
  says(ag::check_by_hand(thrice, x, c * c * r - p * p * r), Mistake::lost_contribution,
       "the contribution through `exp`");
}

TEST_CASE("check_by_hand sees a regularisation that was left out, or has a wrong factor") {
  const Tensor X = sin(Tensor::linspace(0, 20, {5, 3})), y = cos(Tensor::linspace(0, 20, {5, 1}));
  const Tensor w = Tensor::linspace(0.1, 1, {3, 1});
  const double lambda = 0.3;
  const auto loss = [&](const Tensor& W) {
    const Tensor data = 0.5 * mean(square(matmul(X, W) - y));
    const Tensor penalty = lambda * sum(square(W));
    return Tensor(data + penalty);
  };
  const Tensor data = matmul(transpose(X), Tensor(matmul(X, w) - y)) / 5.0;
  CHECK(ag::check_by_hand(loss, w, Tensor(data + 2.0 * lambda * w)));
  says(ag::check_by_hand(loss, w, data), Mistake::missing_term, "is it a regularisation that was left out?");
  const auto half = ag::check_by_hand(loss, w, Tensor(data + lambda * w));
  says(half, Mistake::part_factor, "is off by a factor 1/2");
  const auto whole = ag::check_by_hand(loss, w, Tensor(5.0 * data + 2.0 * lambda * w));
  says(whole, Mistake::part_factor, "is off by a factor m (m = 5");
  // 1e-6 is not a mistake of the catalogue.
  const auto nearly = ag::check_by_hand(loss, w, Tensor(data + 2.0 * lambda * w + 1e-6));
  CHECK_FALSE(nearly);
  CHECK(nearly.gradients[0].band() == "fine with kinks");
  CHECK(nearly.gradients[0].explanations.empty());
}

TEST_CASE("check_by_hand sees n for n - 1, and the mean for the sum of the known answers") {
  const Tensor t = sin(Tensor::linspace(0, 5, {6})), d = t - Tensor(mean(t));
  const auto variance = [](const Tensor& x) { return var(x, {}, false, 1); };
  CHECK(ag::check_by_hand(variance, t, Tensor(2.0 * d / 5.0)));
  says(ag::check_by_hand(variance, t, Tensor(2.0 * d / 6.0)), Mistake::factor, "(n - 1)/n in dx (n = 6");

  // deeplearning.ai's logistic regression: dw = (0.99993216, 1.99980262), db = 0.49993523.
  const Tensor w = Tensor::of<double>({1, 2}, {2, 1}), b = Tensor(2.0), Y = Tensor::of<double>({1, 0}, {1, 2});
  const Tensor X = Tensor::of<double>({1, 2, 3, 4}, {2, 2});
  const auto cost = [&](const Tensor& u, const Tensor& c) {
    const Tensor z = matmul(transpose(u), X) + c;
    return nn::binary_cross_entropy_with_logits(z, Y);
  };
  const Tensor A = sigmoid(matmul(transpose(w), X) + b), dZ = A - Y;
  const Tensor dw = matmul(X, transpose(dZ));
  const auto report = ag::check_by_hand(cost, {{"w", w, dw}, {"b", b, Tensor(sum(dZ) / 2.0)}});
  CHECK(report.gradients[1].ok);
  says(report, Mistake::factor, "Off by exactly a factor 2 in dw (or m, m = 2: `mean` (loss.cpp:");
}

TEST_CASE("check_by_hand explains a factor by one extent rather than by two") {
  const Tensor x = Tensor::linspace(-1, 1, {2, 3});
  const auto report = ag::check_by_hand([](const Tensor& v) { return mean(square(v)); }, x, 2.0 * x);
  says(report, Mistake::factor, "Off by exactly a factor m in dx (m = 6: `mean`");  // not 2 m, m = 3
}

TEST_CASE("check_by_hand sees an index that is shifted by one layer") {
  // Three layers of equal width, where no shape gives a mistake away.
  const ag::Index n = 4;
  const Tensor X = sin(Tensor::linspace(0, 20, {n, n + 3}));
  const Tensor W1 = sin(Tensor::linspace(1, 20, {n, n})), W2 = cos(Tensor::linspace(1, 20, {n, n}));
  const Tensor W3 = cos(Tensor::linspace(5, 40, {n, n}));
  const auto f = [&](const Tensor& w1, const Tensor& w2, const Tensor& w3) {
    const Tensor a1 = tanh(matmul(w1, X));
    const Tensor a2 = tanh(matmul(w2, a1));
    const Tensor z3 = matmul(w3, a2);
    return Tensor(0.5 * sum(square(z3)));
  };
  const auto t = [](const Tensor& x) { return Tensor(transpose(x)); };
  const Tensor A1 = tanh(matmul(W1, X)), A2 = tanh(matmul(W2, A1)), Z3 = matmul(W3, A2);
  const auto first = [&](const Tensor& dZ2) {
    return Tensor(matmul(Tensor(matmul(t(W2), dZ2) * (1.0 - square(A1))), t(X)));
  };
  const Tensor dZ2 = matmul(t(W3), Z3) * (1.0 - square(A2));
  const Tensor dW3 = matmul(Z3, t(A2)), dW2 = matmul(dZ2, t(A1)), dW1 = first(dZ2);
  const auto check = [&](const Tensor& g1, const Tensor& g2, const Tensor& g3) {
    return ag::check_by_hand(f, {{"W1", W1, g1}, {"W2", W2, g2}, {"W3", W3, g3}});
  };
  CHECK(check(dW1, dW2, dW3));
  says(check(dW1, dW3, dW3), Mistake::swapped, "dW2 is the gradient of `W3`: is an index shifted?", 1);
  says(check(dW1, Tensor(matmul(dZ2, t(A2))), dW3), Mistake::other_layer,
       "the result of `tanh` (by_hand_slips_test.cpp:", 1);
  says(check(dW1, dW2, Tensor(matmul(Z3, t(X)))), Mistake::other_layer, "the constant in `matmul`", 2);
  says(check(dW1, Tensor(matmul(Z3, t(A1))), dW3), Mistake::other_layer, "the cotangent of", 1);
  const Tensor wrong_weight = matmul(t(W2), Z3) * (1.0 - square(A2));
  const auto weight = check(first(wrong_weight), Tensor(matmul(wrong_weight, t(A1))), dW3);
  says(weight, Mistake::other_layer, "`W2` stands in the place of `W3`", 0);
  says(weight, Mistake::other_layer, "`W2` stands in the place of `W3`", 1);
  const Tensor wrong_slope = matmul(t(W3), Z3) * (1.0 - square(A1));
  says(check(dW1, Tensor(matmul(wrong_slope, t(A1))), dW3), Mistake::slope_elsewhere, "is taken at the result of", 1);
  const Tensor not_transposed = matmul(W3, Z3) * (1.0 - square(A2));
  says(check(first(not_transposed), Tensor(matmul(not_transposed, t(A1))), dW3), Mistake::transposed_product,
       "`W3` is not transposed", 1);
  // Without both derivatives: two mistakes of one kind.
  const Tensor plain2 = matmul(t(W3), Z3), plain1 = matmul(t(W2), plain2);
  const auto both = check(Tensor(matmul(plain1, t(X))), Tensor(matmul(plain2, t(A1))), dW3);
  says(both, Mistake::missing_slope, "The derivative of `tanh` is missing, in all 2 places.", 0);
  CHECK(both.gradients[1].explanations.size() == 2);  // for dW2 one of them is enough
}

TEST_CASE("check_by_hand takes functions of vectors, xtensor expressions, gradients that are functions, and models") {
  const auto f = [](const std::vector<Var>& v) { return (v[0] + v[1]) * v[2]; };
  CHECK(ag::check_by_hand(f, std::vector<double>{-2, 5, -4}, std::vector<double>{-4, -4, 3}));
  const auto wrong = ag::check_by_hand(f, std::vector<double>{-2, 5, -4}, std::vector<double>{-4, -4, 5});
  CHECK(wrong.gradients[0].wrong == 1);
  CHECK(wrong.gradients[0].worst[0].element == 2);
  CHECK(ag::check_by_hand([](const Var& x) { return sin(x); }, 0.5, [](double x) { return std::cos(x); }));
  const xt::xarray<double> x{{1, 2}, {3, 4}};
  const xt::xarray<double> dx = 2.0 * x;
  CHECK(ag::check_by_hand([](const Tensor& t) { return sum(square(t)); }, x, dx));
  says(ag::check_by_hand([](const Tensor& t) { return sum(square(t)); }, x, xt::xarray<double>(x)), Mistake::factor,
       "1/2");

  nn::Rng rng(1);
  nn::Sequential model{nn::Dense{3, 4, rng}, nn::Tanh{}, nn::Dense{4, 1, rng}};
  const Tensor X = sin(Tensor::linspace(0, 20, {5, 3}, ag::float32)),
               Y = cos(Tensor::linspace(0, 4, {5, 1}, ag::float32));
  const auto loss = [&](const Tensor& in, const Tensor& out) { return nn::mse(model(in), out); };
  ag::Tape tape;
  const Tensor value = loss(X, Y);
  const auto g = tape.gradient(value);
  auto all = ag::parameters(model);
  const Tensor dW = g[*all[0].parameter], db = g[*all[1].parameter];
  const auto before = all[0].parameter->value().to_vector();
  CHECK(ag::check_by_hand(model, {{"0.weight", dW}, {"0.bias", db}}, loss, X, Y));
  const auto report = ag::check_by_hand(model, {{"0.bias", Tensor(db * 5.0f)}}, loss, X, Y);
  says(report, Mistake::factor, "Off by exactly a factor m in the gradient of 0.bias (m = 5");
  // A mistake inside the network: the bias without the derivative of tanh, dZ1 = W2' dZ2.
  const Tensor dZ2 = 0.4f * (model(X) - Y), dA1 = matmul(dZ2, *all[2].parameter);
  const auto inside = ag::check_by_hand(model, {{"0.bias", Tensor(sum(dA1, 0))}}, loss, X, Y);
  says(inside, Mistake::missing_slope, "The derivative of `tanh`");
  CHECK(all[0].parameter->dtype() == ag::float32);
  CHECK(all[0].parameter->value().to_vector() == before);
  CHECK_THROWS_WITH(ag::check_by_hand(model, {{"1.bias", db}}, loss, X, Y),
                    "[check_by_hand] the model has no parameter `1.bias`. It has 0.weight, 0.bias, 2.weight, 2.bias.");
}

TEST_CASE("check_by_hand accuses nobody where the function cannot judge") {
  const auto wrong_rule = ag::check_by_hand([](const Var& x) { return evaluate(WrongCube{}, x); }, 2.0, 12.0);
  CHECK_FALSE(wrong_rule);
  CHECK_THAT(wrong_rule.complaint, ContainsSubstring("reverse mode and differences disagree about `x`"));
  CHECK(wrong_rule.gradients[0].explanations.empty());
  const auto stopped = ag::check_by_hand([](const Var& x) { return x * stop_gradient(x); }, 2.0, 4.0);
  CHECK_THAT(stopped.complaint, ContainsSubstring("stop_gradient"));
  double drift = 0;
  const auto random = ag::check_by_hand([&](const Var& x) { return x + (drift += 1); }, 2.0, 1.0);
  CHECK_THAT(random.complaint, ContainsSubstring("not deterministic"));
  const auto infinite = ag::check_by_hand([](const Var& x) { return log(x); }, 0.0, 1.0);
  CHECK_THAT(infinite.complaint, ContainsSubstring("not finite"));
  std::ostringstream text;
  text << random;
  CHECK_THAT(text.str(), ContainsSubstring("check_by_hand: not checked"));

  const auto nan = ag::check_by_hand([](const Var& x) { return x * x; }, 2.0, std::numeric_limits<double>::quiet_NaN());
  CHECK_FALSE(nan);
  CHECK(nan.gradients[0].not_finite == 1);
  CHECK_THROWS_AS(ag::check_by_hand([](const Tensor& x) { return x; }, Tensor::ones({2}), Tensor::ones({2})),
                  ag::ShapeError);
  CHECK_THROWS_AS(ag::check_by_hand([](const Tensor& x) { return sum(x); }, Tensor::arange(3), Tensor::ones({3})),
                  ag::DtypeError);
  CHECK_THROWS_AS(ag::check_by_hand([](const Tensor&) { return 1.0; }, Tensor::ones({3}), Tensor::ones({3})),
                  ag::TapeError);
}
