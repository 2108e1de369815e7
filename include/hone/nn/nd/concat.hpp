#pragma once
#include <hone/nn/nd/build.hpp>

#include <cstring>
#include <span>

namespace hone::inline HONE_ABI::nd {

inline void evaluate_concat(tensor_args const& t) {
  extents const& to = t.form->dims;
  int const axis = t.form->i[0];
  auto const size = static_cast<std::size_t>(size_of(t.type));
  std::size_t const row = static_cast<std::size_t>(to.count(axis, to.rank)) * size;
  auto const rows = static_cast<std::size_t>(to.count(0, axis));
  auto* out = static_cast<std::byte*>(t.out);
  for (tensor_view const& v : t.in) {
    std::size_t const part = v.present() ? static_cast<std::size_t>(v.dims.count(axis, v.dims.rank)) * size : 0;
    if (part == 0) continue;
    for (std::size_t i = 0; i < rows; ++i) std::memcpy(out + i * row, v.as<std::byte>() + i * part, part);
    out += part;
  }
}

inline constexpr op_kind concat_kind = tensor_kind("tensor_concat", evaluate_concat);

// The operands behind each other along `axis` (negative: from the end); they have one type, and the same extents but for
// that axis. One operation for every eight of them. Precondition: there is one.
template <class G>
constexpr int concat(G& g, std::span<int const> xs, int axis, int layer = -1) {
  int result = xs[0];
  for (std::size_t next = 1; next < xs.size();) {
    op o = reading(g, concat_kind, layer, {result});
    extents dims = dims_of(g, result);
    int const along = axis_of(g, o, axis, dims.rank);
    std::int64_t sum = along < 0 ? 0 : dims[along];
    for (std::size_t n = 1; n < max_inputs && next < xs.size(); ++n, ++next) {
      o.input[n] = static_cast<std::int16_t>(xs[next]);
      want_type(g, o, op_at(g, xs[next]).type == o.type);
      extents const other = dims_of(g, xs[next]);
      bool fits = other.rank == dims.rank;
      for (int i = 0; fits && i < dims.rank; ++i) fits = i == along || other[i] == dims[i];
      if (!fits) misfit(g, o, fix::give_extents_that_match, dims, other);
      if (fits && along >= 0) sum += other[along];
    }
    if (along >= 0) dims[along] = static_cast<std::int32_t>(sum < most_elements ? sum : most_elements + 1);
    result = emit_tensor(g, o, {.dims = dims, .i = {along}});
  }
  return result;
}
template <class G>
constexpr int concat(G& g, int a, int b, int axis, int layer = -1) {
  int const both[]{a, b};
  return concat(g, std::span<int const>(both), axis, layer);
}

}  // namespace hone::inline HONE_ABI::nd
