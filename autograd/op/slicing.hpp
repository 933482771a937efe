// Slicing: x[1:5, ::-1, 3], reading a part of a tensor and changing one.
//
// A slice is a view. A tensor on a tape does not change: index_update gives a new one, with gradients to the
// old one and to what was put in; `assign` writes in place to a constant and refuses everything else.
#pragma once

#include <tuple>

#include <autograd/core/indexing.hpp>
#include <autograd/op/layout.hpp>

namespace autograd {

namespace core {
// x[window], as an op.
template <class X>
auto sliced(const X& x, const Window& window, SourceLocation where = {});
/// IndexUpdate or IndexAdd, as one statement where the value is an unnamed expression; in autograd/evaluate.hpp.
template <class Op, class V>
Tensor evaluate_update(const Op& op, const Tensor& x, const V& value, SourceLocation where);
}  // namespace core

namespace op {

/// y = x with x[window] = v; linear in x and v together
struct IndexUpdate {
  static constexpr std::string_view name = "index_update";
  static constexpr bool adds = false;
  core::Window window;
  core::Array value(std::span<const core::Array> x) const {
    const core::Array v = core::fitted(name, x[1], window.shape, x[0].dtype());
    const core::Array y = x[0].copy();
    core::copy_into(window.of(name, y), v);
    return y;
  }
  void pullback(const auto& g, std::span<const Shape> x, const auto& give) const {
    give(0, [&] { return evaluate_list(*this, {g, core::filled(g, 0, {})}); });
    give(1, [&] { return sum_to(core::sliced(g, window), x[1]); });
  }
};

/// y = x with x[window] += v; linear in x and v together
struct IndexAdd {
  static constexpr std::string_view name = "index_add";
  static constexpr bool adds = true;
  core::Window window;
  core::Array value(std::span<const core::Array> x) const {
    const core::Array v = core::fitted(name, x[1], window.shape, x[0].dtype());
    const core::Array y = x[0].copy();
    core::add_into(window.of(name, y), v);
    return y;
  }
  void pullback(const auto& g, std::span<const Shape> x, const auto& give) const {
    give(0, [&] { return g; });
    give(1, [&] { return sum_to(core::sliced(g, window), x[1]); });
  }
};

/// y = x[window]; the cotangent goes to the window of a tensor of zeros
struct Slice {
  static constexpr std::string_view name = "slice";
  core::Window window;
  auto value(const core::Array& x) const { return window.of(name, x); }
  auto pullback(const auto& g, const auto&, const auto& x) const {
    return evaluate_list(IndexUpdate{window}, {core::filled(g, 0, x.shape()), g});
  }
  void pullback_into(const core::Array& to, const core::Array& g) const { core::add_into(part(to), g); }
  core::Array part(const core::Array& x) const { return window.of(name, x); }
};

}  // namespace op

template <class X>
auto core::sliced(const X& x, const Window& window, SourceLocation where) {
  return evaluate_at(where, op::Slice{window}, x);
}

/// A part of x, as NumPy's x[...]; a view. Each item is a range(start, stop, step), `all`, an integer (the
/// axis is dropped), `newaxis` or `ellipsis`; axes that are not mentioned stay whole. Ranges are clamped;
/// throws ShapeError for an integer out of range or too many items.
template <Differentiable X, std::convertible_to<SliceItem>... I>
auto slice(X&& x, SliceItem first, const I&... rest) {
  const auto t = core::named(x, first.where);
  const SliceItem items[] = {first, rest...};
  return core::sliced(t, core::window("slice", t.shape(), items), first.where);
}

namespace core {
// Applies Op to x, the window that the items name, and the value that stands behind them.
template <class Op, class X, class... R>
auto change_slice(const X& x, const SliceItem& first, const R&... rest) {
  const auto t = named(x, first.where);
  return [&]<std::size_t... I>(const auto& arguments, std::index_sequence<I...>) {
    const SliceItem items[] = {first, std::get<I>(arguments)...};
    const auto& value = std::get<sizeof...(I)>(arguments);
    return evaluate_update(Op{window(Op::name, t.shape(), items)}, t, value, first.where);
  }(std::tie(rest...), std::make_index_sequence<sizeof...(R) - 1>{});
}
}  // namespace core

/// x with the part that the items name (as in `slice`) replaced by `value`, the last argument, which is a number or
/// broadcasts to the part: a new tensor, with gradients to x and to the value. Throws ShapeError, DtypeError.
template <Differentiable X, class... ItemsThenValue>
  requires(sizeof...(ItemsThenValue) >= 1)
auto index_update(X&& x, SliceItem first, const ItemsThenValue&... rest) {
  return core::change_slice<op::IndexUpdate>(x, first, rest...);
}
/// x with `value`, the last argument, added to the part that the items name; otherwise as index_update.
template <Differentiable X, class... ItemsThenValue>
  requires(sizeof...(ItemsThenValue) >= 1)
auto index_add(X&& x, SliceItem first, const ItemsThenValue&... rest) {
  return core::change_slice<op::IndexAdd>(x, first, rest...);
}

/// Writes `value`, which broadcasts, to the elements of a view in place: assign(slice(x, 0), 1.0) changes x.
/// Only among constants: throws TapeError when either is on a tape, ShapeError when the target is no view of
/// anything or repeats elements, and a tape that saved the old elements refuses to differentiate.
template <Differentiable To, class V>
void assign(To&& to, const V& value, SourceLocation where = SourceLocation::current()) {
  using T = decltype(core::named(to, where));
  const T target(std::forward<To>(to));
  const T source = core::named_as(target.dtype(), value, where);
  if (source.tag() != 0)
    throw TapeError("assign", "the value is on a tape, its gradient would be lost", "Write x = index_update(x, ...).");
  const core::Array from = core::fitted("assign", source.data(), target.shape(), target.dtype());
  core::need_writable(target.data());
  target.prepare_write("assign");
  core::copy_into(target.data(), from.shares_memory(target.data()) ? from.copy() : from);
}

/// x with elements of `value` around it: before and after each axis. Throws ShapeError.
template <Differentiable X>
auto pad(X&& x, const core::Padding& widths, double value = 0, SourceLocation where = SourceLocation::current()) {
  const auto t = core::named(x, where);
  const core::Window inside = core::inside(t.shape(), widths);
  return evaluate_list(op::IndexUpdate{inside}, {core::filled(t, value, inside.source), t}, where);
}
/// The same width before and after every axis.
template <Differentiable X>
auto pad(X&& x, Index width, double value = 0, SourceLocation where = SourceLocation::current()) {
  const auto t = core::named(x, where);
  return pad(t, core::Padding(t.rank(), {width, width}), value, where);
}

}  // namespace autograd
