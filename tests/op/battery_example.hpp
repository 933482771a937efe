// The battery on ops that are not elementwise: each example in float32 and float64, fused tapes and tapes that record
// each operation, arguments in other layouts, every mix of constants and variables. Its gradient is compared with
// differences and with the pushforward, its gradient's gradient with differences of the gradient.
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
      // 41 different numbers, 0.1 apart: a step of 0.04 never makes two of them equal, which max would notice.
      std::vector<double> v;
      for (ag::Index i = 0; i < ag::core::count(example.shapes[k]); ++i)
        v.push_back(0.1 * static_cast<double>((i * 17 + 5 * static_cast<ag::Index>(k)) % 41) - 2.03);
      values_.push_back(v);
    }
  }

  void run() {
    value_ = call(tensors(values_, ag::float64)).to_vector();
    shape_ = call(tensors(values_, ag::float64)).shape();
    gradients_ = gradient(tensors(values_, ag::float64), all());
    for (std::size_t k = 0; k < values_.size(); ++k)
      for (std::size_t i = 0; i < values_[k].size(); ++i) differences(k, i);
    for (ag::Dtype dtype : {ag::float64, ag::float32})
      for (int layout = 0; layout < 4; ++layout)
        for (unsigned active = 1; active <= all(); ++active) {
          compare<false>(dtype, layout, active);
          compare<true>(dtype, layout, active);
        }
    forward();
    second_order();
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
      if (layout == 2) offset += strides[d] * (shape[d] - 1), strides[d] = -strides[d];
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

  void differences(std::size_t k, std::size_t i) {
    const auto weighted = [&](double v) {
      Numbers x = values_;
      x[k][i] = v;
      const std::vector<double> y = call(tensors(x, ag::float64)).to_vector();
      double sum = 0;
      for (std::size_t j = 0; j < y.size(); ++j) sum += cotangent(j) * y[j];
      return sum;
    };
    verdict_.at("gradient", example_.what, k, i)
        .near(gradients_[k][i], derivative_of<double>(weighted, values_[k][i]),
              1e-8 * (1 + std::fabs(gradients_[k][i])), "by differences");
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
        verdict_.near(g[k][i], gradients_[k][i], error * (1 + std::fabs(gradients_[k][i])), "gradient");
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
        const auto along = [&](double v) {
          Numbers moved = values_;
          moved[k][i] = v;
          const Numbers g = gradient(tensors(moved, ag::float64), all());
          double sum = 0;
          for (std::size_t j = 0; j < g.size(); ++j)
            for (std::size_t l = 0; l < g[j].size(); ++l) sum += g[j][l] * direction(j, l);
          return sum;
        };
        verdict_.at("second derivative", example_.what, k, i)
            .near(got[i], derivative_of<double>(along, values_[k][i]), 1e-7 * (1 + std::fabs(got[i])),
                  "by differences");
      }
    }
  }

  const Example& example_;
  Verdict& verdict_;
  Numbers values_, gradients_;
  std::vector<double> value_;
  ag::Shape shape_;
};

}  // namespace battery
