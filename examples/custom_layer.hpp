// A user's layer, outside Hone: prelu, whose slope for negative values is learned, one a channel. A descriptor with the
// operation's meaning, derivative and cost, and a layer that places it in a graph. The SIMD kernel is in
// custom_layer-inl.hpp; without it prelu would run its reference.
#pragma once
#include <hone/hone.hpp>

namespace mine {

// y = x > 0 ? x : slope[c] * x
template <class T>
constexpr void prelu_reference(hone::op const& o, hone::args<T> const& a) {
  int const c = o.out.c;
  for (int i = 0; i < a.batch * o.out.size(); ++i)
    a.out[i] = a.in[0][i] > T(0) ? a.in[0][i] : a.in[0][i] * a.param[hone::slot::weight][i % c];
}
template <class T>
constexpr void prelu_gradient(hone::op const& o, hone::grad_args<T> const& a) {
  int const c = o.out.c;
  for (int i = 0; i < a.batch * o.out.size(); ++i) {
    bool const positive = a.in[0][i] > T(0);
    if (a.din[0] != nullptr) a.din[0][i] += positive ? a.dout[i] : a.dout[i] * a.param[hone::slot::weight][i % c];
    if (a.dparam[hone::slot::weight] != nullptr && !positive)
      a.dparam[hone::slot::weight][i % c] += a.dout[i] * a.in[0][i];
  }
}

inline constexpr hone::op_kind prelu_kind{
    .name = "prelu",
    .infer = hone::nn::keep_shape,
    .count =
        [](hone::op const& o, hone::vector_shape const& v) {
          hone::work w{};
          double const n = double(o.out.pixels()) * hone::ceil_div(o.out.c, v.lanes);
          w.vector_uops = 3 * n, w.load_uops = 2 * n, w.store_uops = n, w.tiles = 1;  // multiply, compare, select
          w.bytes_read = 4.0 * o.in.size(), w.bytes_written = o.bytes_out(), w.bytes_weights = 4.0 * o.out.c;
          return w;
        },
    .reference_f32 = prelu_reference<float>,
    .reference_f64 = prelu_reference<double>,
    .gradient_f32 = prelu_gradient<float>,
    .gradient_f64 = prelu_gradient<double>,
};

// Parameter: weight [c], the slopes.
struct prelu {
  static constexpr char const* name = "prelu";
  template <class G>
  static constexpr int lower(G& g, int x, int at) {
    hone::op o = hone::nn::reading(prelu_kind, x, at);
    o.param[hone::slot::weight] = hone::parameter(g, at, hone::role::weight, {1, 1, 1, hone::op_at(g, x).out.c});
    return hone::emit(g, o);
  }
};

// A user's machine: an embedded AVX2 processor with one port for multiply-accumulate and a small second-level cache.
struct small_core {
  static constexpr hone::profile value = [] {
    using namespace hone::literals;
    hone::profile p{};
    p.name = "small core", p.target = hone::isa::avx2, p.vectors = {8, 16, 4, true, 3};
    p.clock = 2_GHz, p.issue_width = 3, p.vector_ports = 1, p.load_ports = 1;
    p.call = 20_ns, p.op_overhead = 5_ns;
    p.f32 = {1, 5, 4, 1}, p.bf16 = {0.5, 5, 4, 1}, p.int8 = {0.25, 5, 4, 1};
    p.cache[0] = {32_KiB, 32_GBps, 2_ns, 1_pJ}, p.cache[1] = {256_KiB, 16_GBps, 7_ns, 2_pJ};
    p.memory = {1_GiB, 5_GBps, 100_ns, 20_pJ};
    p.mac_f32 = 5_pJ, p.mac_bf16 = 4_pJ, p.mac_int8 = 1_pJ, p.instruction = 10_pJ, p.idle = 1_W;
    return p;
  }();
};

}  // namespace mine
