// The smallest matrix that can say the lectures' formulas as they are written: examples as columns, W A + b, dZ A'. It
// is plain loops on purpose, so that what the tests compare with shares nothing with what they test.
#pragma once

#include <cmath>
#include <vector>

#include <autograd/autograd.hpp>

/// rows x columns numbers, row-major.
struct Matrix {
  std::size_t rows, columns;
  std::vector<double> v;

  Matrix(std::size_t r, std::size_t c) : rows(r), columns(c), v(r * c) {}
  Matrix(std::size_t r, std::size_t c, std::vector<double> values) : rows(r), columns(c), v(std::move(values)) {}
  /// The elements of a tensor (rows, columns), or of one (rows,) as a column.
  explicit Matrix(const autograd::Tensor& t)
      : Matrix(static_cast<std::size_t>(t.shape(0)), t.rank() > 1 ? static_cast<std::size_t>(t.shape(1)) : 1,
               t.to_vector()) {}

  double& operator()(std::size_t i, std::size_t j) { return v[i * columns + j]; }
  double operator()(std::size_t i, std::size_t j) const { return v[i * columns + j]; }
};

inline Matrix transposed(const Matrix& a) {
  Matrix t(a.columns, a.rows);
  for (std::size_t i = 0; i < a.rows; ++i)
    for (std::size_t j = 0; j < a.columns; ++j) t(j, i) = a(i, j);
  return t;
}

inline Matrix operator*(const Matrix& a, const Matrix& b) {
  Matrix c(a.rows, b.columns);
  for (std::size_t i = 0; i < a.rows; ++i)
    for (std::size_t k = 0; k < a.columns; ++k)
      for (std::size_t j = 0; j < b.columns; ++j) c(i, j) += a(i, k) * b(k, j);
  return c;
}

/// f on each element of one or two; b may be a column, added to each column of a.
template <class F>
Matrix map(Matrix a, F f) {
  for (double& x : a.v) x = f(x);
  return a;
}
template <class F>
Matrix map(Matrix a, const Matrix& b, F f) {
  for (std::size_t i = 0; i < a.rows; ++i)
    for (std::size_t j = 0; j < a.columns; ++j) a(i, j) = f(a(i, j), b(i, b.columns == 1 ? 0 : j));
  return a;
}
inline Matrix operator+(const Matrix& a, const Matrix& b) {
  return map(a, b, [](double x, double y) { return x + y; });
}
inline Matrix operator-(const Matrix& a, const Matrix& b) {
  return map(a, b, [](double x, double y) { return x - y; });
}
inline Matrix operator*(double s, const Matrix& a) {
  return map(a, [s](double x) { return s * x; });
}
inline Matrix row_sum(const Matrix& a) { return a * Matrix(a.columns, 1, std::vector<double>(a.columns, 1.0)); }

/// The largest difference, relative to the largest element of b.
inline double relative_difference(const Matrix& a, const Matrix& b) {
  if (a.rows != b.rows || a.columns != b.columns) return INFINITY;
  double difference = 0, size = 0;
  for (std::size_t i = 0; i < a.v.size(); ++i) {
    if (!(std::abs(a.v[i] - b.v[i]) < INFINITY)) return INFINITY;
    difference = std::max(difference, std::abs(a.v[i] - b.v[i]));
    size = std::max(size, std::abs(b.v[i]));
  }
  return difference == 0 ? 0 : difference / size;
}
