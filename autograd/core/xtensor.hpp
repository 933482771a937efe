// The one place where xtensor enters: arrays from its expressions, and its adaptors over our memory.
#pragma once

#include <type_traits>
#include <vector>

#include <xtensor/xtensor_config.hpp>
#if __has_include(<xtensor/containers/xadapt.hpp>)
#include <xtensor/containers/xadapt.hpp>
#include <xtensor/containers/xarray.hpp>
#else
#include <xtensor/xadapt.hpp>
#include <xtensor/xarray.hpp>
#endif

#include <autograd/core/array.hpp>

#if XTENSOR_VERSION_MAJOR == 0 && XTENSOR_VERSION_MINOR < 25
// A guard `__cplusplus == 201703L` in these versions makes xt::eval of a dynamic array a 4-dimensional xtensor under
// C++20, which ends in std::bad_alloc. This is the branch that C++17 takes.
template <>
struct xt::detail::xtype_for_shape<xt::dynamic_shape<std::size_t>> {
  template <class T, xt::layout_type L>
  using type = xt::xarray<T, L>;
};
#endif

namespace autograd::core {

/// Any xtensor expression: a container, a view, an unevaluated function.
template <class E>
concept XtensorExpression = xt::is_xexpression<std::remove_cvref_t<E>>::value;

/// The element type that stands for T: bool and the floating types themselves, int64 for every integer.
template <class T>
using ElementOf = std::conditional_t<std::is_same_v<T, bool> || std::is_same_v<T, float>, T,
                                     std::conditional_t<std::is_floating_point_v<T>, double, std::int64_t>>;

/// A row-major copy of an xtensor expression. Integers become int64, long double becomes float64.
template <XtensorExpression E>
Array from_xtensor(const E& e) {
  using T = ElementOf<std::remove_cvref_t<typename E::value_type>>;
  Shape shape;
  for (auto d : e.shape()) shape.push_back(static_cast<Index>(d));
  Array out = Array::empty(shape, dtype_of<T>);
  T* to = out.data<T>();
  for (auto it = e.template begin<xt::layout_type::row_major>(), last = e.template end<xt::layout_type::row_major>();
       it != last; ++it)
    *to++ = static_cast<T>(*it);
  return out;
}

/// An xtensor adaptor over an array's elements, without a copy; T may be const. It does not keep the array alive.
template <class T>
auto to_xtensor(const Array& a) {
  if (a.dtype() != dtype_of<std::remove_const_t<T>>)
    throw DtypeError("array",
                     "asked for " + std::string(name_of(dtype_of<std::remove_const_t<T>>)) + ", the tensor holds " +
                         std::string(name_of(a.dtype())),
                     "Ask for its own element type, or convert with cast.");
  const xt::dynamic_shape<std::size_t> shape(a.shape().begin(), a.shape().end());
  const xt::dynamic_shape<std::ptrdiff_t> strides = [&] {
    xt::dynamic_shape<std::ptrdiff_t> s(a.strides().begin(), a.strides().end());
    // xtensor marks dimensions of extent 1 (and broadcast ones) by a stride of 0.
    for (std::size_t d = 0; d < s.size(); ++d)
      if (shape[d] == 1) s[d] = 0;
    return s;
  }();
  // xtensor wants the number of elements here, whatever the strides reach: it throws for any other.
  return xt::adapt(a.data<T>(), static_cast<std::size_t>(a.size()), xt::no_ownership(), shape, strides);
}

}  // namespace autograd::core
