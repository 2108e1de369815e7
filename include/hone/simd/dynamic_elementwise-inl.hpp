// Sums, batch normalisation, elementwise functions and concatenation in f32, of any shape: run-time kernels.
#if !defined(HONE_PASS)
#if !defined(HONE_SIMD_DYNAMIC_ELEMENTWISE_INL_HPP)
#define HONE_SIMD_DYNAMIC_ELEMENTWISE_INL_HPP
#include <hone/simd/dynamic_function-inl.hpp>

#include <bit>
namespace hone::inline HONE_ABI::simd {

struct elementwise_form {
  int pixels{}, first{}, channels{};  // first: channels of input 0
  dynamic_function act{};
};

}  // namespace hone::inline HONE_ABI::simd

#define HONE_SELF <hone/simd/dynamic_elementwise-inl.hpp>
#include <hone/simd/foreach.inc>
#endif
#else
HONE_BEGIN;
namespace hone::inline HONE_ABI::simd::HONE_PASS {

// y[i..) = clamped f(i) for i = 0, Lanes, ..., n.
template <int Lanes, class F>
HWY_INLINE void fill_all(clamp_bounds const& c, float* y, int n, F f) {
  f32_tag<Lanes> const d;
  auto const low = hn::Set(d, c.low), high = hn::Set(d, c.above ? c.high : std::bit_cast<float>(0x7f800000u));
  int i = 0;
  if (c.below)
    HONE_KEEP_LOOP for (; i + Lanes <= n; i += Lanes) hn::StoreU(hn::Min(hn::Max(f(i), low), high), d, y + i);
  else
    HONE_KEEP_LOOP for (; i + Lanes <= n; i += Lanes) hn::StoreU(f(i), d, y + i);
  if (i < n) store_some<Lanes>(clamped<Lanes>(c, f(i)), y + i, n - i);
}

template <class Kernel>
struct dynamic_elementwise {
  template <int Lanes>
  static dynamic_kernel bind(op const& o, dynamic_form& form) {
    keep(form, elementwise_form{o.out.pixels(), o.in.c, o.out.c, function_of<Lanes>(o.act)});
    return {&run<Lanes>};
  }
  template <int Lanes>
  static void run(kernel_args const& a) noexcept {
    auto const& f = form_as<elementwise_form>(a.form);
    auto* const y = static_cast<float*>(a.out);
    Kernel::template run<Lanes>(a, f, y);
    finish_function(f.act, y, f.pixels * f.channels);
  }
};

struct add_values {
  template <int Lanes>
  static HWY_INLINE void run(kernel_args const& a, elementwise_form const& f, float* y) {
    f32_tag<Lanes> const d;
    auto const *x = static_cast<float const*>(a.in[0]), *z = static_cast<float const*>(a.in[1]);
    fill_all<Lanes>(
        f.act.clamp, y, f.pixels * f.channels, [=](int i) __attribute__((always_inline)) {
          return hn::Add(hn::Load(d, x + i), hn::Load(d, z + i));
        });
  }
};
struct norm_values {
  template <int Lanes>
  static HWY_INLINE void run(kernel_args const& a, elementwise_form const& f, float* y) {
    f32_tag<Lanes> const d;
    auto const* x = static_cast<float const*>(a.in[0]);
    auto const* scale = static_cast<float const*>(a.param[slot::weight]);
    auto const* shift = static_cast<float const*>(a.param[slot::bias]);
    for (int p = 0; p < f.pixels; ++p, x += f.channels, y += f.channels)
      fill_all<Lanes>(
          f.act.clamp, y, f.channels, [=](int i) __attribute__((always_inline)) {
            return hn::MulAdd(hn::LoadU(d, x + i), hn::Load(d, scale + i), hn::Load(d, shift + i));
          });
  }
};
struct join_values {
  template <int Lanes>
  static HWY_INLINE void run(kernel_args const& a, elementwise_form const& f, float* y) {
    f32_tag<Lanes> const d;
    auto const *x = static_cast<float const*>(a.in[0]), *z = static_cast<float const*>(a.in[1]);
    int const second = f.channels - f.first;
    for (int p = 0; p < f.pixels; ++p, x += f.first, z += second, y += f.channels) {
      fill_all<Lanes>(
          f.act.clamp, y, f.first, [=](int i) __attribute__((always_inline)) { return hn::LoadU(d, x + i); });
      fill_all<Lanes>(
          f.act.clamp, y + f.first, second, [=](int i) __attribute__((always_inline)) { return hn::LoadU(d, z + i); });
    }
  }
};
template <>
struct run_time<&add_kind, format::f32> : dynamic_elementwise<add_values> {};
template <>
struct run_time<&batch_norm_kind, format::f32> : dynamic_elementwise<norm_values> {};
template <>
struct run_time<&concat_kind, format::f32> : dynamic_elementwise<join_values> {};

template <>
struct run_time_pointwise<format::f32> {
  template <int Lanes>
  static dynamic_kernel bind(op const& o, dynamic_form& form) {
    keep(form, elementwise_form{o.out.pixels(), o.in.c, o.out.c, function_of<Lanes>(o.act)});
    return {&run<Lanes>};
  }
  template <int Lanes>
  static void run(kernel_args const& a) noexcept {
    f32_tag<Lanes> const d;
    auto const& f = form_as<elementwise_form>(a.form);
    auto const* x = static_cast<float const*>(a.in[0]);
    auto* y = static_cast<float*>(a.out);
    int const n = f.pixels * f.channels;
    if (f.act.pass != nullptr) return f.act.pass(f.act.f, x, y, n);
    fill_all<Lanes>(
        f.act.clamp, y, n, [=](int i) __attribute__((always_inline)) { return hn::Load(d, x + i); });
  }
};

}  // namespace hone::inline HONE_ABI::simd::HONE_PASS
HONE_END;
#endif
