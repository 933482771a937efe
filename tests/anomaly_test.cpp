// detect_anomaly: the operation that is blamed must be the one where it began, forward and backward, on every kind of
// tape and operation.
#include <cmath>
#include <limits>

#include <autograd/autograd.hpp>
#include <nn/nn.hpp>
#include <tests/catch.hpp>

namespace ag = autograd;
using ag::Anomaly, ag::Tensor, ag::Var;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

// What the error that f throws says.
template <class F>
Anomaly anomaly_of(const F& f) {
  try {
    f();
  } catch (const ag::AnomalyError& e) {
    INFO(e.what());
    CHECK(std::string(e.what()).starts_with("[" + e.anomaly().op + "] "));
    return e.anomaly();
  }
  FAIL("no anomaly was found");
  return {};
}

}  // namespace

TEST_CASE("the slope of sqrt at 0 is blamed, not the multiplication that makes a NaN of it") {
  ag::Tape tape{ag::detect_anomaly};
  const auto x = tape.variable(3.0, "x");
  const Var z = x * 0.0;
  const unsigned line = __LINE__ + 1;
  const Var y = sqrt(z);
  const Anomaly a = anomaly_of([&] { tape.gradient(y); });
  CHECK(a.op == "sqrt");
  CHECK(a.origin == Anomaly::Origin::gradient);
  CHECK(a.backward());
  CHECK(a.where.line == line);
  CHECK(a.value == inf);
  CHECK(a.slope == inf);
  CHECK(a.cotangent == 1);
  CHECK(a.inputs.size() == 1);
  CHECK(a.inputs[0].value == 0);
  // In one expression, and of tensors, where only one element is at fault.
  ag::Tape tensors{ag::detect_anomaly};
  const Tensor w = tensors.variable(Tensor::of<double>({4, 0, 1, 9}, {2, 2}));
  const Tensor root = sum(2.0 * sqrt(w * 1.0));
  const Anomaly b = anomaly_of([&] { tensors.gradient(root); });
  CHECK(b.op == "sqrt");
  CHECK(b.shape == ag::Shape{2, 2});
  CHECK(b.element == 1);
  CHECK(b.cotangent == 2);
}

TEST_CASE("a value that is not finite stops at the operation where it arose") {
  ag::Tape tape{ag::detect_anomaly};
  const Tensor x = tape.variable(Tensor::of<double>({1, 2, 0, 4, 5, 6}, {2, 3}), "x");
  const auto before = tape.position().statements;
  const unsigned line = __LINE__ + 1;
  const Anomaly a = anomaly_of([&] { const Tensor y = log(x) * 2.0; });
  CHECK(a.op == "log");
  CHECK(a.origin == Anomaly::Origin::value);
  CHECK_FALSE(a.backward());
  CHECK(a.where.line == line);
  CHECK(a.shape == ag::Shape{2, 3});
  CHECK(a.element == 2);
  CHECK(a.value == -inf);
  CHECK(a.inputs[0].name == "x");
  CHECK(a.inputs[0].value == 0);
  CHECK(tape.position().statements == before);  // as it was

  // An argument that is broadcast: the input that met the element is found.
  const Tensor row = tape.variable(Tensor::of<double>({1, 0, 3}, {3}));
  const Anomaly b = anomaly_of([&] { const Tensor y = x / row; });
  CHECK(b.op == "divide");
  CHECK(b.element == 1);
  CHECK(b.inputs[0].value == 2);
  CHECK(b.inputs[1].value == 0);

  // Overflow, of an op that is not elementwise, and of a scalar.
  const Anomaly c = anomaly_of([&] { const Tensor y = matmul(Tensor(x * 1e200), Tensor(transpose(x) * 1e200)); });
  CHECK(c.op == "matmul");
  CHECK(c.inputs[0].value == 6e200);
  CHECK(c.inputs[1].shape == ag::Shape{3, 2});
  const auto s = tape.variable(800.0);
  CHECK(anomaly_of([&] { (void)Var(1.0 + exp(s)); }).op == "exp");
  CHECK(anomaly_of([&] { (void)Var((s - 800.0) / (s - 800.0)); }).op == "divide");
  CHECK(anomaly_of([&] { const Tensor y = stack({s, s * 1e300}, ag::float32); }).op == "stack");
  const Tensor single = tape.variable(Tensor::full({2}, 100, ag::float32));
  CHECK(anomaly_of([&] { const Tensor y = exp(single); }).op == "exp");
}

TEST_CASE("what was given and is not finite is named as such") {
  ag::Tape tape{ag::detect_anomaly};
  const Tensor x = tape.variable(Tensor::of<double>({1, 2, std::nan("")}, {3}), "x");
  const Tensor data = Tensor::of<double>({1, inf, 3}, {3}), good = tape.variable(Tensor::ones({3}), "good");
  const Anomaly a = anomaly_of([&] { const Tensor y = good * x; });
  CHECK(a.origin == Anomaly::Origin::input);
  CHECK(a.argument == 1);
  CHECK(a.element == 2);
  CHECK(a.inputs[1].name == "x");
  CHECK_FALSE(a.inputs[1].constant);
  const Anomaly b = anomaly_of([&] { const Tensor y = sum(good + data); });
  CHECK(b.origin == Anomaly::Origin::input);
  CHECK(b.op == "add");
  CHECK(b.inputs[1].constant);
  CHECK(b.inputs[1].value == inf);
  const auto s = tape.variable(inf, "s");
  CHECK(anomaly_of([&] { (void)Var(s * 2.0); }).origin == Anomaly::Origin::input);
  CHECK_NOTHROW(Var(tanh(s)));  // 1: an infinite input may have a finite value
  const Tensor twice = 2.0 * good;
  const Anomaly c = anomaly_of([&] { tape.gradient(twice, data); });
  CHECK(c.origin == Anomaly::Origin::given_cotangent);
  CHECK(c.element == 1);
}

TEST_CASE("gradients that overflow are found where they do") {
  ag::Tape tape{ag::detect_anomaly};
  const auto x = tape.variable(1e-200);
  const Var y = 1e200 * x;
  const Var z = 1e200 * y;
  const Anomaly a = anomaly_of([&] { tape.gradient(z); });
  CHECK(a.op == "multiply");
  CHECK(a.origin == Anomaly::Origin::gradient);
  CHECK(std::isfinite(a.slope));
  CHECK(a.cotangent == 1e200);
  // The sum of two contributions, to a variable and to a result.
  const Tensor t = tape.variable(Tensor::full({2}, 1e-10));
  const Tensor two = 1e308 * t + 1e308 * t;
  CHECK(anomaly_of([&] { tape.gradient(sum(two)); }).origin == Anomaly::Origin::accumulation);
  const unsigned line = __LINE__ + 1;
  const Tensor s = exp(t);
  const Anomaly b = anomaly_of([&] { tape.gradient(sum(s + s), Tensor(1.5e308)); });
  CHECK(b.origin == Anomaly::Origin::accumulation);
  CHECK(b.op == "exp");
  CHECK(b.where.line == line);
}

TEST_CASE("every strong zero is counted and listed") {
  ag::Tape tape{ag::detect_anomaly};
  CHECK(tape.strong_zeros().empty());
  const Tensor x = tape.variable(Tensor::of<double>({4, 0, -1, 0}, {4}));
  const Tensor up = where(x > 0.0, x, 0.0);
  const unsigned line = __LINE__ + 1;
  const Tensor y = where(x > 0.0, sqrt(up), 0.0);
  const auto g = tape.gradient(sum(y));
  CHECK(g[x].to_vector() == std::vector<double>{0.25, 0, 0, 0});
  REQUIRE(tape.strong_zeros().size() == 1);
  const ag::StrongZero& z = tape.strong_zeros()[0];
  CHECK(z.op == "sqrt");
  CHECK(z.where.line == line);
  CHECK(z.argument == 0);
  CHECK(z.elements == std::vector<ag::Index>{1, 2, 3});

  // A scalar counts once it is reached; what f does not depend on is no strong zero.
  const auto s = tape.variable(0.0);
  const Var root = sqrt(s), product = root * 0.0, other = s * 2.0;
  CHECK(tape.gradient(other)[s].value() == 2);
  CHECK(tape.strong_zeros().size() == 1);
  CHECK(tape.gradient(product)[s].value() == 0);
  REQUIRE(tape.strong_zeros().size() == 2);
  CHECK(tape.strong_zeros()[1].elements.size() == 1);
  // Broadcast: the argument met it at two elements of the result.
  const Tensor d = tape.variable(Tensor::of<double>({0}, {1}));
  const Tensor q = Tensor::of<double>({0, 1, 0}, {3});
  CHECK(anomaly_of([&] { const Tensor bad = q / d; }).op == "divide");
  const Tensor p = pow(d, Tensor::of<double>({0.5, 0.5, 2}, {3}));
  tape.gradient(sum(p * Tensor::of<double>({0, 0, 1}, {3})));
  CHECK(tape.strong_zeros().back().op == "pow");
  CHECK(tape.strong_zeros().back().elements == std::vector<ag::Index>{0, 1});

  ag::Tape plain;
  CHECK_THROWS_AS(plain.strong_zeros(), ag::TapeError);
}

TEST_CASE("models and nested tapes are watched too") {
  nn::Rng rng(1);
  nn::Sequential model{nn::Dense{2, 3, rng}, nn::Relu{}, nn::Dense{3, 1, rng}};
  const Tensor X = Tensor::full({4, 2}, 0.5, ag::float32), Y = Tensor::full({4, 1}, 1, ag::float32);
  {
    ag::Tape tape{ag::detect_anomaly};
    const Tensor loss = nn::mse(model(X), Y);
    CHECK_NOTHROW(tape.gradient(loss));
  }
  {
    ag::Tape tape{ag::detect_anomaly};
    const Tensor far = model(X) * 1e30f;
    const Anomaly a = anomaly_of([&] { nn::mse(far, Y); });
    CHECK(a.op == "square");
    CHECK(std::string(a.where.file).find("loss.cpp") != std::string::npos);
  }
  {
    // The tape inside has an anomaly backward; the one around it was asked to watch.
    ag::Tape outer{ag::detect_anomaly};
    const auto x = outer.variable(2.0);
    const Anomaly a = anomaly_of([&] { ag::gradient([](const Var& v) { return sqrt(v * 0.0); }, x); });
    CHECK(a.op == "sqrt");
    CHECK(a.backward());
    const Anomaly b = anomaly_of([&] { ag::gradient([](const Var& v) { return log(v - 2.0); }, x); });
    CHECK(b.op == "log");
    CHECK_FALSE(b.backward());
    // A strong zero inside is none of its business: the slope of sqrt is infinite on the way, and nothing comes of it.
    const auto flat = [](const Var& v) { return where(v > 2.0, sqrt(v - 2.0), v); };
    CHECK(ag::gradient(flat, x).value() == 1);
    CHECK(outer.strong_zeros().size() == 1);
  }
  // The tape around does not watch, the one inside does.
  ag::Tape plain;
  const auto y = plain.variable(0.0);
  ag::Tape inner{ag::detect_anomaly};
  const Var z = sqrt(inner.variable(y));
  CHECK(anomaly_of([&] { inner.gradient(z); }).op == "sqrt");
}

TEST_CASE("tangents are watched in forward mode") {
  const Tensor at = Tensor::of<double>({4, 0}, {2}), along = Tensor::ones({2});
  const unsigned line = __LINE__ + 1;
  const auto root = [](const Tensor& x) { return sum(sqrt(x) * 2.0); };
  {
    // The slope of sqrt is infinite; 2 * inf is not what is named.
    ag::Tape tape{ag::detect_anomaly};
    const Anomaly a = anomaly_of([&] { ag::jvp(root, at, along); });
    CHECK(a.op == "sqrt");
    CHECK(a.origin == Anomaly::Origin::tangent);
    CHECK_FALSE(a.backward());
    CHECK(a.where.line == line);
    CHECK(a.element == 1);
    CHECK(std::isinf(a.slope));
    CHECK(a.tangent == 1);
    REQUIRE(a.inputs.size() == 1);
    CHECK(a.inputs[0].value == 0);
    // A tangent of exactly 0 makes it 0, as a cotangent does.
    const Tensor flat = Tensor::of<double>({1, 0}, {2});
    CHECK(ag::jvp(root, at, flat).tangent.value() == 0.5);
    CHECK(anomaly_of([&] { ag::jvp(root, at, Tensor::full({2}, ag::op::infinity)); }).origin ==
          Anomaly::Origin::given_tangent);
    CHECK_THROWS_WITH(ag::jvp(root, at, along),
                      ContainsSubstring("[sqrt] the tangent at [1] is inf: the slope of sqrt(0) is inf, the tangent of "
                                        "argument 0 1, recorded at anomaly_test.cpp:"));
  }
  {
    // Of numbers too, which go through dual numbers elsewhere.
    ag::Tape tape{ag::detect_anomaly};
    const auto f = [](const auto& x) { return sqrt(x - 2.0) * x; };
    const Anomaly a = anomaly_of([&] { ag::jvp(f, 2.0, 1.0); });
    CHECK(a.op == "sqrt");
    CHECK(a.origin == Anomaly::Origin::tangent);
    CHECK(ag::jvp([](const auto& x) { return x * x; }, 3.0, 1.0).tangent == 6);
  }
  {
    // Overflow of a product of finite factors, and the tape itself run forwards.
    ag::Tape tape{ag::detect_anomaly};
    const Tensor x = tape.variable(Tensor::full({2}, 1e-200));
    const Tensor y = (1e200 * x) * 1e200;
    const Anomaly a = anomaly_of([&] { tape.pushforward({x}, {Tensor::full({2}, 1e100)}, {y}); });
    CHECK(a.op == "multiply");
    CHECK(std::isfinite(a.slope));
    CHECK(a.tangent == 1e300);
  }
  CHECK(std::isinf(ag::jvp(root, at, along).tangent.value()));  // nobody watches
}

TEST_CASE("an anomaly has a line also where nothing was named") {
  const unsigned line = __LINE__ + 1;
  ag::Tape tape{ag::detect_anomaly};
  const auto x = tape.variable(2.0);
  const Anomaly a = anomaly_of([&] { ag::gradient([](const Var& v) { return log(v - 2.0) * v; }, x); });
  CHECK(a.op == "log");
  CHECK(a.where.line == line);
  CHECK(a.where.around);
}

TEST_CASE("an anomaly reads as a sentence") {
  ag::Tape tape{ag::detect_anomaly};
  const auto x = tape.variable(0.0, "x");
  const Var y = sqrt(x);
  CHECK_THROWS_WITH(tape.gradient(y),
                    ContainsSubstring("[sqrt] the gradient of argument 0 is inf: the slope of sqrt(x = 0) is inf, the "
                                      "cotangent 1, recorded at anomaly_test.cpp:"));
  CHECK_THROWS_WITH(Var(log(x)), ContainsSubstring("[log] the value is -inf: log(x = 0)"));
  const Tensor t = tape.variable(Tensor::of<double>({1, std::nan("")}, {1, 2}), "t");
  CHECK_THROWS_WITH(Tensor(2.0 * t), ContainsSubstring("[multiply] the value at [0, 1] is nan because `t` was not "
                                                       "finite when it was given: multiply(2, t = nan)"));
}

TEST_CASE("a tape that watches gives the gradients of one that does not") {
  const Tensor X = sin(Tensor::linspace(0, 20, {5, 3})), at = Tensor::linspace(0.1, 1, {3, 2});
  const auto f = [&](const Tensor& w) {
    const Tensor h = tanh(matmul(X, w));
    return Tensor(mean(square(ag::concatenate({h, slice(h, 0, ag::newaxis)}, 0))) + sum(abs(w)) + h(1, 1) * h(2, 0));
  };
  ag::Tape plain{ag::record_graph};
  const Tensor a = plain.variable(at);
  const std::vector<double> expected = plain.gradient(f(a))[a].to_vector();
  const ag::Tape::Activate none(nullptr);
  ag::Tape watching{ag::detect_anomaly};
  const Tensor b = watching.variable(at);
  CHECK(watching.gradient(f(b))[b].to_vector() == expected);
}
