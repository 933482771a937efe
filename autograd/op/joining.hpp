// Joining and splitting: several tensors made one along an axis, one made several.
#pragma once

#include <concepts>
#include <vector>

#include <autograd/op/slicing.hpp>

namespace autograd {
namespace op {

/// y = x1, x2, ... one after the other along an axis; each gets its part of the cotangent
struct Concatenate {
  static constexpr std::string_view name = "concatenate";
  Index axis = 0;
  core::Array value(std::span<const core::Array> x) const { return core::concatenate(x, axis); }
  void pullback(const auto& g, std::span<const Shape> x, const auto& give) const {
    const std::size_t d = core::normalize_axis(name, axis, g.rank());
    Index at = 0;
    for (std::size_t k = 0; k < x.size(); at += x[k++][d])
      give(k, [&] { return core::sliced(g, core::along(g.shape(), d, at, x[k][d])); });
  }
};

/// y = x1, x2, ... one after the other along a new axis; each gets its slice of the cotangent
struct Stack {
  static constexpr std::string_view name = "stack";
  Index axis = 0;
  core::Array value(std::span<const core::Array> x) const { return core::stack(x, axis); }
  void pullback(const auto& g, std::span<const Shape> x, const auto& give) const {
    const std::size_t d = core::normalize_axis(name, axis, g.rank());
    for (std::size_t k = 0; k < x.size(); ++k)
      give(k, [&] { return core::sliced(g, core::at(g.shape(), d, static_cast<Index>(k))); });
  }
};

}  // namespace op

/// The tensors one after the other along an axis: concatenate({a, b + c}, 1). Throws ShapeError when other
/// extents differ, DtypeError when dtypes do.
template <std::same_as<Tensor> T = Tensor>
T concatenate(const std::vector<T>& x, Index axis = 0, SourceLocation where = SourceLocation::current()) {
  return evaluate_list(op::Concatenate{axis}, x, where);
}
/// Tensors of one shape, one after the other along a new axis. Throws ShapeError, DtypeError.
template <std::same_as<Tensor> T = Tensor>
T stack(const std::vector<T>& x, Index axis = 0, SourceLocation where = SourceLocation::current()) {
  return evaluate_list(op::Stack{axis}, x, where);
}

namespace core {
// The slices of x by some windows.
template <class X>
auto slices(const X& x, const std::vector<Window>& windows, SourceLocation where) {
  std::vector<X> out;
  for (const Window& w : windows) out.push_back(sliced(x, w, where));
  return out;
}
}  // namespace core

/// x cut into equal parts along an axis; views. Throws ShapeError when the parts would not be equal.
template <Differentiable X>
auto split(X&& x, Index sections, Index axis = 0, SourceLocation where = SourceLocation::current()) {
  auto t = core::named(x, where);
  return core::slices(t, core::parts(t.shape(), sections, axis), where);
}
/// x cut at these places along an axis, as NumPy does: {2, 5} gives x[:2], x[2:5], x[5:]; views.
template <Differentiable X>
auto split(X&& x, std::initializer_list<Index> places, Index axis = 0,
           SourceLocation where = SourceLocation::current()) {
  auto t = core::named(x, where);
  return core::slices(t, core::parts(t.shape(), std::span(places.begin(), places.size()), axis), where);
}
template <Differentiable X>
auto split(X&& x, const std::vector<Index>& places, Index axis = 0, SourceLocation where = SourceLocation::current()) {
  auto t = core::named(x, where);
  return core::slices(t, core::parts(t.shape(), std::span(places), axis), where);
}

}  // namespace autograd
