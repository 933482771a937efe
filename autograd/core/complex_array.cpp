// The softmax family, extremes and products on complex numbers: see complex_array.hpp. Written for checks, to be read,
// not to be fast.
#include <autograd/core/complex_array.hpp>

#include <cmath>
#include <utility>

#include <autograd/core/axis_loop.hpp>
#include <autograd/core/indexing.hpp>
#include <autograd/core/layout.hpp>
#include <autograd/core/number.hpp>
#include <autograd/core/reduce.hpp>
#include <autograd/core/reduce_axis.hpp>

namespace autograd::core {
namespace {

// Element by element, y = f(a, b), where b is repeated to the shape of a.
template <class F>
ComplexArray mapped(const ComplexArray& a, const ComplexArray& b, const F& f) {
  const Shape& shape = a.real.shape();
  const auto spread = [&](const Array& x) {
    return x ? x.broadcast_to(shape).cast(float64).packed() : Array::zeros(shape, float64);
  };
  const Array ar = spread(a.real), ai = spread(a.imag), br = spread(b.real), bi = spread(b.imag);
  const ComplexArray y{Array::empty(shape, float64), Array::empty(shape, float64)};
  for (Index i = 0; i < y.real.size(); ++i) {
    const Complex r =
        f(Complex(ar.data<double>()[i], ai.data<double>()[i]), Complex(br.data<double>()[i], bi.data<double>()[i]));
    y.real.data<double>()[i] = r.real;
    y.imag.data<double>()[i] = r.imag;
  }
  return y;
}

ComplexArray total(const ComplexArray& x, const Axes& axes, bool keepdims) {
  return {sum(x.real, axes, keepdims, false), sum(x.imag, axes, keepdims, false)};
}

// exp(x - m) and m, the largest real part over the axes: any m gives the same softmax.
std::pair<ComplexArray, ComplexArray> exponentials(const ComplexArray& x, const Axes& axes) {
  const ComplexArray largest{extreme(x.real, axes, true, 1), Array()};
  return {mapped(x, largest, [](const Complex& a, const Complex& m) { return exp(a - m); }), largest};
}

}  // namespace

ComplexArray softmax(const ComplexArray& x, Index axis, bool log) {
  const auto quotient = [](const Complex& a, const Complex& b) { return a / b; };
  const auto difference = [](const Complex& a, const Complex& b) { return a - b; };
  if (log) return mapped(x, logsumexp(x, Axes(axis), true), difference);
  const ComplexArray e = exponentials(x, Axes(axis)).first;
  return mapped(e, total(e, Axes(axis), true), quotient);
}

ComplexArray logsumexp(const ComplexArray& x, const Axes& axes, bool keepdims) {
  const auto [e, largest] = exponentials(x, axes);
  const auto of_sum = [](const Complex& s, const Complex& m) { return autograd::core::log(s) + m; };
  ComplexArray y = mapped(total(e, axes, true), largest, of_sum);
  if (keepdims) return y;
  // The axes that are left have extent 1.
  return {sum(y.real, axes, false, false), sum(y.imag, axes, false, false)};
}

ComplexArray cross_entropy(const ComplexArray& x, const Array& labels) {
  const ComplexArray total = logsumexp(x, Axes(1), true);
  const Array column = reshape(labels, {-1, 1});
  const ComplexArray chosen{gather(x.real, column, 1), gather(x.imag, column, 1)};
  const ComplexArray y = mapped(total, chosen, [](const Complex& a, const Complex& b) { return a - b; });
  return {reshape(y.real, {-1}), reshape(y.imag, {-1})};
}

// The extreme by the real part; at a tie, which is a kink, an even split.
ComplexArray extreme(const ComplexArray& x, const Axes& axes, bool keepdims, int sign) {
  const ComplexArray share{extreme_share(x.real, axes, sign, Ties::split), Array()};
  const auto product = [](const Complex& a, const Complex& s) { return s.real == 0 ? Complex(0) : a * s; };
  return {extreme(x.real, axes, keepdims, sign), total(mapped(x, share, product), axes, keepdims).imag};
}

// Factor by factor.
ComplexArray product_over(const ComplexArray& x, const Axes& axes, bool keepdims) {
  const Shape over = normalize_axes("prod", axes, x.real.rank());
  const AxisLoop real(x.real.cast(float64), over);
  const AxisLoop imag(x.imag ? x.imag : Array::zeros(x.real.shape(), float64), over);
  const ComplexArray y{Array::empty(real.kept, float64), Array::empty(real.kept, float64)};
  for (Index o = 0; o < real.outer; ++o)
    for (Index i = 0; i < real.inner; ++i) {
      Complex product = 1;
      for (Index k = 0; k < real.n; ++k) {
        const Index at = (o * real.n + k) * real.inner + i;
        product = product * Complex(real.x.data<double>()[at], imag.x.data<double>()[at]);
      }
      y.real.data<double>()[o * real.inner + i] = product.real;
      y.imag.data<double>()[o * real.inner + i] = product.imag;
    }
  const Shape shape = reduced(x.real.shape(), over, keepdims);
  return {reshape(y.real, shape), reshape(y.imag, shape)};
}

}  // namespace autograd::core
