// The elementwise functions of random graphs: every op of the list that has a slope, and some expressions of several.
#include <tests/random_graph/functions.hpp>

namespace random_graph {

namespace {

/// A listed elementwise op, by the rule that the library has compiled.
template <class Op, std::size_t N>
Function elementwise(const std::string& name, std::vector<ag::Domain> safe = {}, const Op& o = {}) {
  Function f;
  f.name = name;
  f.arity = N;
  f.safe = std::move(safe);
  f.tensors = [o](const Tensor* x, const Parameters&) {
    std::array<Tensor, N> a;
    std::copy(x, x + N, a.begin());
    return ag::core::apply_op(o, a, {});
  };
  f.scalars = [o](const Var* x) {
    std::array<Var, N> a;
    std::copy(x, x + N, a.begin());
    return ag::core::apply_op(o, a, {});
  };
  return f;
}
template <class Op>
Function unary(const std::string& name, double low = -all, double high = all, const Op& o = {}) {
  return elementwise<Op, 1>(name, {{low, high}}, o);
}
// One expression for tensors and scalars: a statement of several operations.
template <std::size_t N, class F>
Function fused(const std::string& text, const F& f, std::vector<ag::Domain> safe = {}) {
  Function out;
  out.name = text;
  out.arity = N;
  out.safe = std::move(safe);
  out.tensors = [f](const Tensor* x, const Parameters&) { return Tensor(f(x)); };
  out.scalars = [f](const Var* x) { return Var(f(x)); };
  out.code = [text](const std::vector<std::string>& x, const Parameters&) {
    std::string code;
    for (char c : text) {
      if (c >= 'A' && c < 'A' + static_cast<char>(N)) code.append(x[static_cast<std::size_t>(c - 'A')]);
      else code.push_back(c);
    }
    return code;
  };
  return out;
}

void add_fused(std::vector<Function>& f) {
  f.push_back(fused<3>("tanh(A * B + C)", [](const auto* x) { return tanh(x[0] * x[1] + x[2]); }));
  f.push_back(fused<2>("sigmoid(A) * B", [](const auto* x) { return sigmoid(x[0]) * x[1]; }));
  f.push_back(fused<2>("(A - B) * (A - B)", [](const auto* x) { return (x[0] - x[1]) * (x[0] - x[1]); }));
  f.push_back(fused<2>("sin(A) / (2.0 + cos(B))", [](const auto* x) { return sin(x[0]) / (2.0 + cos(x[1])); }));
  f.push_back(fused<1>("1.0 / (1.0 + A * A)", [](const auto* x) { return 1.0 / (1.0 + x[0] * x[0]); }));
  f.push_back(fused<1>("A * tanh(softplus(A))", [](const auto* x) { return x[0] * tanh(softplus(x[0])); }));
  f.push_back(fused<1>("0.5 * A - 0.25", [](const auto* x) { return 0.5 * x[0] - 0.25; }));
  f.push_back(fused<2>("log(1.0 + exp(A)) - 0.5 * B", [](const auto* x) { return log(1.0 + exp(x[0])) - 0.5 * x[1]; },
                       {{-all, 4}, {}}));
  f.push_back(
      with_branches(fused<4>("where(A > B, C, D)", [](const auto* x) { return where(x[0] > x[1], x[2], x[3]); }),
                    [](const Tensor* x, const Parameters&, Branches& t) { signs(difference(x[0], x[1]), t); }));
  for (Function& g : f)
    if (g.name.find("where(") == 0) g.scalars = [](const Var* x) { return x[0].value() > x[1].value() ? x[2] : x[3]; };
}

}  // namespace

void add_elementwise(std::vector<Function>& f) {
  const auto sign_of_x = [](const Tensor* x, const Parameters&, Branches& t) { signs(x[0], t); };
  const auto steps = [](const Tensor* x, const Parameters&, Branches& t) {
    for (double v : x[0].to_vector()) t.push_back(static_cast<Index>(std::floor(2 * v)));
  };
  const auto order = [](const Tensor* x, const Parameters&, Branches& t) { signs(difference(x[0], x[1]), t); };
  f.insert(f.end(),
           {unary<op::Negate>("negate"),
            unary<op::Square>("square"),
            unary<op::Reciprocal>("reciprocal", 0.2, all),
            unary<op::Sqrt>("sqrt", 0.05, all),
            unary<op::Cbrt>("cbrt", 0.1, all),
            unary<op::Exp>("exp", -all, 4),
            unary<op::Exp2>("exp2", -all, 5),
            unary<op::Expm1>("expm1", -all, 4),
            unary<op::Log>("log", 0.1, all),
            unary<op::Log2>("log2", 0.1, all),
            unary<op::Log10>("log10", 0.1, all),
            unary<op::Log1p>("log1p", -0.8, all),
            unary<op::Sin>("sin"),
            unary<op::Cos>("cos"),
            unary<op::Tan>("tan", -1.3, 1.3),
            unary<op::Asin>("asin", -0.9, 0.9),
            unary<op::Acos>("acos", -0.9, 0.9),
            unary<op::Atan>("atan"),
            unary<op::Sinh>("sinh", -4, 4),
            unary<op::Cosh>("cosh", -4, 4),
            unary<op::Tanh>("tanh"),
            unary<op::Asinh>("asinh"),
            unary<op::Acosh>("acosh", 1.1, all),
            unary<op::Atanh>("atanh", -0.9, 0.9),
            unary<op::Erf>("erf"),
            unary<op::Erfc>("erfc"),
            unary<op::Lgamma>("lgamma", 0.2, 50),
            unary<op::Digamma>("digamma", 0.2, 50),
            unary<op::Trigamma>("trigamma", 0.3, 50),
            with_code(unary<op::Polygamma>("polygamma", 0.5, 50, op::Polygamma{2}),
                      [](const auto& x, const Parameters&) { return "ag::polygamma(2, " + x[0] + ")"; }),
            unary<op::Sigmoid>("sigmoid"),
            unary<op::LogSigmoid>("log_sigmoid"),
            unary<op::Softplus>("softplus"),
            unary<op::Gelu>("gelu"),
            unary<op::Silu>("silu"),
            with_branches(unary<op::Relu>("relu"), sign_of_x),
            with_branches(unary<op::LeakyRelu>("leaky_relu"), sign_of_x),
            with_branches(unary<op::Elu>("elu"), sign_of_x),
            with_branches(unary<op::Abs>("abs"), sign_of_x),
            with_branches(unary<op::Sign>("sign"), sign_of_x),
            with_branches(unary<op::Floor>("floor"), steps),
            with_branches(unary<op::Ceil>("ceil"), steps),
            with_branches(unary<op::Round>("round"), steps),
            with_code(unary<op::PowConstant>("pow", 0.1, all, op::PowConstant{1.5}),
                      [](const auto& x, const Parameters&) { return "ag::pow(" + x[0] + ", 1.5)"; }),
            with_code(unary<op::PowConstant>("cube", -all, all, op::PowConstant{3}),
                      [](const auto& x, const Parameters&) { return "ag::pow(" + x[0] + ", 3.0)"; }),
            elementwise<op::Add, 2>("add"),
            elementwise<op::Subtract, 2>("subtract"),
            elementwise<op::Multiply, 2>("multiply"),
            elementwise<op::Divide, 2>("divide", {{}, {0.2, all}}),
            elementwise<op::Pow, 2>("pow", {{0.1, 4}, {-3, 3}}),
            elementwise<op::Xlogy, 2>("xlogy", {{}, {0.1, all}}),
            elementwise<op::Atan2, 2>("atan2", {{}, {0.2, all}}),
            elementwise<op::Hypot, 2>("hypot", {{}, {0.2, all}}),
            with_branches(elementwise<op::Maximum, 2>("maximum"), order),
            with_branches(elementwise<op::Minimum, 2>("minimum"), order),
            with_branches(elementwise<op::Clamp, 3>("clamp"), [](const Tensor* x, const Parameters&, Branches& t) {
              signs(difference(x[0], x[1]), t);
              signs(difference(x[0], x[2]), t);
              signs(difference(x[1], x[2]), t);
            })});
  const char* operators[][2] = {{"add", "+"}, {"subtract", "-"}, {"multiply", "*"}, {"divide", "/"}};
  for (Function& g : f)
    for (const auto& o : operators)
      if (g.name == o[0])
        g.code = [sign = std::string(o[1])](const auto& x, const Parameters&) {
          return x[0] + " " + sign + " " + x[1];
        };
  add_fused(f);
}

}  // namespace random_graph
