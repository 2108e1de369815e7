#pragma once
#include <hone/nn/layer.hpp>

// What operations with f32 activations cost that move through memory once, as their kernels compute them
// (simd/elementwise-inl.hpp, pool-inl.hpp, softmax-inl.hpp).
namespace hone::inline HONE_ABI::nn {

// Vector instructions of one step of an elementwise function (simd/pointwise-inl.hpp); a division counts 8.
constexpr double step_uops(pw what) {
  switch (what) {
    case pw::x:
    case pw::constant: return 0;
    case pw::div:
    case pw::sqrt: return 8;
    case pw::tanh: return 22;
    case pw::sigmoid: return 24;
    case pw::exp: return 19;
    case pw::log: return 37;
    case pw::elu: return 18;
    case pw::softplus: return 35;
    case pw::erf: return 26;
    default: return 1;
  }
}
// Those of a function on one register.
constexpr double pointwise_uops(pointwise const& f) {
  double n = 0;
  for (int i = 0; i < f.n; ++i) n += step_uops(f.code[static_cast<std::size_t>(i)].what);
  return n;
}
// An elementwise operation: `uops` vector instructions on each register, besides the activation; `inputs` loads.
constexpr work float_elementwise_work(op const& o, vector_shape const& v, double inputs, double uops) {
  work w{};
  double const n = ceil_div(o.out.size(), v.lanes);
  w.vector_uops = n * (uops + pointwise_uops(o.act)), w.load_uops = inputs * n, w.store_uops = n, w.tiles = 1;
  w.bytes_read = inputs * o.out.size() * size_of(o.from), w.bytes_written = o.bytes_out();
  return w;
}
// A channel-wise operation on pixels of `first` and `second` channels: a batch norm (with no second), a concatenation.
constexpr work float_pixel_work(op const& o, vector_shape const& v, int first, int second) {
  work w{};
  double const n = double(o.out.pixels()) * (ceil_div(first, v.lanes) + ceil_div(second, v.lanes));
  w.vector_uops = n * pointwise_uops(o.act), w.load_uops = w.store_uops = n, w.tiles = o.out.pixels();
  w.bytes_read = double(o.out.size()) * size_of(o.from), w.bytes_written = o.bytes_out();
  return w;
}
// A pool; `uops` vector instructions end it. Up to four registers of channels advance together.
constexpr work float_pool_work(op const& o, vector_shape const& v, double uops) {
  work w{};
  double const vectors = ceil_div(o.out.c, v.lanes), together = ceil_div(static_cast<int>(vectors), 4);
  double const taps = double(inside(o.out.h, o.win.sh, o.win.top, o.win.kh, o.in.h)) *
                      inside(o.out.w, o.win.sw, o.win.left, o.win.kw, o.in.w);
  w.load_uops = vectors * taps, w.store_uops = vectors * o.out.pixels();
  w.vector_uops = w.load_uops + w.store_uops * (uops + pointwise_uops(o.act));
  w.chain = together * taps, w.tiles = together * o.out.pixels();
  w.bytes_read = double(o.in.size()) * size_of(o.from), w.bytes_written = o.bytes_out();
  return w;
}
// Softmax: an exponential is 14 instructions; a pixel waits for two sums over lanes, one exponential and one division.
constexpr work float_softmax_work(op const& o, vector_shape const& v) {
  work w{};
  double const n = double(o.out.pixels()) * ceil_div(o.out.c, v.lanes);
  w.vector_uops = 17 * n + 30.0 * o.out.pixels(), w.load_uops = 3 * n, w.store_uops = 2 * n;
  w.chain = 36.0 * o.out.pixels(), w.tiles = o.out.pixels();
  w.bytes_read = double(o.in.size()) * size_of(o.from), w.bytes_written = o.bytes_out();
  return w;
}

}  // namespace hone::inline HONE_ABI::nn
