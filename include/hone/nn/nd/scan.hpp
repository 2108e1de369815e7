#pragma once
#include <hone/nn/nd/binary_functions.hpp>
#include <hone/nn/nd/build.hpp>
#include <hone/nn/nd/columns.hpp>
#include <hone/nn/nd/convert.hpp>

namespace hone::inline HONE_ABI::nd {

namespace detail {
template <class S>
void cumsum_columns(S const* x, S* out, columns const& c, bool exclusive, bool reverse) {
  using A = std::conditional_t<std::is_integral_v<computed<S>>, std::uint64_t, double>;
  A sum[columns::wide]{};
  for (std::int32_t k = 0; k < c.rows; ++k) {
    std::int64_t const row = (reverse ? c.rows - 1 - k : k) * c.step;
    for (int j = 0; j < c.count; ++j) {
      A const before = sum[j];
      sum[j] += static_cast<A>(value_of(x[row + j]));
      out[row + j] = convert_to<S>(exclusive ? before : sum[j]);
    }
  }
}
}  // namespace detail

// Attributes: the axis, exclusive, reverse.
inline void evaluate_cumsum(tensor_args const& t) {
  auto const& i = t.form->i;
  with_stored(t.type, [&]<class S>(S) {
    for_columns(t.form->dims, i[0], [&](columns const& c) {
      detail::cumsum_columns(t.in[0].as<S>() + c.first, static_cast<S*>(t.out) + c.first, c, i[1] != 0, i[2] != 0);
    });
  });
}

inline constexpr op_kind cumsum_kind = tensor_kind("cumsum", evaluate_cumsum);

// Sums of x up to every element along one axis, without the element itself if `exclusive`, from the end if `reverse`.
// Floats are summed in double, integers wrap.
template <class G>
constexpr int cumsum(G& g, int x, int axis, bool exclusive, bool reverse, int layer = -1) {
  op const o = reading(g, cumsum_kind, layer, {x});
  extents const dims = dims_of(g, x);
  want_type(g, o, is_number(o.type));
  return emit_tensor(g, o, {.dims = dims, .i = {axis_of(g, o, axis, dims.rank), exclusive, reverse}});
}

}  // namespace hone::inline HONE_ABI::nd
