#pragma once
#include <hone/core/quantized.hpp>
#include <hone/nn/layer.hpp>

// Operations between quantised edges that networks quantised elsewhere need (ONNX's QDQ form): defined on stored numbers,
// with zero points of any value. Everything is u8; an s8 edge is stored 128 higher.
namespace hone::inline HONE_ABI {
namespace nn {

inline void table_reference(op const& o, stored_args const& a) {
  auto const* const table = static_cast<std::uint8_t const*>(a.param[slot::weight]);
  for (int i = 0; i < a.batch * o.out.size(); ++i) a.out[i] = table[a.in[0][i]];
}
constexpr work table_work(op const& o, vector_shape const& v) {
  work w{};
  double const n = o.out.size(), vectors = ceil_div(o.out.size(), 4 * v.lanes);
  if (v.lanes < 4)
    w.load_uops = 2 * n, w.store_uops = n;
  else
    w.vector_uops = 48 * vectors + 16, w.load_uops = vectors + 16, w.store_uops = vectors;
  w.tiles = 1, w.bytes_read = w.bytes_written = n;
  return w;
}

template <std::uint8_t (*Result)(float, float, float, int)>
void pair_reference(op const& o, stored_args const& a) {
  auto const* const scale = static_cast<float const*>(a.param[slot::scale]);
  for (int i = 0; i < a.batch * o.out.size(); ++i) {
    float const x = dequantize(a.in[0][i], o.from_zero, scale[0]), y = dequantize(a.in[1][i], o.addend_zero, scale[1]);
    a.out[i] = clipped(Result(x, y, scale[2], o.zero), o.least, o.most);
  }
}
constexpr work pair_work(op const& o, vector_shape const& v) {
  work w{};
  double const vectors = ceil_div(o.out.size(), v.lanes);
  w.vector_uops = vectors * (v.lanes < 4 ? 30 : 13), w.load_uops = 2 * vectors, w.store_uops = vectors / 4;
  w.tiles = 1, w.bytes_read = 2.0 * o.out.size(), w.bytes_written = o.out.size();
  return w;
}
constexpr inferred pair_shape(op const&, shape const* in) {
  return {in[0], in[0] == in[1] ? fix::none : fix::give_both_branches_the_same_shape, in[0], in[1]};
}

}  // namespace nn

// y = table[x]: any function from one quantised edge to another. Parameter weight, u8 [256].
inline constexpr op_kind table_kind{
    .name = "table",
    .infer = nn::keep_shape,
    .count = nn::table_work,
    .reference_u8 = nn::table_reference,
};
// clip(quantize(dequantize(a, from_zero) + dequantize(b, addend_zero), zero), least, most). Parameter scale, f32 [3]: the
// steps of a and b, the reciprocal of the result's. ONNX divides by the result's step instead: near-ties aside (under 1
// in 10^4 of results where no step is a simple multiple of another) that is the same.
inline constexpr op_kind qadd_kind{
    .name = "qadd",
    .infer = nn::pair_shape,
    .count = nn::pair_work,
    .reference_u8 = nn::pair_reference<sum_of>,
};
// The same with the product.
inline constexpr op_kind qmul_kind{
    .name = "qmul",
    .infer = nn::pair_shape,
    .count = nn::pair_work,
    .reference_u8 = nn::pair_reference<product_of>,
};

}  // namespace hone::inline HONE_ABI
