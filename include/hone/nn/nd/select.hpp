#pragma once
#include <hone/nn/nd/blocks.hpp>
#include <hone/nn/nd/build.hpp>

namespace hone::inline HONE_ABI::nd {

inline void evaluate_where(tensor_args const& t) {
  extents const& dims = t.form->dims;
  if (dims.size() == 0) return;
  with_bits(size_of(t.type), [&]<class U>(U) {
    block_reader<std::uint8_t> c(t.in[0].data, load_elements<std::uint8_t>, true, t.in[0].dims, dims);
    block_reader<U> a(t.in[1].data, load_elements<U>, true, t.in[1].dims, dims);
    block_reader<U> b(t.in[2].data, load_elements<U>, true, t.in[2].dims, dims);
    write_blocks<U>(t.out, t.type, dims.size(), [&](U* __restrict out, int n) {
      std::uint8_t const* const choice = c.next(n);
      U const *const x = a.next(n), *const y = b.next(n);
      for (int i = 0; i < n; i += stride)
        for (int j = i; j < i + stride; ++j) out[j] = choice[j] != 0 ? x[j] : y[j];
    });
  });
}

inline constexpr op_kind where_kind = tensor_kind("where", evaluate_where);

// a where the condition (boolean) is true, else b; the three broadcast to each other, a and b have one type.
template <class G>
constexpr int where(G& g, int condition, int a, int b, int layer = -1) {
  op o = reading(g, where_kind, layer, {condition, a, b});
  want_type(g, o, o.type == dtype::boolean && op_at(g, a).type == op_at(g, b).type);
  o.type = op_at(g, a).type;
  extents const both = broadcast_of(g, o, dims_of(g, a), dims_of(g, b));
  return emit_tensor(g, o, {.dims = broadcast_of(g, o, dims_of(g, condition), both)});
}

}  // namespace hone::inline HONE_ABI::nd
