#pragma once
#include <hone/nn/nd/build.hpp>

#include <algorithm>

namespace hone::inline HONE_ABI::nd {

namespace detail {
// Whether a stands before b among the most wanted; NaNs are the largest numbers.
template <class C>
constexpr bool stands_before(C a, C b, bool most) {
  bool const none_a = not_a_number(a), none_b = not_a_number(b);
  if (none_a || none_b) return none_a != none_b && none_a == most;
  return most ? a > b : a < b;
}
}  // namespace detail

// Attributes: the axis, whether the largest are wanted. Scratch: 4 bytes for each element along the axis.
inline void evaluate_top_k(tensor_args const& t) {
  extents const& from = t.in[0].dims;
  int const axis = t.form->i[0], n = from[axis], k = t.form->dims[axis];
  bool const most = t.form->i[1] != 0;
  std::int64_t const outer = from.count(0, axis), inner = from.count(axis + 1, from.rank);
  auto* const order = static_cast<std::int32_t*>(t.scratch);
  auto* const out = static_cast<std::int64_t*>(t.out);
  if (k == 0) return;
  with_stored(t.in[0].type, [&]<class S>(S) {
    for (std::int64_t o = 0; o < outer; ++o)
      for (std::int64_t j = 0; j < inner; ++j) {
        S const* const x = t.in[0].as<S>() + o * n * inner + j;
        auto const before = [&](std::int32_t a, std::int32_t b) {
          computed<S> const u = value_of(x[a * inner]), v = value_of(x[b * inner]);
          return detail::stands_before(u, v, most) || (!detail::stands_before(v, u, most) && a < b);
        };
        for (std::int32_t i = 0; i < n; ++i) order[i] = i;
        std::partial_sort(order, order + k, order + n, before);
        for (std::int64_t i = 0; i < k; ++i) out[(o * k + i) * inner + j] = order[i];
      }
  });
}

inline constexpr op_kind top_k_kind = tensor_kind("top_k", evaluate_top_k);

// Where along `axis` (negative: from the end) the k largest elements (or smallest) are, as i64, the first of them first; of
// equal ones the earlier one. NaNs are the largest. nd::gather_elements takes the elements themselves.
template <class G>
constexpr int top_k(G& g, int x, int k, int axis, bool largest = true, int layer = -1) {
  op o = reading(g, top_k_kind, layer, {x});
  extents dims = dims_of(g, x);
  want_type(g, o, is_number(o.type));
  o.type = dtype::i64;
  int const along = axis_of(g, o, axis, dims.rank);
  if (along >= 0) {
    extents wanted = dims;
    wanted[along] = k;
    if (k < 0 || k > dims[along]) misfit(g, o, fix::give_extents_that_match, dims, wanted);
    o.scratch = dims[along] * 4;
    dims[along] = k < 0 || k > dims[along] ? dims[along] : k;
  }
  return emit_tensor(g, o, {.dims = dims, .i = {along, largest}});
}

}  // namespace hone::inline HONE_ABI::nd
