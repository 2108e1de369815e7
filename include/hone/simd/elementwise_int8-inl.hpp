// Where activations become u8, f32 again, or u8 of another scale: quantize, dequantize, unfused sums, concat.
#if !defined(HONE_PASS)
#if !defined(HONE_SIMD_ELEMENTWISE_INT8_INL_HPP)
#define HONE_SIMD_ELEMENTWISE_INT8_INL_HPP
#include <hone/nn/concat.hpp>
#include <hone/nn/quantize.hpp>
#include <hone/nn/residual.hpp>
#include <hone/simd/int8_dot-inl.hpp>
#include <hone/simd/int8_result-inl.hpp>
#define HONE_SELF <hone/simd/elementwise_int8-inl.hpp>
#include <hone/simd/foreach.inc>
#endif
#else
HONE_BEGIN;
namespace hone::inline HONE_ABI::simd::HONE_PASS {

// quantize(x[i], k, zero) for the first `count` of 4 * Lanes numbers; no vector that begins after them is read.
template <int Lanes>
HWY_INLINE i32_vector<Lanes> quantized_bytes(float const* x, float k, int zero, int count) {
  constexpr f32_tag<Lanes> d{};
  constexpr i32_tag<Lanes> di{};
  auto const after_infinity = hn::Set(di, 0x7f800001);
  i32_vector<Lanes> part[4];
  HONE_UNROLL for (int i = 0; i < 4; ++i) {
    auto const v = hn::Mul(hn::LoadU(d, x + (i * Lanes < count ? i * Lanes : 0)), hn::Set(d, k));
    auto const bits = hn::BitCast(di, v);
    auto const number = hn::Lt(hn::And(bits, hn::Set(di, 0x7fffffff)), after_infinity);
    auto const near = hn::BitCast(d, hn::IfThenElseZero(number, bits));
    part[i] = nearest<Lanes>(hn::Max(hn::Min(near, hn::Set(d, 512.f)), hn::Set(d, -512.f)));
  }
  return in_order<Lanes>(packed_bytes<Lanes>(part[0], part[1], part[2], part[3], zero));
}

template <>
struct kernel<&quantize_kind, format::int8> {
  template <op O, int Lanes>
  static HWY_NOINLINE void run(kernel_args const& a) noexcept {
    auto const* const x = static_cast<float const*>(a.in[0]);
    auto* const q = static_cast<std::uint8_t*>(a.out);
    float const k = *static_cast<float const*>(a.param[slot::scale]);
    in_blocks_of<O.out.size(), 4 * Lanes>([&]<int Count>(int first) {
      some<O.zero, Lanes, Count>(x + first, k, q + first);
    });
  }

 private:
  template <int Zero, int Lanes, int Count>
  static HWY_INLINE void some(float const* x, float k, std::uint8_t* q) {
    if constexpr (has_bytes<Lanes>) {
      store_first_bytes<Lanes, Count>(quantized_bytes<Lanes>(x, k, Zero, Count), q);
    } else {
      for (int i = 0; i < Count; ++i) q[i] = quantize(x[i], k, Zero);
    }
  }
};

template <>
struct kernel<&dequantize_kind, format::int8> {
  template <op O, int Lanes>
  static HWY_NOINLINE void run(kernel_args const& a) noexcept {
    auto const* const q = static_cast<std::uint8_t const*>(a.in[0]);
    auto* const y = static_cast<float*>(a.out);
    float const scale = *static_cast<float const*>(a.param[slot::scale]);
    if constexpr (has_bytes<Lanes>) {
      constexpr f32_tag<Lanes> d{};
      auto const zero = hn::Set(i32_tag<Lanes>(), O.from_zero);
      in_blocks_of<O.out.size(), Lanes>([&]<int Count>(int first) {
        auto const v = hn::ConvertTo(d, hn::Sub(load_bytes<Lanes>(q + first), zero));
        store_first(d, hn::Mul(v, hn::Set(d, scale)), y + first, Count);
      });
    } else {
      for (int i = 0; i < O.out.size(); ++i) y[i] = dequantize(q[i], O.from_zero, scale);
    }
  }
};

template <>
struct kernel<&add_kind, format::int8> {
  template <op O, int Lanes>
  static HWY_NOINLINE void run(kernel_args const& a) noexcept {
    constexpr result_form form = result_of(O, false);
    auto const* const x = static_cast<std::uint8_t const*>(a.in[0]);
    auto const* const y = static_cast<std::uint8_t const*>(a.in[1]);
    auto* const q = static_cast<std::uint8_t*>(a.out);
    auto const* const m = static_cast<std::int32_t const*>(a.param[slot::addend]);
    float const ratio = *static_cast<float const*>(a.param[slot::scale]);
    std::int32_t const zeros = -(O.from_zero * m[0] + O.addend_zero * m[1]);
    if constexpr (has_bytes<Lanes>) {
      constexpr i32_tag<Lanes> d{};
      auto const start = starting_at<form, Lanes>(hn::Set(d, zeros)), m0 = hn::Set(d, m[0]), m1 = hn::Set(d, m[1]);
      uniform_scale<Lanes> const scale(ratio);
      in_blocks_of<O.out.size(), 4 * Lanes>([&]<int Count>(int first) {
        constexpr int vectors = ceil_div(Count, Lanes);
        i32_vector<Lanes> acc[1][vectors];
        HONE_UNROLL for (int v = 0; v < vectors; ++v) {
          auto const left = multiply_add<true, Lanes>(start, load_bytes<Lanes>(x + first + v * Lanes), m0);
          acc[0][v] = multiply_add<true, Lanes>(left, load_bytes<Lanes>(y + first + v * Lanes), m1);
        }
        store_tile<form, Lanes, Count, Count, 1, vectors>(acc, scale.at, q + first);
      });
    } else {
      for (int i = 0; i < O.out.size(); ++i) store_result<form>(zeros + x[i] * m[0] + y[i] * m[1], ratio, q, i);
    }
  }
};

template <>
struct kernel<&concat_kind, format::int8> {
  template <op O, int Lanes>
  static HWY_NOINLINE void run(kernel_args const& a) noexcept {
    auto const* const scale = static_cast<float const*>(a.param[slot::scale]);
    auto* const out = static_cast<std::uint8_t*>(a.out);
    constexpr int first = O.in.c, second = O.out.c - O.in.c;
    rescaled<O, Lanes, first, O.from_zero>(static_cast<std::uint8_t const*>(a.in[0]), scale[0], out);
    rescaled<O, Lanes, second, O.addend_zero>(static_cast<std::uint8_t const*>(a.in[1]), scale[1], out + first);
  }

 private:
  template <op O, int Lanes, int Channels, int FromZero>
  static HWY_INLINE void rescaled(std::uint8_t const* in, float ratio, std::uint8_t* out) {
    constexpr result_form form{dtype::u8, O.zero, false};
    if constexpr (has_bytes<Lanes>) {
      auto const start = starting_at<form, Lanes>(hn::Set(i32_tag<Lanes>(), -FromZero));
      uniform_scale<Lanes> const scale(ratio);
      for (int p = 0; p < O.out.pixels(); ++p, in += Channels, out += O.out.c)
        in_blocks_of<Channels, 4 * Lanes>([&]<int Count>(int first) {
          constexpr int vectors = ceil_div(Count, Lanes);
          i32_vector<Lanes> acc[1][vectors];
          HONE_UNROLL for (int v = 0; v < vectors; ++v) {
            acc[0][v] = hn::Add(start, load_bytes<Lanes>(in + first + v * Lanes));
          }
          store_tile<form, Lanes, Count, Count, 1, vectors>(acc, scale.at, out + first);
        });
    } else {
      for (int p = 0; p < O.out.pixels(); ++p, in += Channels, out += O.out.c)
        for (int c = 0; c < Channels; ++c) store_result<form>(in[c] - FromZero, ratio, out, c);
    }
  }
};

}  // namespace hone::inline HONE_ABI::simd::HONE_PASS
HONE_END;
#endif
