// Depthwise convolutions of u8 activations with i8 weights, of any shape: run-time kernels. Those of 3x3 are in
// square_depthwise_int8-inl.hpp; for others, the loops of the compiled kernel (depthwise_int8-inl.hpp). Constant is the way
// from accumulators to bytes.
#if !defined(HONE_PASS)
#if !defined(HONE_SIMD_DYNAMIC_DEPTHWISE_INT8_INL_HPP)
#define HONE_SIMD_DYNAMIC_DEPTHWISE_INT8_INL_HPP
#include <hone/simd/depthwise_int8-inl.hpp>
#include <hone/simd/dynamic_bind-inl.hpp>
namespace hone::inline HONE_ABI::simd {

// A form with any window; by vectors, of at most 8 x 8.
struct small_depthwise {
  static constexpr int rows = 1, most_chunks = 2, most_kw = 8;
  static constexpr bool fixed_window = false;
  int kh{}, kw{}, sh{}, sw{}, chunks{};
  shape in{}, out{};
  int top{}, left{}, fill{}, zero{}, least{0}, most{255};
};

}  // namespace hone::inline HONE_ABI::simd
#define HONE_SELF <hone/simd/dynamic_depthwise_int8-inl.hpp>
#include <hone/simd/foreach.inc>
#endif
#else
HONE_BEGIN;
namespace hone::inline HONE_ABI::simd::HONE_PASS {

template <>
struct run_time<&depthwise_conv2d_kind, format::int8> {
  static constexpr result_form by_bias_trick{dtype::u8, 0, false}, by_conversion{dtype::u8, 1, true},
      to_f32{dtype::f32, 0, true};

  template <int Lanes>
  static dynamic_kernel bind(op const& o, dynamic_form& form) {
    window const& w = o.win;
    if constexpr (has_bytes<Lanes>)
      if (nn::is_square_depthwise(o)) return w.sw == 1 ? square<1, Lanes>(o, form) : square<2, Lanes>(o, form);
    small_depthwise f{};
    f.kh = w.kh, f.kw = w.kw, f.sh = w.sh, f.sw = w.sw, f.chunks = ceil_div(w.kh, 4);
    if (has_bytes<Lanes> && o.type == dtype::u8 && w.kh <= 8 && w.kw <= 8)
      return with<small_depthwise, Lanes>(o, form, f);
    fill(o, f);
    keep(form, f);
    return {o.type == dtype::f32 ? &loops<to_f32, Lanes> : &loops<by_conversion, Lanes>};
  }

 private:
  template <class F>
  static void fill(op const& o, F& f) {
    f.in = o.in, f.out = o.out, f.top = o.win.top, f.left = o.win.left, f.fill = o.from_zero;
    f.zero = o.zero, f.least = o.least, f.most = o.most;
  }
  template <class F, int Lanes>
  static dynamic_kernel with(op const& o, dynamic_form& form, F f = {}) {
    fill(o, f);
    keep(form, f);
    return {by_bias(result_of(o)) ? &run<F, by_bias_trick, Lanes> : &run<F, by_conversion, Lanes>};
  }
  template <class F, result_form R, int Lanes>
  static void run(kernel_args const& a) noexcept {
    if constexpr (has_bytes<Lanes>) int8_depthwise_convolution<F, R, Lanes>::run(a, form_as<F>(a.form));
  }
  template <int S, int Lanes>
  static dynamic_kernel square(op const& o, dynamic_form& form) {
    auto const f = nn::int8_square_depthwise_form(o, Lanes);
    keep(form, f);
    return {
        requantises_generally(o) ? &run_square<S, true, Lanes> : &run_square<S, false, Lanes>, nn::scratch_of(f.frame)};
  }
  template <int S, bool General, int Lanes>
  static void run_square(kernel_args const& a) noexcept {
    int8_square_convolution<S, square_result<General>, Lanes>::run(a, form_as<nn::int8_square_depthwise>(a.form));
  }
  template <result_form R, int Lanes>
  static void loops(kernel_args const& a) noexcept {
    int8_depthwise_convolution<small_depthwise, R, Lanes>::run_loops(a, form_as<small_depthwise>(a.form));
  }
};

}  // namespace hone::inline HONE_ABI::simd::HONE_PASS
HONE_END;
#endif
