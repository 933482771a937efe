// The battery on ops that are not elementwise: each example in float32 and float64, fused tapes and tapes that record
// each operation, arguments in other layouts, every mix of constants and variables, one tensor in all places. Its
// gradient is compared with quad precision (or differences that are exact) and with the pushforward, its gradient's
// gradient likewise.
#pragma once

#include <tests/op/differences.hpp>
#include <tests/op/examples.hpp>
#include <tests/op/verdict.hpp>

namespace battery {

class ExampleBattery {
 public:
  using Tensors = std::vector<ag::Tensor>;
  using Numbers = std::vector<std::vector<double>>;

  ExampleBattery(const Example& example, Verdict& verdict) : example_(example), verdict_(verdict) {
    for (std::size_t k = 0; k < example.shapes.size(); ++k) {
      // 41 different numbers, 1/8 apart: a step of 1/32 never makes two of them equal, which max would notice. Sums and
      // products of some dozens of them are exact.
      std::vector<double> v;
      for (ag::Index i = 0; i < ag::core::count(example.shapes[k]); ++i)
        v.push_back(0.125 * static_cast<double>((i * 17 + 5 * static_cast<ag::Index>(k)) % 41) - 2.5625);
      values_.push_back(v);
    }
    if (!example.values.empty()) values_ = example.values;
  }

  void run() {
    value_ = call(tensors(values_, ag::float64)).to_vector();
    shape_ = call(tensors(values_, ag::float64)).shape();
    gradients_ = gradient(tensors(values_, ag::float64), all());
    for (const auto& g : gradients_)
      for (double v : g) largest_ = std::max(largest_, std::fabs(v));
    if (example_.quad) compare_value();
    for (std::size_t k = 0; k < values_.size(); ++k)
      for (std::size_t i = 0; i < values_[k].size(); ++i) differences(k, i);
    if (verdict_.enough()) return;
    forward();
    if (verdict_.enough()) return;
    if (same_shapes()) twice();
    second_order();
    if (verdict_.enough()) return;
    repeated();
    if (verdict_.enough()) return;
    for (ag::Dtype dtype : {ag::float64, ag::float32})
      for (int layout = 0; layout < 4; ++layout)
        for (unsigned active = 1; active <= all(); ++active) {
          compare<false>(dtype, layout, active);
          compare<true>(dtype, layout, active);
          if (verdict_.enough()) return;
        }
  }

 private:
  unsigned all() const { return (1u << values_.size()) - 1; }
  ag::Tensor call(const Tensors& x) const { return example_.call(x); }
  static double cotangent(std::size_t i) { return 0.5 + 0.25 * static_cast<double>(i % 7) - (i % 3 == 1 ? 2.0 : 0.0); }
  static double direction(std::size_t k, std::size_t i) { return 0.75 - 0.5 * static_cast<double>((i + 2 * k) % 5); }

  Tensors tensors(const Numbers& values, ag::Dtype dtype, int layout = 0) const {
    Tensors out;
    for (std::size_t k = 0; k < values.size(); ++k)
      out.push_back(laid_out(values[k], example_.shapes[k], dtype, layout));
    return out;
  }
  // 0: row-major, 1: column-major, 2: every axis reversed, 3: every second element.
  static ag::Tensor laid_out(const std::vector<double>& values, const ag::Shape& shape, ag::Dtype dtype, int layout) {
    const ag::core::Array plain = ag::Tensor::of(values, shape).data().cast(dtype);
    ag::Strides strides = ag::core::row_major(shape);
    ag::Index offset = 0, next = 1;
    for (std::size_t d = 0; d < shape.size(); ++d) {
      if (layout == 1) strides[d] = next, next *= shape[d];
      if (layout == 2 && plain.size() > 0) offset += strides[d] * (shape[d] - 1), strides[d] = -strides[d];
      if (layout == 3) strides[d] *= 2;
    }
    const ag::core::Array out = ag::core::Array::zeros({2 * plain.size() + 1}, dtype).view(shape, strides, offset);
    ag::core::copy_into(out, plain);
    return ag::Tensor(out);
  }

  ag::Tensor cotangents(const ag::Tensor& y) const {
    std::vector<double> c;
    for (ag::Index i = 0; i < y.size(); ++i) c.push_back(cotangent(static_cast<std::size_t>(i)));
    return ag::Tensor(ag::Tensor::of(c, y.shape()).data().cast(y.dtype()));
  }
  template <bool elementary = false>
  Numbers gradient(const Tensors& given, unsigned active) const {
    const auto run = [&](ag::Tape& tape) {
      Tensors x = given;
      for (std::size_t k = 0; k < x.size(); ++k)
        if (active >> k & 1) x[k] = tape.variable(x[k]);
      const ag::Tensor y = call(x);
      const auto g = tape.gradient(y, cotangents(y));
      Numbers out(x.size());
      for (std::size_t k = 0; k < x.size(); ++k)
        if (active >> k & 1) out[k] = g[x[k]].to_vector();
      return out;
    };
    if constexpr (elementary) {
      ag::Tape tape{ag::record_graph};
      return run(tape);
    } else {
      ag::Tape tape;
      return run(tape);
    }
  }

  // The sum of some results, weighted with the cotangents, in quad precision.
  template <class T>
  static Quad weighted(const std::vector<T>& y) {
    Quad sum = 0;
    for (std::size_t j = 0; j < y.size(); ++j) sum += cotangent(j) * y[j];
    return sum;
  }
  std::vector<Quads> quads() const {
    std::vector<Quads> x;
    for (const auto& v : values_) x.emplace_back(v.begin(), v.end());
    return x;
  }
  static Quad along(const std::vector<Quads>& x, std::size_t k, std::size_t i, const auto& f) {
    const auto moved = [&](Quad v) {
      auto y = x;
      y[k][i] = v;
      return f(y);
    };
    return derivative_in_quad(moved, x[k][i], step_at(1, 20));
  }
  // df/dx[k][i] for a function of plain numbers.
  double difference(std::size_t k, std::size_t i, const auto& f) const {
    const auto moved = [&](double v) {
      Numbers x = values_;
      x[k][i] = v;
      return f(x);
    };
    const double at = values_[k][i];
    if (example_.expected == Expected::differences) return derivative_of<double>(moved, at);
    return 16 * (moved(at + 0.03125) - moved(at - 0.03125));
  }
  // The derivative of the weighted sum of the results, and the largest of its terms.
  struct Slope {
    double sum = 0, largest = 0;
  };
  Slope slope_in_quad(std::size_t k, std::size_t i) const {
    std::vector<Quads> x = quads();
    const auto moved = [&](Quad v) {
      x[k][i] = v;
      return example_.quad(x);
    };
    return weighted_slope(derivatives_in_quad(moved, x[k][i], step_at(1, 20)));
  }
  Slope slope_by_differences(std::size_t k, std::size_t i) const {
    Numbers x = values_;
    const auto moved = [&](double v) {
      x[k][i] = v;
      return call(tensors(x, ag::float64)).to_vector();
    };
    const double at = values_[k][i];
    if (example_.expected == Expected::differences)
      return {derivative_of<double>([&](double v) { return static_cast<double>(weighted(moved(v))); }, at)};
    const std::vector<double> up = moved(at + 0.03125), down = moved(at - 0.03125);
    Quads d;
    for (std::size_t j = 0; j < up.size(); ++j) d.push_back(16 * (up[j] - down[j]));
    return weighted_slope(d);
  }
  static Slope weighted_slope(const Quads& d) {
    Slope slope{static_cast<double>(weighted(d))};
    for (std::size_t j = 0; j < d.size(); ++j)
      slope.largest = std::max(slope.largest, std::fabs(cotangent(j) * static_cast<double>(d[j])));
    return slope;
  }
  // 8 ULP of what can be known exactly: of the largest term, where a sum is smaller than its terms.
  double allowed(const Slope& want) const {
    if (example_.expected == Expected::differences) return 1e-8 * (1 + std::fabs(want.sum));
    return 8 * std::numeric_limits<double>::epsilon() * std::max({std::fabs(want.sum), want.largest, example_.cancels});
  }

  void compare_value() {
    const Quads want = example_.quad(quads());
    verdict_.at("value", example_.what).is(want.size() == value_.size(), "the number of results");
    for (std::size_t i = 0; i < std::min(want.size(), value_.size()); ++i)
      verdict_.near(value_[i], static_cast<double>(want[i]), 8 * 2.3e-16 * std::max(0.25, std::fabs(value_[i])),
                    "against quad precision");
  }
  void differences(std::size_t k, std::size_t i) {
    const Slope want = example_.quad ? slope_in_quad(k, i) : slope_by_differences(k, i);
    verdict_.at("gradient", example_.what, k, i)
        .near(gradients_[k][i], want.sum, allowed(want), example_.quad ? "in quad precision" : "by differences");
  }

  bool same_shapes() const {
    for (const ag::Shape& s : example_.shapes)
      if (!(s == example_.shapes[0])) return false;
    return example_.shapes.size() > 1;
  }
  // One tensor in several places receives the sum of what tensors of equal elements receive.
  void twice() {
    const std::size_t n = values_.size();
    const unsigned every = (1u << n) - 1;
    for (unsigned places = 3; places <= every; ++places)
      if ((places & (places - 1)) != 0) in_places(places);
  }
  void in_places(unsigned places) {
    std::size_t first = 0;
    while (!(places >> first & 1)) ++first;
    Numbers equal = values_;
    for (std::size_t k = 0; k < equal.size(); ++k)
      if (places >> k & 1) equal[k] = values_[first];
    if (example_.positive)  // in the domain of all
      for (auto& values : equal)
        for (double& v : values) v = std::fabs(v);
    const Numbers apart = gradient(tensors(equal, ag::float64), all());
    ag::Tape tape;
    Tensors x = tensors(equal, ag::float64);
    const ag::Tensor shared = tape.variable(x[first]);
    for (std::size_t k = 0; k < x.size(); ++k)
      if (places >> k & 1) x[k] = shared;
    const ag::Tensor y = call(x);
    const std::vector<double> got = tape.gradient(y, cotangents(y))[shared].to_vector();
    for (std::size_t i = 0; i < got.size(); ++i) {
      double want = 0;
      for (std::size_t k = 0; k < apart.size(); ++k)
        if (places >> k & 1) want += apart[k][i];
      verdict_.at("one tensor in places", example_.what, places, i)
          .near(got[i], want, 1e-14 * (1 + std::fabs(want)), "gradient");
    }
  }

  template <bool elementary>
  void compare(ag::Dtype dtype, int layout, unsigned active) {
    const Tensors x = tensors(values_, dtype, layout);
    verdict_.at(elementary ? "one operation at a time" : "fused", example_.what, ag::name_of(dtype), "layout", layout,
                "active", active);
    const ag::Tensor y = call(x);
    verdict_.is(y.shape() == shape_, "shape");
    const std::vector<double> got = y.to_vector();
    // Sums of a dozen terms of size 2.
    const double error = dtype == ag::float32 ? 5e-6 : 1e-14;
    for (std::size_t i = 0; i < got.size(); ++i)
      verdict_.near(got[i], value_[i], error * (1 + std::fabs(value_[i])), "value");
    const Numbers g = gradient<elementary>(x, active);
    for (std::size_t k = 0; k < g.size(); ++k)
      for (std::size_t i = 0; i < g[k].size(); ++i)
        verdict_.near(g[k][i], gradients_[k][i], error * (1 + largest_), "gradient");
  }

  // Steps with the same cotangent, the later of which may compute the gradient beside the value, have the same bits.
  void repeated() {
    for (const ag::Dtype dtype : {ag::float64, ag::float32})
      for (int layout = 0; layout < 4; ++layout) {
        const Tensors given = tensors(values_, dtype, layout);
        verdict_.at("repeated steps", example_.what, ag::name_of(dtype), "layout", layout);
        Numbers first;
        for (int step = 0; step < 4; ++step) {
          ag::Tape tape;
          Tensors x;
          for (const ag::Tensor& t : given) x.push_back(tape.variable(t));
          const ag::Tensor y = call(x);
          const auto g = tape.gradient(y, ag::Tensor::full(y.shape(), 0.7, y.dtype()));
          Numbers all{y.to_vector()};
          for (const ag::Tensor& t : x) all.push_back(g[t].to_vector());
          if (step == 0) first = all;
          for (std::size_t k = 0; k < all.size(); ++k)
            for (std::size_t i = 0; i < all[k].size(); ++i)
              verdict_.near(all[k][i], first[k][i], 0, k == 0 ? "value" : "gradient");
        }
      }
  }

  // <cotangent, J direction> = <J' cotangent, direction>.
  void forward() {
    ag::Tape tape{ag::record_graph};
    Tensors x = tensors(values_, ag::float64), dx;
    double want = 0;
    for (std::size_t k = 0; k < x.size(); ++k) {
      x[k] = tape.variable(x[k]);
      std::vector<double> d;
      for (std::size_t i = 0; i < values_[k].size(); ++i) {
        d.push_back(direction(k, i));
        want += d.back() * gradients_[k][i];
      }
      dx.push_back(ag::Tensor::of(d, x[k].shape()));
    }
    const ag::Tensor y = call(x);
    const std::vector<double> dy = tape.pushforward(x, dx, {y})[0].to_vector();
    double got = 0;
    for (std::size_t i = 0; i < dy.size(); ++i) got += cotangent(i) * dy[i];
    verdict_.at("pushforward", example_.what).near(got, want, 1e-12 * (1 + std::fabs(want)), "against the pullback");
  }

  // The derivative of <gradient, direction>.
  void second_order() {
    ag::Tape outer;
    Tensors x = tensors(values_, ag::float64);
    for (ag::Tensor& t : x) t = outer.variable(t);
    ag::Tensor total(0.0);
    {
      ag::Tape inner;
      Tensors u;
      for (const ag::Tensor& t : x) u.push_back(inner.variable(t));
      const ag::Tensor y = call(u);
      const auto g = inner.gradient(y, cotangents(y));
      const ag::BasicTape<double>::Activate level(&outer);
      for (std::size_t k = 0; k < u.size(); ++k) {
        std::vector<double> d;
        for (std::size_t i = 0; i < values_[k].size(); ++i) d.push_back(direction(k, i));
        total = total + sum(g[u[k]] * ag::Tensor::of(d, u[k].shape()));
      }
    }
    if (total.tag() != outer.tag()) total = total + 0.0 * sum(x[0]);
    const auto gg = outer.gradient(total);
    for (std::size_t k = 0; k < x.size(); ++k) {
      const std::vector<double> got = gg[x[k]].to_vector();
      for (std::size_t i = 0; i < got.size(); ++i) {
        const double want = example_.quad
                                ? static_cast<double>(along(
                                      quads(), k, i, [&](const auto& at) { return derivative_along_direction(at); }))
                                : difference(k, i, [&](const Numbers& at) {
                                    const Numbers g = gradient(tensors(at, ag::float64), all());
                                    double sum = 0;
                                    for (std::size_t j = 0; j < g.size(); ++j)
                                      for (std::size_t l = 0; l < g[j].size(); ++l) sum += g[j][l] * direction(j, l);
                                    return sum;
                                  });
        verdict_.at("second derivative", example_.what, k, i)
            .near(got[i], want, 10 * allowed({want, 0.25}) + 1e-13 * largest_,
                  example_.quad ? "in quad precision" : "by differences");
      }
    }
  }
  Quad derivative_along_direction(const std::vector<Quads>& x) const {
    const auto moved = [&](Quad t) {
      auto y = x;
      for (std::size_t j = 0; j < y.size(); ++j)
        for (std::size_t l = 0; l < y[j].size(); ++l) y[j][l] += t * direction(j, l);
      return weighted(example_.quad(y));
    };
    return derivative_in_quad(moved, 0, step_at(1, 20));
  }

  const Example& example_;
  Verdict& verdict_;
  Numbers values_, gradients_;
  std::vector<double> value_;
  double largest_ = 0;  // of the gradients: sums of large terms lose digits of small results
  ag::Shape shape_;
};

}  // namespace battery
