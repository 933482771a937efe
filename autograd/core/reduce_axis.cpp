// Loops over rows and columns; see axis_loop.hpp for how any axes become these.
#include <cmath>
#include <limits>
#include <autograd/core/axis_loop.hpp>
#include <autograd/core/extreme_of.hpp>
#include <autograd/core/reduce_axis.hpp>
#include <autograd/core/square.hpp>
#include <autograd/core/stream.hpp>

namespace autograd::core {
namespace {

AxisLoop loop_of_something(std::string_view where, const Array& x, const Shape& over) {
  AxisLoop loop(x, over);
  if (loop.n == 0 && loop.outer * loop.inner > 0)
    throw ShapeError(where, "of nothing: shape " + to_string(x.shape()), "Check that the tensor is not empty first.");
  return loop;
}

// best[i] becomes the most extreme of itself and of column i of some rows: several, so that it is read and written less
// often. Rows `ahead` of them are fetched meanwhile.
template <int sign, class T>
void take_rows(T* best, const T* x, Index rows, Index stride, Index width, Index ahead) {
  Index i = 0;
  if constexpr (std::is_floating_point_v<T>) {
    constexpr auto lanes = static_cast<Index>(Pack<T>::size);
    for (; i + lanes <= width; i += lanes) {
      Pack<T> m = Pack<T>::load(best + i);
      for (Index k = 0; k < rows; ++k) {
        const T* const p = x + k * stride + i;
        if (ahead) fetch(p + ahead);
        const Pack<T> v = Pack<T>::load(p);
        m = sign > 0 ? max(m, v) : min(m, v);
      }
      m.store(best + i);
    }
  }
  for (; i < width; ++i)
    for (Index k = 0; k < rows; ++k) best[i] = more<sign>(best[i], x[k * stride + i]);
}

template <int sign, class T>
void extremes(const AxisLoop& loop, T* out) {
  loop.each_block([&](Index first, Index at, Index width) {
    const T* x = loop.x.data<const T>() + first;
    T* best = out + at;
    if (loop.inner == 1) return void(*best = extreme_of<sign>(x, loop.n));
    std::copy_n(x, width, best);
    for (Index k = 1; k < loop.n; k += 4)
      take_rows<sign>(best, x + k * loop.inner, std::min<Index>(4, loop.n - k), loop.inner, width, loop.ahead(k, 4));
  });
}

template <class T>
void extremes(const AxisLoop& loop, T* out, int sign) {
  sign > 0 ? extremes<1>(loop, out) : extremes<-1>(loop, out);
}

// Calls f(position, column) for all elements of a block, row after row.
template <class F>
void each_element(const AxisLoop& loop, Index first, Index width, const F& f) {
  for (Index k = 0; k < loop.n; ++k)
    for (Index i = 0; i < width; ++i) f(first + k * loop.inner + i, i, k);
}

// True if b takes the place of a: it is more extreme, or the first NaN.
template <int sign, class T>
bool replaces(T a, T b) {
  return (a == a) & !(sign > 0 ? b <= a : b >= a);
}

// Where the extreme of a row is, the first of equals: it is looked for in the piece that has it.
template <int sign, class T>
std::int64_t position_in_row(const T* x, Index n) {
  T best = extreme_of<sign>(x, std::min(axis_block, n));
  Index piece = 0;
  for (Index i = axis_block; i < n; i += axis_block)
    if (const T top = extreme_of<sign>(x + i, std::min(axis_block, n - i)); replaces<sign>(best, top))
      best = top, piece = i;
  Index i = piece;
  if constexpr (std::is_floating_point_v<T>) {
    constexpr auto lanes = static_cast<Index>(Pack<T>::size);
    const auto found = [top = Pack<T>(best)](Pack<T> v) { return v == top || (v != v && top != top); };
    while (i + lanes <= n && !any(found(Pack<T>::load(x + i)))) i += lanes;
  }
  while (!(x[i] == best || (x[i] != x[i] && best != best))) ++i;
  return i;
}

// Numbers of rows, in registers beside elements: exact in T up to 2^24.
template <class T>
using Position = std::conditional_t<std::is_floating_point_v<T>, T, std::int64_t>;

// Replaces the most extreme of each column, and where it is, by what is in some rows from row k on.
template <int sign, class T>
void take_positions(T* best, Position<T>* where_, const T* x, Index k, Index rows, Index stride, Index width,
                    Index ahead) {
  Index i = 0;
  if constexpr (std::is_floating_point_v<T>) {
    constexpr auto lanes = static_cast<Index>(Pack<T>::size);
    for (; i + lanes <= width; i += lanes) {
      Pack<T> top = Pack<T>::load(best + i), at = Pack<T>::load(where_ + i);
      for (Index r = 0; r < rows; ++r) {
        const T* const p = x + r * stride + i;
        if (ahead) fetch(p + ahead);
        const Pack<T> v = Pack<T>::load(p);
        const Mask<T> take = top == top && !(sign > 0 ? v <= top : v >= top);
        top = where(take, v, top);
        at = where(take, Pack<T>(static_cast<T>(k + r)), at);
      }
      top.store(best + i);
      at.store(where_ + i);
    }
  }
  for (; i < width; ++i)
    for (Index r = 0; r < rows; ++r)
      if (const T v = x[r * stride + i]; replaces<sign>(best[i], v))
        best[i] = v, where_[i] = static_cast<Position<T>>(k + r);
}

// Where the extremes are, the first of equals.
template <int sign, class T>
void positions(const AxisLoop& loop, std::int64_t* out) {
  const T* data = loop.x.data<T>();
  loop.each_block([&](Index first, Index at, Index width) {
    const T* const x = data + first;
    if (loop.inner == 1) return void(out[at] = position_in_row<sign>(x, loop.n));
    constexpr Index exact = Index{1} << 24;
    constexpr Position<T> unchanged = -1;
    T best[axis_block];
    Position<T> where[axis_block];
    std::copy_n(x, width, best);
    std::fill_n(out + at, width, std::int64_t{0});
    for (Index start = 0; start < loop.n; start += exact) {
      const Index rows = std::min(exact, loop.n - start);
      std::fill_n(where, width, unchanged);
      for (Index k = 0; k < rows; k += 4)
        take_positions<sign>(best, where, x + (start + k) * loop.inner, k, std::min<Index>(4, rows - k), loop.inner,
                             width, loop.ahead(start + k, 4));
      for (Index i = 0; i < width; ++i)
        if (where[i] != unchanged) out[at + i] = start + static_cast<std::int64_t>(where[i]);
    }
  });
}

// The running sums of as many rows as a square has, one beside the other: elements of one register belong to different
// rows. Beside results that are large and not streamed this does not pay: too many lines are open at once. `sum`
// becomes their last ones, the result the number of elements done in each.
template <class T>
Index sum_squares(const T* from, T* to, Index n, double* sum, bool streams) {
  constexpr Index side = Square<T>::n;
  typedef double Sums __attribute__((vector_size(side * sizeof(double))));
  Sums total = {};
  Index k = 0;
  for (; k + side <= n; k += side) {
    alignas(64) T square[side][side], result[side][side];
    Square<T>::transpose(square, from + k, n);
    for (T* row = square[0]; row < square[0] + side * side; row += side) {
      typename Square<T>::Row some;
      std::memcpy(&some, row, sizeof(some));
      total += __builtin_convertvector(some, Sums);
      some = __builtin_convertvector(total, typename Square<T>::Row);
      std::memcpy(row, &some, sizeof(some));
    }
    Square<T>::transpose(result, square[0], side);
    for (Index r = 0; r < side; ++r)
      if (streams) simd::stream(to + r * n + k, result[r], sizeof(result[r]));
      else std::copy_n(result[r], side, to + r * n + k);
  }
  if (streams) simd::finish_streams();
  std::memcpy(sum, &total, sizeof(total));
  return k;
}

}  // namespace

Array extreme(const Array& x, const Axes& axes, bool keepdims, int sign) {
  const std::string_view name = sign > 0 ? "max" : "min";
  const Shape over = normalize_axes(name, axes, x.rank());
  const AxisLoop loop = loop_of_something(name, x, over);
  const Array out = Array::empty(loop.kept, x.dtype());
  with_type(x.dtype(), [&]<class T>(Type<T>) { extremes(loop, out.data<T>(), sign); });
  return reshape(out, reduced(x.shape(), over, keepdims));
}

Array extreme_share(const Array& x, const Axes& axes, int sign, Ties ties) {
  const std::string_view name = sign > 0 ? "max" : "min";
  const AxisLoop loop = loop_of_something(name, x, normalize_axes(name, axes, x.rank()));
  const Array top = Array::empty(loop.kept, x.dtype()), share = Array::empty(loop.x.shape(), x.dtype());
  with_floating(name, x.dtype(), [&]<class T>(Type<T>) {
    extremes(loop, top.data<T>(), sign);
    const T* from = loop.x.data<const T>();
    T* to = share.data<T>();
    loop.each_block([&](Index first, Index at, Index width) {
      const T* best = top.data<const T>() + at;
      T equal[axis_block] = {};
      if (ties == Ties::first)
        each_element(loop, first, width, [&](Index e, Index i, Index) {
          to[e] = best[i] != best[i] ? best[i] : T(from[e] == best[i] && equal[i] == 0);
          equal[i] += to[e];
        });
      else {
        double count[axis_block] = {};
        each_element(loop, first, width, [&](Index e, Index i, Index) { count[i] += from[e] == best[i]; });
        for (Index i = 0; i < width; ++i) equal[i] = static_cast<T>(1 / count[i]);
        each_element(loop, first, width, [&](Index e, Index i, Index) {
          to[e] = best[i] != best[i] ? best[i] : from[e] == best[i] ? equal[i] : T(0);
        });
      }
    });
  });
  return loop.restored(share);
}

Array extreme_index(const Array& x, const Axes& axes, bool keepdims, int sign) {
  const std::string_view name = sign > 0 ? "argmax" : "argmin";
  const Shape over = normalize_axes(name, axes, x.rank());
  if (!axes.all() && over.size() != 1)
    throw ShapeError(name, std::to_string(over.size()) + " axes", "Name one axis, or none for the flattened tensor.");
  const AxisLoop loop = loop_of_something(name, x, over);
  const Array out = Array::empty(loop.kept, int64);
  with_type(x.dtype(), [&]<class T>(Type<T>) {
    sign > 0 ? positions<1, T>(loop, out.data<std::int64_t>()) : positions<-1, T>(loop, out.data<std::int64_t>());
  });
  return reshape(out, reduced(x.shape(), over, keepdims));
}

Array cumsum(const Array& x, Index axis) {
  const AxisLoop loop(x, {static_cast<Index>(normalize_axis("cumsum", axis, x.rank()))});
  const Array out = Array::empty(x.shape(), is_floating(x.dtype()) ? x.dtype() : int64);
  if (x.size() == 0) return out;
  with_type(x.dtype(), [&]<class T>(Type<T>) {
    constexpr bool floating = std::is_floating_point_v<T>;
    using Sum = std::conditional_t<floating, double, std::int64_t>;
    using Result = std::conditional_t<floating, T, std::int64_t>;
    const T* from = loop.x.data<const T>();
    Result* to = out.data<Result>();
    constexpr Index piece = 128;
    const bool large = static_cast<std::size_t>(out.size()) * sizeof(Result) >= stream_bytes;
    if (loop.inner > 1) {
      loop.each_block([&](Index first, Index, Index width) {
        Sum sum[axis_block];
        std::fill_n(sum, width, Sum{});
        if (!large)
          return each_element(loop, first, width, [&](Index e, Index i, Index) {
            to[e] = static_cast<Result>(sum[i] += static_cast<Sum>(from[e]));
          });
        const auto add = [&](Index k, auto rows) {
          Result near[rows][piece];
          for (Index begin = 0; begin < width; begin += piece) {
            const Index n = std::min(piece, width - begin), e = first + k * loop.inner + begin;
            for (Index i = 0; i < n; ++i) {
              Sum s = sum[begin + i];
              for (Index r = 0; r < rows; ++r)
                near[r][i] = static_cast<Result>(s += static_cast<Sum>(from[e + r * loop.inner + i]));
              sum[begin + i] = s;
            }
            for (Index r = 0; r < rows; ++r) stream_elements(to + e + r * loop.inner, near[r], n);
          }
        };
        Index k = 0;
        for (; k + 4 <= loop.n; k += 4) add(k, std::integral_constant<Index, 4>());
        for (; k < loop.n; ++k) add(k, std::integral_constant<Index, 1>());
      });
      return;
    }
    // Each sum waits for the one before it, so several rows are summed beside each other.
    constexpr Index few = 4;
    const auto sum_rest = [&](Index row, Index k, const Sum* begin) {
      const Index rows = std::min(few, loop.outer - row), n = loop.n;
      Sum sum[few] = {};
      if (begin) std::copy_n(begin, few, sum);
      for (; k < n; ++k)
        for (Index r = 0; r < rows; ++r) {
          const Index e = (row + r) * n + k;
          to[e] = static_cast<Result>(sum[r] += static_cast<Sum>(from[e]));
        }
    };
    Index done = 0;
    if constexpr (floating)
      if constexpr (constexpr Index side = Square<T>::n; side * sizeof(T) == simd::line) {
        const bool streams =
            large && loop.n * sizeof(T) % simd::line == 0 && reinterpret_cast<std::uintptr_t>(to) % simd::line == 0;
        if (loop.n >= 64 && (streams || !large)) done = loop.outer / side * side;
        each_task(x.size(), done / side, [&](Index group) {
          const Index row = group * side;
          Sum sum[side];
          const Index k = sum_squares(from + row * loop.n, to + row * loop.n, loop.n, sum, streams);
          if (k < loop.n)
            for (Index r = 0; r < side; r += few) sum_rest(row + r, k, sum + r);
        });
      }
    each_task(x.size(), (loop.outer - done + few - 1) / few,
              [&](Index group) { sum_rest(done + group * few, 0, nullptr); });
  });
  return out;
}

Array norm_scale(const Array& x, const Axes& axes) {
  const AxisLoop loop(x, normalize_axes("norm", axes, x.rank()));
  if (x.size() == 0) return {};
  return with_floating("norm", x.dtype(), [&]<class T>(Type<T>) -> Array {
    const Array high = Array::empty(loop.kept, x.dtype()), low = Array::empty(loop.kept, x.dtype());
    extremes(loop, high.data<T>(), 1);
    extremes(loop, low.data<T>(), -1);
    // Squares of elements up to 2^safe can be added 2^20 times; those below 2^-safe may vanish beside the largest.
    constexpr int limit = std::numeric_limits<T>::max_exponent, safe = limit / 2 - 20;
    bool needed = false;
    for (Index i = 0; i < high.size(); ++i) {
      T& top = high.data<T>()[i];
      top = std::max(std::abs(top), std::abs(low.data<T>()[i]));
      const int exponent = top > 0 && top <= std::numeric_limits<T>::max() ? std::ilogb(top) : 0;
      if (std::abs(exponent) > safe) needed = true;
      top = std::ldexp(T(1), std::clamp(-exponent, 2 - limit, limit - 2));
    }
    return needed ? high : Array();
  });
}

}  // namespace autograd::core
