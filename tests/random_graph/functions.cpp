// The functions of tensors in random graphs: what reduces, rearranges, picks, joins or multiplies. And the whole list.
#include <tests/random_graph/functions.hpp>

namespace random_graph {

namespace {

// ---- over axes: parameters {all or axis, keepdims} ----

bool choose_axis(Random& random, const std::vector<Shape>& x, Parameters& p) {
  const auto rank = static_cast<Index>(x[0].size());
  if (rank == 0) return false;
  p = {random.extent(rank), random.extent(2)};
  if (random.below(3) == 0) p[0] = -1 - p[0];
  return true;
}
bool choose_axes(Random& random, const std::vector<Shape>& x, Parameters& p) {
  if (x[0].size() == 0 || random.below(4) == 0) {
    p = {99, random.extent(2)};
    return true;
  }
  return choose_axis(random, x, p);
}
ag::Axes axes_of(const Parameters& p) { return p[0] == 99 ? ag::Axes{} : ag::Axes(p[0]); }

template <class F>
Function reduction(const std::string& name, const F& f, std::vector<ag::Domain> safe = {}) {
  Function out;
  out.name = name;
  out.safe = std::move(safe);
  out.choose = choose_axes;
  out.tensors = [f](const Tensor* x, const Parameters& p) { return Tensor(f(x[0], axes_of(p), p[1] != 0)); };
  out.code = [name](const auto& x, const Parameters& p) {
    return call(
        "ag::" + name, x,
        (p[0] == 99 ? ", {}" : ", ag::Axes(" + std::to_string(p[0]) + ")") + std::string(p[1] ? ", true" : ", false"));
  };
  return out;
}
template <class F>
Function along(const std::string& name, const F& f) {
  Function out;
  out.name = name;
  out.choose = choose_axis;
  out.tensors = [f](const Tensor* x, const Parameters& p) { return Tensor(f(x[0], p[0])); };
  out.code = [name](const auto& x, const Parameters& p) { return call("ag::" + name, x, ", " + std::to_string(p[0])); };
  return out;
}

void extreme_places(const Tensor& x, const Parameters& p, Branches& taken, bool largest) {
  const ag::BasicTape<double>::Activate none(nullptr);
  const Tensor t(x.data());
  const Tensor at = p[0] == 99 ? (largest ? argmax(t) : argmin(t))
                    : largest  ? argmax(t, axes_of(p))
                               : argmin(t, axes_of(p));
  for (double v : at.to_vector()) taken.push_back(static_cast<Index>(v));
}

void add_reductions(std::vector<Function>& f) {
  f.push_back(reduction("sum", [](const Tensor& x, ag::Axes a, bool k) { return sum(x, a, k); }));
  f.push_back(reduction("mean", [](const Tensor& x, ag::Axes a, bool k) { return mean(x, a, k); }));
  f.push_back(reduction("logsumexp", [](const Tensor& x, ag::Axes a, bool k) { return logsumexp(x, a, k); }));
  f.push_back(reduction("prod", [](const Tensor& x, ag::Axes a, bool k) { return prod(x, a, k); }, {{-2, 2}}));
  f.push_back(reduction("var", [](const Tensor& x, ag::Axes a, bool k) { return var(x, a, k); }));
  f.push_back(reduction("norm", [](const Tensor& x, ag::Axes a, bool k) { return norm(x, a, k); }, {{0.1, all}}));
  f.push_back(
      with_branches(reduction("max", [](const Tensor& x, ag::Axes a, bool k) { return max(x, a, k); }),
                    [](const Tensor* x, const Parameters& p, Branches& t) { extreme_places(x[0], p, t, true); }));
  f.push_back(
      with_branches(reduction("min", [](const Tensor& x, ag::Axes a, bool k) { return min(x, a, k); }),
                    [](const Tensor* x, const Parameters& p, Branches& t) { extreme_places(x[0], p, t, false); }));
  f.push_back(along("cumsum", [](const Tensor& x, Index a) { return cumsum(x, a); }));
  f.push_back(along("softmax", [](const Tensor& x, Index a) { return softmax(x, a); }));
  f.push_back(along("log_softmax", [](const Tensor& x, Index a) { return log_softmax(x, a); }));
  f.push_back(along("flip", [](const Tensor& x, Index a) { return flip(x, ag::Axes(a)); }));
  f.push_back(along("expand_dims", [](const Tensor& x, Index a) { return expand_dims(x, ag::Axes(a)); }));
  f.push_back(along("repeat", [](const Tensor& x, Index a) { return repeat(x, 2, a); }));
  f[f.size() - 3].code = [](const auto& x, const Parameters& p) {
    return call("ag::flip", x, ", ag::Axes(" + std::to_string(p[0]) + ")");
  };
  f[f.size() - 1].code = [](const auto& x, const Parameters& p) {
    return call("ag::repeat", x, ", 2, " + std::to_string(p[0]));
  };
}

// ---- layout, indexing, joining, products ----

template <class Choose, class Call, class Code>
Function shaped(const std::string& name, std::size_t arity, const Choose& choose, const Call& f, const Code& text) {
  Function out;
  out.name = name;
  out.arity = arity;
  out.choose = choose;
  out.tensors = f;
  out.code = text;
  return out;
}

void add_layout(std::vector<Function>& f) {
  f.push_back(shaped(
      "reshape", 1,
      [](Random& r, const std::vector<Shape>& x, Parameters& p) {
        const Index n = ag::core::count(x[0]);
        if (r.below(2)) p = {n};
        else p = n % 2 == 0 ? Parameters{2, n / 2} : Parameters{n, 1};
        return true;
      },
      [](const Tensor* x, const Parameters& p) { return reshape(x[0], shape_of(p)); },
      [](const auto& x, const Parameters& p) { return call("ag::reshape", x, ", " + braces(p)); }));
  f.push_back(shaped(
      "transpose", 1, [](Random&, const std::vector<Shape>& x, Parameters&) { return x[0].size() > 1; },
      [](const Tensor* x, const Parameters&) { return transpose(x[0]); },
      [](const auto& x, const Parameters&) { return call("ag::transpose", x); }));
  f.push_back(shaped(
      "roll", 1,
      [](Random& r, const std::vector<Shape>& x, Parameters& p) {
        if (x[0].size() == 0) return false;
        p = {r.extent(5) - 2, r.extent(static_cast<Index>(x[0].size()))};
        return true;
      },
      [](const Tensor* x, const Parameters& p) { return roll(x[0], p[0], p[1]); },
      [](const auto& x, const Parameters& p) {
        return call("ag::roll", x, ", " + std::to_string(p[0]) + ", " + std::to_string(p[1]));
      }));
  f.push_back(shaped(
      "broadcast_to", 1,
      [](Random& r, const std::vector<Shape>& x, Parameters& p) {
        if (x[0].size() > 2) return false;
        p = {1 + r.extent(3)};
        for (Index n : x[0]) p.push_back(n == 1 ? 1 + r.extent(3) : n);
        return true;
      },
      [](const Tensor* x, const Parameters& p) { return broadcast_to(x[0], shape_of(p)); },
      [](const auto& x, const Parameters& p) { return call("ag::broadcast_to", x, ", " + braces(p)); }));
  f.push_back(shaped(
      "slice", 1,
      [](Random& r, const std::vector<Shape>& x, Parameters& p) {
        if (x[0].size() == 0 || x[0][0] == 0) return false;
        const Index n = x[0][0], from = r.extent(n);
        p = r.below(2) ? Parameters{from, n, 1} : Parameters{n - 1, -1 - n, -1 - r.extent(2)};
        return true;
      },
      [](const Tensor* x, const Parameters& p) { return slice(x[0], ag::range(p[0], p[1], p[2])); },
      [](const auto& x, const Parameters& p) {
        return call(
            "ag::slice", x,
            ", ag::range(" + std::to_string(p[0]) + ", " + std::to_string(p[1]) + ", " + std::to_string(p[2]) + ")");
      }));
  f.push_back(shaped(
      "take", 1,
      [](Random& r, const std::vector<Shape>& x, Parameters& p) {
        if (x[0].size() == 0 || x[0].back() == 0) return false;
        for (std::size_t i = 0; i < 1 + r.below(3); ++i) p.push_back(r.extent(x[0].back()));
        return true;
      },
      [](const Tensor* x, const Parameters& p) {
        return take(x[0], Tensor::of(p, {static_cast<Index>(p.size())}), -1);
      },
      [](const auto& x, const Parameters& p) {
        return call("ag::take", x,
                    ", ag::Tensor::of<ag::Index>(" + braces(p) + ", {" + std::to_string(p.size()) + "}), -1");
      }));
  const auto matrix = [](Random& r, const std::vector<Shape>& x, Parameters& p) {
    p = {r.extent(3) - 1};
    return x[0].size() >= 2;
  };
  for (bool lower : {true, false})
    f.push_back(shaped(
        lower ? "tril" : "triu", 1, matrix,
        [lower](const Tensor* x, const Parameters& p) { return lower ? tril(x[0], p[0]) : triu(x[0], p[0]); },
        [lower](const auto& x, const Parameters& p) {
          return call(lower ? "ag::tril" : "ag::triu", x, ", " + std::to_string(p[0]));
        }));
  f.push_back(shaped(
      "diagonal", 1,
      [](Random&, const std::vector<Shape>& x, Parameters& p) {
        p = {0};
        return x[0].size() == 2;
      },
      [](const Tensor* x, const Parameters& p) { return diagonal(x[0], p[0]); },
      [](const auto& x, const Parameters& p) { return call("ag::diagonal", x, ", " + std::to_string(p[0])); }));
  f.push_back(shaped(
      "pad", 1, [](Random&, const std::vector<Shape>& x, Parameters&) { return x[0].size() > 0 && x[0].size() < 3; },
      [](const Tensor* x, const Parameters&) { return pad(x[0], 1, 0.5); },
      [](const auto& x, const Parameters&) { return call("ag::pad", x, ", 1, 0.5"); }));
  const auto same = [](Random& r, const std::vector<Shape>& x, Parameters& p) {
    if (!(x[0] == x[1]) || x[0].size() == 0) return false;
    p = {r.extent(static_cast<Index>(x[0].size()))};
    return true;
  };
  for (bool join : {true, false})
    f.push_back(shaped(
        join ? "concatenate" : "stack", 2, same,
        [join](const Tensor* x, const Parameters& p) {
          const std::vector<Tensor> both{x[0], x[1]};
          return join ? ag::concatenate(both, p[0]) : ag::stack(both, p[0]);
        },
        [join](const auto& x, const Parameters& p) {
          return std::string(join ? "ag::concatenate" : "ag::stack") + "({" + x[0] + ", " + x[1] + "}, " +
                 std::to_string(p[0]) + ")";
        }));
  for (bool add : {true, false})
    f.push_back(shaped(
        add ? "index_add" : "index_update", 2,
        [](Random& r, const std::vector<Shape>& x, Parameters& p) {
          if (x[0].size() == 0 || x[0][0] == 0 || x[1].size() > 0) return false;
          p = {r.extent(x[0][0])};
          return true;
        },
        [add](const Tensor* x, const Parameters& p) {
          return add ? index_add(x[0], p[0], x[1]) : index_update(x[0], p[0], x[1]);
        },
        [add](const auto& x, const Parameters& p) {
          return std::string(add ? "ag::index_add(" : "ag::index_update(") + x[0] + ", " + std::to_string(p[0]) + ", " +
                 x[1] + ")";
        }));
  f.push_back(shaped(
      "matmul", 2,
      [](Random&, const std::vector<Shape>& x, Parameters&) {
        if (x[0].size() == 0 || x[1].size() == 0 || x[0].size() > 2 || x[1].size() > 2) return false;
        return x[0].back() == x[1][x[1].size() == 1 ? 0 : x[1].size() - 2];
      },
      [](const Tensor* x, const Parameters&) { return matmul(x[0], x[1]); },
      [](const auto& x, const Parameters&) { return call("ag::matmul", x); }));
}

}  // namespace

const std::vector<Function>& functions() {
  static const std::vector<Function> list = [] {
    std::vector<Function> f;
    add_elementwise(f);
    add_reductions(f);
    add_layout(f);
    for (Function& g : f)
      if (!g.code) g.code = [name = g.name](const auto& x, const Parameters&) { return call("ag::" + name, x); };
    return f;
  }();
  return list;
}

}  // namespace random_graph
