#pragma once
#include <hone/nn/nd/build.hpp>
#include <hone/nn/nd/columns.hpp>

namespace hone::inline HONE_ABI::nd {

namespace detail {
// Whether v takes the place of `best`: beyond it, or a NaN where that is none; equals do where `last`.
template <class C>
constexpr bool takes_place(C v, C best, bool most, bool last) {
  if (not_a_number(v) || not_a_number(best)) return not_a_number(v) && (last || !not_a_number(best));
  return (most ? v > best : v < best) || (last && v == best);
}
template <class S>
void arg_columns(S const* x, std::int64_t* out, columns const& c, bool most, bool last) {
  computed<S> best[columns::wide];
  for (int j = 0; j < c.count; ++j) best[j] = value_of(x[j]), out[j] = 0;
  for (std::int32_t i = 1; i < c.rows; ++i)
    for (int j = 0; j < c.count; ++j) {
      computed<S> const v = value_of(x[i * c.step + j]);
      if (takes_place(v, best[j], most, last)) best[j] = v, out[j] = i;
    }
}
}  // namespace detail

// Attributes: the axis, whether the largest is wanted, whether the last one is.
inline void evaluate_arg(tensor_args const& t) {
  auto const& i = t.form->i;
  auto* out = static_cast<std::int64_t*>(t.out);
  with_stored(t.in[0].type, [&]<class S>(S) {
    for_columns(t.in[0].dims, i[0], [&](columns const& c) {
      detail::arg_columns(t.in[0].as<S>() + c.first, out, c, i[1] != 0, i[2] != 0);
      out += c.count;
    });
  });
}

inline constexpr op_kind arg_kind = tensor_kind("arg", evaluate_arg);

namespace detail {
template <class G>
constexpr int arg(G& g, int x, int axis, bool keep_dims, bool most, bool last, int layer) {
  op o = reading(g, arg_kind, layer, {x});
  extents const from = dims_of(g, x);
  want_type(g, o, is_number(o.type));
  o.type = dtype::i64;
  int const along = axis_of(g, o, axis, from.rank);
  if (along >= 0 && from[along] == 0) misfit(g, o, fix::use_positive_extents, {}, from);
  extents dims;
  for (int i = 0; i < from.rank; ++i)
    if (i != along || keep_dims) dims.push_back(i == along ? 1 : from[i]);
  return emit_tensor(g, o, {.dims = dims, .i = {along, most, last}});
}
}  // namespace detail

// Where along `axis` (negative: from the end) the largest element is, as i64; of several the first, or the last if
// `last`. A NaN counts as the largest. keep_dims: the axis stays, with extent 1.
template <class G>
constexpr int arg_max(G& g, int x, int axis, bool keep_dims, bool last, int layer = -1) {
  return detail::arg(g, x, axis, keep_dims, true, last, layer);
}
// The same of the smallest; a NaN counts as that.
template <class G>
constexpr int arg_min(G& g, int x, int axis, bool keep_dims, bool last, int layer = -1) {
  return detail::arg(g, x, axis, keep_dims, false, last, layer);
}

}  // namespace hone::inline HONE_ABI::nd
