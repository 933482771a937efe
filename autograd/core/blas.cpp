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

// A batch of matrices as BLAS takes them: in memory, `lines` of `length` elements, which are rows or
// (transposed) columns.
struct Matrices {
  Array array;
  CBLAS_TRANSPOSE flag = CblasNoTrans;
  int lines = 0, length = 0, leading = 0;

  explicit Matrices(const Array& x) : array(x) {
    if (!fits()) array = x.copy(), fits();
  }
  CBLAS_TRANSPOSE transposed() const { return flag == CblasTrans ? CblasNoTrans : CblasTrans; }

 private:
  bool fits() {
    const Index row = array.strides()[array.rank() - 2], column = array.strides()[array.rank() - 1];
    return lie(rows(array), columns(array), row, column, CblasNoTrans) ||
           lie(columns(array), rows(array), column, row, CblasTrans);
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
};

// A batch of vectors, along one axis of x, as BLAS takes them: at a positive stride.
struct Vectors {
  Array array;
  int stride;

  Vectors(const Array& x, std::size_t axis) : array(x) {
    const auto positive = [&] { return array.strides()[axis] > 0 && array.strides()[axis] <= blas_limit; };
    if (x.shape()[axis] > 1 && !positive()) array = x.copy();
    stride = x.shape()[axis] > 1 ? static_cast<int>(array.strides()[axis]) : 1;
  }
};

// Calls f(offset in a, offset in b, number of the product) for each product of a batch.
template <class F>
void each_product(const Shape& batch, const Array& a, const Array& b, const F& f) {
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
void multiply(const Array& lhs, const Array& rhs, const Array& out) {
  const Index m = rows(out), n = columns(out), k = columns(lhs);
  if (std::max({m, n, k}) > blas_limit)
    throw ShapeError("matmul", "an extent is larger than BLAS can count: lhs " + to_string(lhs.shape()) + ", rhs " +
                                   to_string(rhs.shape()));
  Shape batch = out.shape();
  batch.resize(out.rank() - 2);
  T* const y = out.data<T>();
  if (n == 1) {
    const Matrices a(lhs);
    const Vectors x(rhs, rhs.rank() - 2);
    each_product(batch, a.array, x.array, [&](Index oa, Index ox, Index p) {
      gemv(a.flag, a.lines, a.length, a.array.data<T>() + oa, a.leading, x.array.data<T>() + ox, x.stride, y + p * m);
    });
  } else if (m == 1) {
    const Matrices b(rhs);
    const Vectors x(lhs, lhs.rank() - 1);
    each_product(batch, x.array, b.array, [&](Index ox, Index ob, Index p) {
      gemv(b.transposed(), b.lines, b.length, b.array.data<T>() + ob, b.leading, x.array.data<T>() + ox, x.stride,
           y + p * n);
    });
  } else {
    const Matrices a(lhs), b(rhs);
    each_product(batch, a.array, b.array, [&](Index oa, Index ob, Index p) {
      gemm(a.flag, b.flag, static_cast<int>(m), static_cast<int>(n), static_cast<int>(k), a.array.data<T>() + oa,
           a.leading, b.array.data<T>() + ob, b.leading, y + p * m * n);
    });
  }
}

Array exchanged(const Array& x) { return permute(x, swapped(-1, -2, x.rank())); }

// The product of arguments that are matrices or batches of them.
Array product(Array lhs, Array rhs, const Shape& result, bool column_major) {
  const Index inner = columns(lhs);
  const Array out = inner == 0 ? Array::zeros(result, lhs.dtype()) : Array::empty(result, lhs.dtype());
  if (out.size() == 0 || inner == 0) return out;
  if (column_major) {
    Shape turned = result;
    std::swap(turned[result.size() - 1], turned[result.size() - 2]);
    return exchanged(product(exchanged(rhs), exchanged(lhs), turned, false));
  }
  // Many matrices times one: their rows are those of one tall matrix.
  Array target = out;
  if (lhs.rank() > 2 && lhs.contiguous() && rhs.size() == rows(rhs) * columns(rhs) &&
      lhs.size() / inner <= blas_limit) {
    const auto flat = [](const Array& x, Index columns) { return reshape(x, {-1, columns}); };
    lhs = flat(lhs, inner), target = flat(out, columns(out));
    rhs = rhs.view({inner, columns(rhs)}, {rhs.strides()[rhs.rank() - 2], rhs.strides()[rhs.rank() - 1]}, 0);
  }
  with_floating("matmul", out.dtype(), [&]<class T>(Type<T>) { multiply<T>(lhs, rhs, target); });
  return out;
}

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

Array matmul(const Array& lhs, const Array& rhs, bool column_major) {
  for (const Array& x : {lhs, rhs}) with_floating("matmul", x.dtype(), [](auto) {});
  if (lhs.dtype() != rhs.dtype())
    throw DtypeError(
        "matmul",
        "dtypes differ: lhs " + std::string(name_of(lhs.dtype())) + ", rhs " + std::string(name_of(rhs.dtype())),
        "Convert one of them with cast.");
  const ProductShapes s = product_shapes(lhs.shape(), rhs.shape());
  const Array y = product(reshape(lhs, s.lhs), reshape(rhs, s.rhs), s.result, column_major);
  return y.shape() == s.shown ? y : reshape(y, s.shown);
}

bool is_column_major(const Array& x) {
  const std::size_t rank = x.rank();
  return rank > 1 && !x.contiguous() && x.strides()[rank - 2] == 1 && x.strides()[rank - 1] >= x.shape()[rank - 2];
}

}  // namespace autograd::core
