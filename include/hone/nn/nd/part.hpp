#pragma once
#include <hone/nn/nd/build.hpp>

namespace hone::inline HONE_ABI::nd {

// Elements [at, at + size of the result) of x.
inline void evaluate_part(tensor_args const& a) {
  std::size_t const size = static_cast<std::size_t>(size_of(a.type));
  auto const* const from = a.in[0].as<unsigned char>() + static_cast<std::size_t>(a.form->i[0]) * size;
  __builtin_memcpy(a.out, from, static_cast<std::size_t>(a.form->dims.size()) * size);
}
inline constexpr op_kind part_kind = tensor_kind("part", evaluate_part);

// The elements of x, in order, from number `at` on, as a tensor of extents dims.
template <class G>
constexpr int part(G& g, int x, std::int64_t at, extents const& dims, int layer = -1) {
  op o = reading(g, part_kind, layer, {x});
  if (at < 0 || at + dims.size() > op_at(g, x).out.size())
    misfit(g, o, fix::give_extents_that_match, dims_of(g, x), dims);
  return emit_tensor(g, o, {.dims = dims, .i = {static_cast<std::int32_t>(at)}});
}

}  // namespace hone::inline HONE_ABI::nd
