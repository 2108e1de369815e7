#pragma once
#include <hone/nn/layer.hpp>

namespace hone::inline HONE_ABI {

// f32 -> u8: q = clamp(rne(x * scale[0]) + zero, 0, 255); parameter `scale` is the reciprocal of the edge's step.
// Inserted by pass/quantize.hpp; has no float reference, because in the float network it is not there.
inline constexpr op_kind quantize_kind{
    .name = "quantize",
    .infer = nn::keep_shape,
    .count =
        [](op const& o, vector_shape const& v) {
          work w{};
          double const n = ceil_div(o.out.size(), v.lanes);
          w.vector_uops = 8 * n, w.load_uops = n, w.store_uops = n / 4, w.tiles = 1;
          w.bytes_read = 4.0 * o.in.size(), w.bytes_written = o.bytes_out();
          return w;
        },
};
// u8 -> f32: y = f32(q - from_zero) * scale[0].
inline constexpr op_kind dequantize_kind{
    .name = "dequantize",
    .infer = nn::keep_shape,
    .count =
        [](op const& o, vector_shape const& v) {
          work w{};
          double const n = ceil_div(o.out.size(), v.lanes);
          w.vector_uops = 4 * n, w.load_uops = n, w.store_uops = n, w.tiles = 1;
          w.bytes_read = o.in.size(), w.bytes_written = o.bytes_out();
          return w;
        },
};

}  // namespace hone::inline HONE_ABI
