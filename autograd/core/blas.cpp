// The only file that includes CBLAS: strides become transposition flags, batches become loops.
#include <cblas.h>

#include <algorithm>
#include <limits>
#include <autograd/core/blas.hpp>
#include <autograd/core/layout.hpp>

namespace autograd::core {
namespace {

void gemm(CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, int m, int n, int k, const float* a, int lda, const float* b, int ldb,
          float* c) {
  cblas_sgemm(CblasRowMajor, ta, tb, m, n, k, 1, a, lda, b, ldb, 0, c, n);
}
void gemm(CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, int m, int n, int k, const double* a, int lda, const double* b,
          int ldb, double* c) {
  cblas_dgemm(CblasRowMajor, ta, tb, m, n, k, 1, a, lda, b, ldb, 0, c, n);
}
void gemv(CBLAS_TRANSPOSE t, int lines, int length, const float* a, int lda, const float* x, int incx, float* y) {
  cblas_sgemv(CblasRowMajor, t, lines, length, 1, a, lda, x, incx, 0, y, 1);
}
void gemv(CBLAS_TRANSPOSE t, int lines, int length, const double* a, int lda, const double* x, int incx, double* y) {
  cblas_dgemv(CblasRowMajor, t, lines, length, 1, a, lda, x, incx, 0, y, 1);
}

constexpr Index blas_limit = std::numeric_limits<int>::max();

Index rows(const Array& x) { return x.shape()[x.rank() - 2]; }
Index columns(const Array& x) { return x.shape()[x.rank() - 1]; }

// A matrix, or a batch of them, perhaps to be read with rows and columns exchanged.
struct Operand {
  const Array& array;  // not a handle: to count references takes as long as to multiply matrices of ten elements
  bool transposed;

  std::size_t row_axis() const { return array.rank() - (transposed ? 1 : 2); }
  std::size_t column_axis() const { return array.rank() - (transposed ? 2 : 1); }  // also of a vector
  Index rows() const { return array.shape()[row_axis()]; }
  Index columns() const { return array.shape()[column_axis()]; }
};

// A batch of matrices as BLAS takes them: in memory, `lines` of `length` elements, which are rows or
// (transposed) columns.
struct Matrices {
  CBLAS_TRANSPOSE flag = CblasNoTrans;
  int lines = 0, length = 0, leading = 0;

  explicit Matrices(const Operand& x) : array_(&x.array) {
    if (!fits(x)) copy_ = x.array.copy(), array_ = &copy_, fits(x);
  }
  Matrices(const Matrices&) = delete;
  Matrices& operator=(const Matrices&) = delete;
  const Array& array() const { return *array_; }
  CBLAS_TRANSPOSE exchanged() const { return flag == CblasTrans ? CblasNoTrans : CblasTrans; }

 private:
  bool fits(const Operand& x) {
    const Index row = array().strides()[x.row_axis()], column = array().strides()[x.column_axis()];
    return lie(x.rows(), x.columns(), row, column, CblasNoTrans) || lie(x.columns(), x.rows(), column, row, CblasTrans);
  }
  // An axis of one element may have any stride.
  bool lie(Index outer, Index inner, Index outer_stride, Index inner_stride, CBLAS_TRANSPOSE as) {
    if (inner != 1 && inner_stride != 1) return false;
    if (outer == 1) outer_stride = inner;
    if (outer_stride < inner || outer_stride > blas_limit) return false;
    flag = as;
    lines = static_cast<int>(outer), length = static_cast<int>(inner), leading = static_cast<int>(outer_stride);
    return true;
  }

  Array copy_;
  const Array* array_;
};

// A batch of vectors, along one axis of x, as BLAS takes them: at a positive stride.
struct Vectors {
  int stride;

  Vectors(const Array& x, std::size_t axis) : array_(&x) {
    const bool positive = x.strides()[axis] > 0 && x.strides()[axis] <= blas_limit;
    if (x.shape()[axis] > 1 && !positive) copy_ = x.copy(), array_ = &copy_;
    stride = x.shape()[axis] > 1 ? static_cast<int>(array().strides()[axis]) : 1;
  }
  Vectors(const Vectors&) = delete;
  Vectors& operator=(const Vectors&) = delete;
  const Array& array() const { return *array_; }

 private:
  Array copy_;
  const Array* array_;
};

// Calls f(offset in a, offset in b, number of the product) for each product of a batch.
template <class F>
void each_product(const Shape& batch, const Array& a, const Array& b, const F& f) {
  if (batch.empty()) return f(Index{0}, Index{0}, Index{0});
  const auto outer = [&](const Array& x) {
    Shape shape = x.shape(), strides = x.strides();
    shape.resize(x.rank() - 2), strides.resize(x.rank() - 2);
    return broadcast_strides(shape, strides, batch);
  };
  const Strides sa = outer(a), sb = outer(b);
  Shape at = Shape::filled(batch.size(), 0);
  Index oa = 0, ob = 0;
  for (Index k = 0, n = count(batch); k < n; ++k) {
    f(oa, ob, k);
    for (std::size_t d = batch.size(); d-- > 0;) {
      oa += sa[d], ob += sb[d];
      if (++at[d] < batch[d]) break;
      oa -= sa[d] * batch[d], ob -= sb[d] * batch[d], at[d] = 0;
    }
  }
}

template <class T>
void multiply(const Operand& lhs, const Operand& rhs, const Array& out) {
  const Index m = rows(out), n = columns(out), k = lhs.columns();
  if (std::max({m, n, k}) > blas_limit)
    throw ShapeError("matmul", "an extent is larger than BLAS can count: lhs " + to_string(lhs.array.shape()) +
                                   ", rhs " + to_string(rhs.array.shape()));
  Shape batch = out.shape();
  batch.resize(out.rank() - 2);
  T* const y = out.data<T>();
  if (n == 1) {
    const Matrices a(lhs);
    const Vectors x(rhs.array, rhs.row_axis());
    each_product(batch, a.array(), x.array(), [&](Index oa, Index ox, Index p) {
      gemv(a.flag, a.lines, a.length, a.array().data<T>() + oa, a.leading, x.array().data<T>() + ox, x.stride, y + p * m);
    });
  } else if (m == 1) {
    const Matrices b(rhs);
    const Vectors x(lhs.array, lhs.column_axis());
    each_product(batch, x.array(), b.array(), [&](Index ox, Index ob, Index p) {
      gemv(b.exchanged(), b.lines, b.length, b.array().data<T>() + ob, b.leading, x.array().data<T>() + ox, x.stride,
           y + p * n);
    });
  } else {
    const Matrices a(lhs), b(rhs);
    each_product(batch, a.array(), b.array(), [&](Index oa, Index ob, Index p) {
      gemm(a.flag, b.flag, static_cast<int>(m), static_cast<int>(n), static_cast<int>(k), a.array().data<T>() + oa,
           a.leading, b.array().data<T>() + ob, b.leading, y + p * m * n);
    });
  }
}

// The product of arguments that are matrices or batches of them.
Array product(const Operand& lhs, const Operand& rhs, const Shape& result, bool column_major) {
  if (column_major) {
    Shape turned = result;
    std::swap(turned[result.size() - 1], turned[result.size() - 2]);
    const Array y = product({rhs.array, !rhs.transposed}, {lhs.array, !lhs.transposed}, turned, false);
    return permute(y, swapped(-1, -2, y.rank()));
  }
  const Index inner = lhs.columns();
  const Array out = inner == 0 ? Array::zeros(result, lhs.array.dtype()) : Array::empty(result, lhs.array.dtype());
  if (out.size() == 0 || inner == 0) return out;
  const auto compute = [](const Operand& a, const Operand& b, const Array& to) {
    with_floating("matmul", to.dtype(), [&]<class T>(Type<T>) { multiply<T>(a, b, to); });
  };
  // Many matrices times one: their rows are those of one tall matrix.
  const Array &a = lhs.array, &b = rhs.array;
  if (a.rank() > 2 && !lhs.transposed && a.contiguous() && b.size() == rows(b) * columns(b) &&
      a.size() / inner <= blas_limit) {
    const Array matrix = b.view({rows(b), columns(b)}, {b.strides()[b.rank() - 2], b.strides()[b.rank() - 1]}, 0);
    const Array tall = reshape(a, {-1, inner});
    compute({tall, false}, {matrix, rhs.transposed}, reshape(out, {-1, columns(out)}));
  } else {
    compute(lhs, rhs, out);
  }
  return out;
}

Array reshaped(const Array& x, const Shape& to) { return x.shape() == to ? x : reshape(x, to); }

}  // namespace

ProductShapes product_shapes(const Shape& lhs, const Shape& rhs) {
  const auto facts = [&] { return "lhs " + to_string(lhs) + ", rhs " + to_string(rhs); };
  if (lhs.empty() || rhs.empty())
    throw ShapeError("matmul", "needs vectors or matrices, got " + facts(),
                     "For a product with a number write lhs * rhs.");
  ProductShapes s{lhs, rhs, {}, {}};
  if (lhs.size() == 1) s.lhs.insert(0, 1);
  if (rhs.size() == 1) s.rhs.push_back(1);
  const std::size_t a = s.lhs.size(), b = s.rhs.size();
  if (s.lhs[a - 1] != s.rhs[b - 2]) {
    std::string hint = "The last extent of lhs must be that of rhs before the last (or the only one).";
    if (rhs.size() > 1 && lhs.back() == rhs.back())
      hint = rhs.size() == 2 ? "Did you mean matmul(lhs, transpose(rhs))?"
                             : "Did you mean matmul(lhs, swapaxes(rhs, -1, -2))?";
    else if (lhs.size() == 2 && lhs[0] == s.rhs[b - 2]) hint = "Did you mean matmul(transpose(lhs), rhs)?";
    throw ShapeError("matmul", "inner dimensions differ: " + facts(), hint);
  }
  Shape left = s.lhs, right = s.rhs;
  left.resize(a - 2), right.resize(b - 2);
  if (left == right) s.result = left;
  else {
    try {
      s.result = broadcast("matmul", left, right);
    } catch (const ShapeError&) {
      throw ShapeError("matmul", "the batches do not broadcast: " + facts(),
                       "Extents before the last two must be equal or 1.");
    }
  }
  s.shown = s.result;
  s.result.push_back(s.lhs[a - 2]), s.result.push_back(s.rhs[b - 1]);
  if (lhs.size() > 1) s.shown.push_back(s.lhs[a - 2]);
  if (rhs.size() > 1) s.shown.push_back(s.rhs[b - 1]);
  return s;
}

Array matmul(const Array& lhs, const Array& rhs, const ProductOptions& options) {
  for (const Array* x : {&lhs, &rhs}) with_floating("matmul", x->dtype(), [](auto) {});
  if (lhs.dtype() != rhs.dtype())
    throw DtypeError(
        "matmul",
        "dtypes differ: lhs " + std::string(name_of(lhs.dtype())) + ", rhs " + std::string(name_of(rhs.dtype())),
        "Convert one of them with cast.");
  const Operand a{lhs, options.lhs_transposed && lhs.rank() > 1}, b{rhs, options.rhs_transposed && rhs.rank() > 1};
  if (lhs.rank() == 2 && rhs.rank() == 2 && a.columns() == b.rows())
    return product(a, b, {a.rows(), b.columns()}, options.column_major);
  const auto seen = [](const Operand& x) {
    Shape shape = x.array.shape();
    if (x.transposed) std::swap(shape[x.row_axis()], shape[x.column_axis()]);
    return shape;
  };
  if (b.transposed && !a.transposed && a.columns() != b.rows())
    throw ShapeError(
        "linear",
        "input " + to_string(lhs.shape()) + ", weight " + to_string(rhs.shape()) + ": the last extents must be equal",
        "The weight is (out, in); with a weight (in, out) write matmul(x, w).");
  // A vector gets an axis, which changes nothing for the others.
  const ProductShapes s = product_shapes(seen(a), seen(b));
  const auto with_axis = [](const Array& x, const Shape& shape) { return x.rank() == 1 ? reshape(x, shape) : x; };
  const Array left = with_axis(lhs, s.lhs), right = with_axis(rhs, s.rhs);
  return reshaped(product({left, a.transposed}, {right, b.transposed}, s.result, options.column_major), s.shown);
}

bool is_column_major(const Array& x) {
  const std::size_t rank = x.rank();
  return rank > 1 && !x.contiguous() && x.strides()[rank - 2] == 1 && x.strides()[rank - 1] >= x.shape()[rank - 2];
}

}  // namespace autograd::core
