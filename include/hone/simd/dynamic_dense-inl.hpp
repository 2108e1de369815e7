// Fully connected layers in f32 of any shape: run-time kernels. By columns they are convolutions of one pixel.
#if !defined(HONE_PASS)
#if !defined(HONE_SIMD_DYNAMIC_DENSE_INL_HPP)
#define HONE_SIMD_DYNAMIC_DENSE_INL_HPP
#include <hone/simd/dense-inl.hpp>
#include <hone/simd/dynamic_conv2d-inl.hpp>

namespace hone::inline HONE_ABI::simd {

struct dense_rows_form {
  int inputs{}, outputs{}, pitch{};  // pitch: words from one row of weights to the next
  int addend{-1};
  dynamic_function act{};
};
// Rows that are multiplied together, of a layer with at least that many outputs, or of all outputs but multiples of that.
inline constexpr int rows_together = 8;

template <>
struct dynamic_tile_list<&dense_kind, format::f32> {
  static int list(op const& o, vector_shape const& v, tile* tiles) {
    int n = 0;
    for (conv_key const& k : conv_keys_for(v.lanes, v.registers))
      if (k.columns == 1 && (k.vectors - 1) * v.lanes < o.out.c) tiles[n++] = tile_of(k);
    if (v.lanes > 1 && o.out.c <= 2 * v.lanes) tiles[n++] = {1, 1, 1, 1, nn::dense_by_rows};
    return n;
  }
};

}  // namespace hone::inline HONE_ABI::simd
#define HONE_SELF <hone/simd/dynamic_dense-inl.hpp>
#include <hone/simd/foreach.inc>
#endif
#else
HONE_BEGIN;
namespace hone::inline HONE_ABI::simd::HONE_PASS {

// Few outputs: the product of the input with each row of weights, `Rows` of them at once.
template <int Lanes, class Weights>
struct dynamic_row_products {
  using rows = weight_rows<Lanes, Weights>;
  using vector = f32_vector<Lanes>;
  using word = typename Weights::word;

  // Adds the products with `Rows` rows, of the input's vector x, which is vector h of a chunk.
  template <int Rows>
  static HWY_INLINE void add(vector (&sum)[Rows], vector x, word const* w, int pitch, int h) {
    HONE_UNROLL for (int r = 0; r < Rows; ++r) sum[r] = hn::MulAdd(rows::load(w + r * pitch, h), x, sum[r]);
  }
  // The first n numbers at x, and zeros.
  static HWY_INLINE vector load_some(float const* x, int n) {
    f32_tag<Lanes> const d;
    return hn::IfThenElseZero(hn::FirstN(d, static_cast<std::size_t>(n < Lanes ? n : Lanes)), hn::Load(d, x));
  }
  // The sums of rows [first, first + Rows) to all[first...].
  template <int Rows>
  static HWY_NOINLINE void run(dense_rows_form const& f, float const* x, word const* w, float* all, int first) {
    f32_tag<Lanes> const d;
    vector sum[Rows];
    HONE_UNROLL for (int r = 0; r < Rows; ++r) sum[r] = hn::Zero(d);
    w += first * f.pitch;
    int at = 0;
    HONE_KEEP_LOOP for (; at + rows::chunk <= f.inputs; at += rows::chunk, w += Lanes) {
      add(sum, hn::Load(d, x + at), w, f.pitch, 0);
      if constexpr (Weights::group > 1) add(sum, hn::Load(d, x + at + Lanes), w, f.pitch, 1);
    }
    if (at < f.inputs) add(sum, load_some(x + at, f.inputs - at), w, f.pitch, 0);
    if (Weights::group > 1 && at + Lanes < f.inputs)
      add(sum, load_some(x + at + Lanes, f.inputs - at - Lanes), w, f.pitch, 1);
    constexpr int whole = round_up(Rows, Lanes);
    vector padded[whole];
    HONE_UNROLL for (int r = 0; r < whole; ++r) padded[r] = r < Rows ? sum[r < Rows ? r : 0] : hn::Zero(d);
    HONE_UNROLL for (int r = 0; r < whole; r += Lanes)
        hn::StoreU(sums_of_lanes<Lanes>(padded + r, Rows - r < Lanes ? Rows - r : Lanes), d, all + first + r);
  }
};

template <class Weights>
struct dynamic_dense {
  static constexpr int most = 64;  // outputs, at most two vectors of them, and room for whole vectors

  template <int Lanes>
  static void run_rows(kernel_args const& a) noexcept {
    using products = dynamic_row_products<Lanes, Weights>;
    f32_tag<Lanes> const d;
    auto const& f = form_as<dense_rows_form>(a.form);
    auto const* x = static_cast<float const*>(a.in[0]);
    auto const* w = static_cast<typename Weights::word const*>(a.param[slot::weight]);
    auto const* bias = static_cast<float const*>(a.param[slot::bias]);
    auto const* addend = f.addend < 0 ? nullptr : static_cast<float const*>(a.in[f.addend]);
    auto* const y = static_cast<float*>(a.out);
    alignas(64) float all[most];
    int first = 0;
    for (; first + rows_together <= f.outputs; first += rows_together)
      products::template run<rows_together>(f, x, w, all, first);
    if (first + 4 <= f.outputs) products::template run<4>(f, x, w, all, first), first += 4;
    if (first + 2 <= f.outputs) products::template run<2>(f, x, w, all, first), first += 2;
    if (first < f.outputs) products::template run<1>(f, x, w, all, first);
    for (int c = 0; c < f.outputs; c += Lanes) {
      f32_vector<Lanes> v = hn::Load(d, all + c);
      if (bias != nullptr) v = hn::Add(v, hn::Load(d, bias + c));
      if (addend != nullptr) v = hn::Add(v, hn::Load(d, addend + c));
      store_some<Lanes>(clamped<Lanes>(f.act.clamp, v), y + c, f.outputs - c);
    }
    finish_function(f.act, y, f.outputs);
  }
  // A convolution of one pixel, without looking for window rows and columns.
  template <int Lanes>
  static void run_columns(kernel_args const& a) noexcept {
    auto const& f = form_as<dynamic_conv_form>(a.form);
    auto const* x = static_cast<float const*>(a.in[0]);
    auto const* w = static_cast<typename Weights::word const*>(a.param[slot::weight]);
    dynamic_conv_row row{};
    row.out = static_cast<float*>(a.out), row.window_rows = 1;
    row.addend = f.addend < 0 ? nullptr : static_cast<float const*>(a.in[f.addend]);
    row.bias = static_cast<float const*>(a.param[slot::bias]);
    for (int channel = 0; channel < f.channels; channel += f.block, w += f.w_block) {
      row.channels = f.channels - channel, row.w = w;
      f.one(f, row, f.inner, x, channel, 1);
      if (row.bias != nullptr) row.bias += f.block;
    }
    finish_function(f.act, row.out, f.channels);
  }
  template <int Lanes>
  static dynamic_kernel bind(op const& o, dynamic_form& form) {
    if (o.t.algorithm != nn::dense_by_rows) {
      dynamic_kernel const k = dynamic_conv<Weights>::template bind<Lanes>(nn::as_convolution(o), form);
      return {k.entry != nullptr ? &run_columns<Lanes> : nullptr, k.scratch};
    }
    if constexpr (Lanes > 1) {
      int const chunk = Lanes * Weights::group, pitch = ceil_div(o.in.size(), chunk) * Lanes;
      keep(form, dense_rows_form{o.in.size(), o.out.c, pitch, o.addend, function_of<Lanes>(o.act)});
      if (o.out.c <= 2 * Lanes) return {&run_rows<Lanes>};
    }
    return {};
  }
};
template <>
struct run_time<&dense_kind, format::f32> : dynamic_dense<f32_weights> {};

}  // namespace hone::inline HONE_ABI::simd::HONE_PASS
HONE_END;
#endif
