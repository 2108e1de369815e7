#pragma once
#include <hone/nn/nd/blocks.hpp>
#include <hone/nn/nd/build.hpp>
#include <hone/nn/nd/convert.hpp>

namespace hone::inline HONE_ABI::nd {

namespace detail {
// Blocks of X, which holds every element of the source's type, as elements of T.
template <class X, class T>
void cast_blocks(tensor_args const& t, load_function<X> load, bool direct) {
  extents const& dims = t.form->dims;
  block_reader<X> x(
      t.in[0].data, load, direct, {static_cast<std::int32_t>(dims.size())}, {static_cast<std::int32_t>(dims.size())});
  write_blocks<T>(t.out, t.type, dims.size(), [&](T* __restrict out, int n) {
    X const* const from = x.next(n);
    for (int i = 0; i < n; i += stride)
      for (int j = i; j < i + stride; ++j) out[j] = convert_to<T>(from[j]);
  });
}
template <class X>
void cast_from(tensor_args const& t, load_function<X> load, bool direct) {
  with_stored(t.type, [&]<class T>(T) { cast_blocks<X, T>(t, load, direct); });
}
}  // namespace detail

inline void evaluate_cast(tensor_args const& t) {
  if (t.form->dims.size() == 0) return;
  switch (t.in[0].type) {
    case dtype::f32: return detail::cast_from<float>(t, load_elements<float>, true);
    case dtype::f16: return detail::cast_from<float>(t, load_elements<half>, false);
    case dtype::bf16: return detail::cast_from<float>(t, load_elements<brain>, false);
    case dtype::f64: return detail::cast_from<double>(t, load_elements<double>, true);
    case dtype::i8: return detail::cast_from<std::int32_t>(t, load_elements<std::int8_t, std::int32_t>, false);
    case dtype::u8: return detail::cast_from<std::int32_t>(t, load_elements<std::uint8_t, std::int32_t>, false);
    case dtype::i16: return detail::cast_from<std::int32_t>(t, load_elements<std::int16_t, std::int32_t>, false);
    case dtype::u16: return detail::cast_from<std::int32_t>(t, load_elements<std::uint16_t, std::int32_t>, false);
    case dtype::boolean: return detail::cast_from<std::int32_t>(t, load_elements<truth, std::int32_t>, false);
    case dtype::i32: return detail::cast_from<std::int32_t>(t, load_elements<std::int32_t>, true);
    case dtype::u32: return detail::cast_from<std::int64_t>(t, load_elements<std::uint32_t, std::int64_t>, false);
    case dtype::i64: return detail::cast_from<std::int64_t>(t, load_elements<std::int64_t>, true);
    case dtype::u64: return detail::cast_from<std::uint64_t>(t, load_elements<std::uint64_t>, true);
  }
}

inline constexpr op_kind cast_kind = tensor_kind("cast", evaluate_cast);

// The elements as numbers of another type. To f16 and bf16, and from integers to floats: the nearest, ties to even. From
// floats to integers: towards zero, clipped to what the type holds, NaN to 0 (ONNX leaves both open). Between integers:
// the low bits. To booleans: whether it is not zero.
template <class G>
constexpr int cast(G& g, int x, dtype type, int layer = -1) {
  op o = reading(g, cast_kind, layer, {x});
  o.type = type;
  return emit_tensor(g, o, {.dims = dims_of(g, x)});
}

}  // namespace hone::inline HONE_ABI::nd
