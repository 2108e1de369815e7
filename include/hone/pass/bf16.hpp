#pragma once
#include <hone/pass/rewrite.hpp>

namespace hone::inline HONE_ABI::pass {

// bf16 [rows][cols]: each weight rounded to nearest, ties to even; in: w.
inline constexpr weight_kind round_bf16_kind{"round_bf16", [](weight const& n, weight_args const& a) {
                                               auto const* w = static_cast<float const*>(a.in[0]);
                                               for (int i = 0; i < n.rows * n.cols; ++i)
                                                 static_cast<std::uint16_t*>(a.out)[i] = to_bf16(w[i]);
                                             }};

// Stores the weights of linear operations as bf16; arithmetic and activations stay f32.
template <class G>
constexpr G store_bf16(G g) {
  for (op& o : g.ops)
    if (o.kind->linear && o.param[slot::weight] >= 0 && o.weights == dtype::f32) {
      weight w = step(round_bf16_kind, weight_at(g, o.param[slot::weight]), {o.param[slot::weight], -1, -1, -1});
      w.type = dtype::bf16, o.weights = dtype::bf16;
      o.param[slot::weight] = emit(g, w);
    }
  return g;
}

// f32 [rows][cols]: bf16 weights widened, exactly; in: w.
inline constexpr weight_kind widen_bf16_kind{"widen_bf16", [](weight const& n, weight_args const& a) {
                                               auto const* w = static_cast<std::uint16_t const*>(a.in[0]);
                                               for (int i = 0; i < n.rows * n.cols; ++i)
                                                 static_cast<float*>(a.out)[i] = from_bf16(w[i]);
                                             }};
// The same function with weights in f32 again, for kernels that do not widen.
template <class G>
constexpr G widen_bf16(G g) {
  for (op& o : g.ops)
    if (o.weights == dtype::bf16) {
      weight w = step(widen_bf16_kind, weight_at(g, o.param[slot::weight]), {o.param[slot::weight], -1, -1, -1});
      w.type = dtype::f32, o.weights = dtype::f32;
      o.param[slot::weight] = emit(g, w);
    }
  return g;
}

}  // namespace hone::inline HONE_ABI::pass
