#pragma once
#include <hone/core/quantized.hpp>
#include <hone/nn/float_work.hpp>
#include <hone/nn/gradient.hpp>

#include <bit>

namespace hone::inline HONE_ABI {
namespace nn {

// y = act(x * scale[c] + shift[c])
template <class T>
constexpr void batch_norm_reference(op const& o, args<T> const& a) {
  int const c = o.out.c;
  for (int p = 0; p < a.batch * o.out.pixels(); ++p) {
    T const* x = a.in[0] + p * c;
    T* y = a.out + p * c;
    for (int k = 0; k < c; ++k) y[k] = x[k] * a.param[slot::weight][k] + a.param[slot::bias][k];
  }
  activate(o.act, a.out, a.batch * o.out.size());
}
template <class T>
void batch_norm_gradient(op const& o, grad_args<T> const& a) {
  before_activation<T> const before(o, a, batch_norm_reference<T>);
  int const c = o.out.c;
  before.add_sums_to(a.dparam[slot::bias], c);
  for (int p = 0; p < a.batch * o.out.pixels(); ++p) {
    T const *d = before.data() + p * c, *x = a.in[0] + p * c;
    for (int k = 0; k < c && a.dparam[slot::weight] != nullptr; ++k) a.dparam[slot::weight][k] += d[k] * x[k];
    for (int k = 0; k < c && a.din[0] != nullptr; ++k) a.din[0][p * c + k] += d[k] * a.param[slot::weight][k];
  }
}

}  // namespace nn

// scale = gamma / sqrt(variance + epsilon); in: gamma, variance; attr[0]: epsilon's bits. (Settled, here and below, because
// int8 weights are made of it: no flag of a compiler may change a bit.)
inline constexpr weight_kind norm_scale_kind{
    "norm_scale", [](weight const& n, weight_args const& a) {
      auto const* gamma = static_cast<float const*>(a.in[0]);
      auto const* variance = static_cast<float const*>(a.in[1]);
      float const epsilon = std::bit_cast<float>(n.attr[0]);
      for (int i = 0; i < n.cols; ++i)
        static_cast<float*>(a.out)[i] = settled(gamma[i]) / settled(__builtin_sqrtf(settled(variance[i] + epsilon)));
    }};
// shift = beta - mean * scale; in: beta, mean, scale.
inline constexpr weight_kind norm_shift_kind{"norm_shift", [](weight const& n, weight_args const& a) {
                                               auto const* beta = static_cast<float const*>(a.in[0]);
                                               auto const* mean = static_cast<float const*>(a.in[1]);
                                               auto const* scale = static_cast<float const*>(a.in[2]);
                                               for (int i = 0; i < n.cols; ++i)
                                                 static_cast<float*>(a.out)[i] = beta[i] - settled(mean[i] * scale[i]);
                                             }};

// Normalisation by stored statistics: a scale and a shift a channel. Passes fold it into the linear layer before it.
inline constexpr op_kind batch_norm_kind{
    .name = "batch_norm",
    .infer = nn::keep_shape,
    .count =
        [](op const& o, vector_shape const& v) {
          work w = nn::float_pixel_work(o, v, o.out.c, 0);
          w.macs = o.out.size(), w.mac_uops = w.store_uops, w.load_uops = 3 * w.store_uops;
          w.vector_uops += v.fma ? 0 : w.mac_uops, w.bytes_weights = 8.0 * o.out.c;
          return w;
        },
    .reference_f32 = nn::batch_norm_reference<float>,
    .reference_f64 = nn::batch_norm_reference<double>,
};

namespace nn {
// Batch normalisation over rows, columns and batch. Parameters: gamma, beta, mean, variance, each [c]; epsilon 1e-5.
struct batch_norm {
  static constexpr char const* name = "batch_norm";
  static constexpr float epsilon = 1e-5f;
  template <class G>
  static constexpr int lower(G& g, int x, int at) {
    op o = reading(batch_norm_kind, x, at);
    int const c = op_at(g, x).out.c;
    auto const leaf = [&](role r) { return parameter(g, at, r, {1, 1, 1, c}); };
    std::int16_t const gamma = leaf(role::gamma), beta = leaf(role::beta);
    std::int16_t const mean = leaf(role::mean), variance = leaf(role::variance);
    weight scale{}, shift{};
    scale.kind = &norm_scale_kind, scale.rows = 1, scale.cols = c, scale.layer = o.layer, scale.what = role::scale;
    scale.dims = shift.dims = {1, 1, 1, c};
    scale.in = {gamma, variance, -1, -1}, scale.attr[0] = std::bit_cast<std::int32_t>(epsilon);
    o.param[slot::weight] = emit(g, scale);
    shift.kind = &norm_shift_kind, shift.rows = 1, shift.cols = c, shift.layer = o.layer, shift.what = role::bias;
    shift.in = {beta, mean, o.param[slot::weight], -1};
    o.param[slot::bias] = emit(g, shift);
    return emit(g, o);
  }
};
}  // namespace nn
}  // namespace hone::inline HONE_ABI
