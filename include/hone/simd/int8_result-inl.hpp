// From accumulators to stored numbers (core/quantized.hpp): requantisation, and stores of packed bytes in NHWC order.
#if !defined(HONE_PASS)
#if !defined(HONE_SIMD_INT8_RESULT_INL_HPP)
#define HONE_SIMD_INT8_RESULT_INL_HPP
#include <hone/core/quantized.hpp>
#include <hone/nn/int8_depthwise.hpp>
#include <hone/simd/int8_vector-inl.hpp>
#define HONE_SELF <hone/simd/int8_result-inl.hpp>
#include <hone/simd/foreach.inc>
#endif
#else
HONE_BEGIN;
namespace hone::inline HONE_ABI::simd::HONE_PASS {

inline constexpr bool has_fma = target != isa::scalar && target != isa::sse4;

// What requantisation of a layer depends on.
struct result_form {
  dtype type;
  int zero;
  bool convert;
  int least{0}, most{255};
};
constexpr result_form result_of(op const& o, bool convert) {
  if (o.type == dtype::f32) return {o.type, 0, convert};
  return {o.type, o.zero, convert, o.least, o.most};
}
constexpr result_form result_of(op const& o) { return result_of(o, o.convert); }

// INT8.md: an accumulator that starts 0x4B000000 too high reads as the float 2^23 + acc; one fma then gives f32(acc) *
// scale with its single rounding. Negative accumulators come out negative but inexact: right where they clip to 0.
constexpr bool by_bias(result_form r) { return has_fma && r.type == dtype::u8 && r.zero == 0 && !r.convert; }

// Stores one accumulator's result as element i of `out`: for plain loops.
template <result_form R>
HWY_INLINE void store_result(std::int32_t acc, float scale, void* out, int i) {
  if constexpr (R.type == dtype::f32)
    static_cast<float*>(out)[i] = rescale(acc, scale);
  else
    static_cast<std::uint8_t*>(out)[i] = clipped(requantize(acc, scale, R.zero), R.least, R.most);
}

// The same, with zero point and clip of f.
template <result_form R, class F>
HWY_INLINE void store_one(F const& f, std::int32_t acc, float scale, void* out, int i) {
  if constexpr (R.type == dtype::f32)
    static_cast<float*>(out)[i] = rescale(acc, scale);
  else
    static_cast<std::uint8_t*>(out)[i] = clipped(requantize(acc, scale, f.zero), f.least, f.most);
}

// A bias as register tiles start from it.
template <result_form R, int Lanes>
HWY_INLINE i32_vector<Lanes> starting_at(i32_vector<Lanes> bias) {
  if constexpr (by_bias(R))
    return hn::Add(bias, hn::Set(i32_tag<Lanes>(), 0x4B000000));
  else
    return bias;
}

// rne of each lane; |v| < 2^31. Not hn::NearestInt, which pays for larger ones.
template <int Lanes>
HWY_INLINE i32_vector<Lanes> nearest(f32_vector<Lanes> v) {
#if HWY_ARCH_X86
  using V = i32_vector<Lanes>;
  if constexpr (sizeof(v.raw) == 64)
    return V{_mm512_cvtps_epi32(v.raw)};
  else if constexpr (sizeof(v.raw) == 32)
    return V{_mm256_cvtps_epi32(v.raw)};
  else
    return V{_mm_cvtps_epi32(v.raw)};
#else
  return hn::NearestInt(v);
#endif
}

// The scales of one vector of output channels, as `scaled` wants them. A scale above 256 acts as 256 (an accumulator of
// 1 then saturates already), so that no product of a bounded accumulator leaves int32.
template <int Lanes>
struct scale_vectors {
  f32_vector<Lanes> scale, offset;

  HWY_INLINE scale_vectors() {}
  HWY_INLINE scale_vectors(f32_vector<Lanes> s, f32_vector<Lanes> o) : scale(s), offset(o) {}
};
template <result_form R, int Lanes>
HWY_INLINE scale_vectors<Lanes> load_scales(float const* p) {
  constexpr f32_tag<Lanes> d{};
  auto const scale = hn::Min(hn::LoadU(d, p), hn::Set(d, 256.f));
  if constexpr (!by_bias(R)) return {scale, scale};
  auto offset = hn::Mul(scale, hn::Set(d, -0x1p23f));
  pin(offset);  // or -ffast-math may merge the fma with this product
  return {scale, offset};
}
// One scale for all channels, in memory as store_tile reads it.
template <int Lanes>
struct uniform_scale {
  alignas(64) float at[4 * Lanes];
  HWY_INLINE explicit uniform_scale(float scale) {
    for (float& s : at) s = scale;
  }
};
// rne(f32(acc) * scale), not yet clamped to a byte (nor a zero point added): acc as it came from starting_at.
template <result_form R, int Lanes>
HWY_INLINE i32_vector<Lanes> scaled(i32_vector<Lanes> acc, scale_vectors<Lanes> const& s) {
  constexpr f32_tag<Lanes> d{};
  if constexpr (by_bias(R)) {
    return nearest<Lanes>(hn::MulAdd(hn::BitCast(d, acc), s.scale, s.offset));
  } else {
    auto const v = hn::Mul(hn::ConvertTo(d, acc), s.scale);
    if constexpr (R.convert)
      return nearest<Lanes>(hn::Min(v, hn::Set(d, 512.f)));
    else
      return nearest<Lanes>(v);
  }
}

// Four vectors of lanes as bytes, clamp(v + zero, 0, 255), in the order a, b, c, d.
// The result is hidden from g++ 12, which takes the lower half of a packed vector for the first operand packed.
template <int Lanes>
HWY_INLINE i32_vector<Lanes> packed_bytes(i32_vector<Lanes> a, i32_vector<Lanes> b, i32_vector<Lanes> c,
                                          i32_vector<Lanes> e, int zero) {
  using V = i32_vector<Lanes>;
#if HWY_ARCH_X86
  auto const z = static_cast<short>(zero);
  if constexpr (Lanes == 16) {
    __m512i ab = _mm512_packs_epi32(a.raw, b.raw), ce = _mm512_packs_epi32(c.raw, e.raw);
    if (zero != 0) ab = _mm512_adds_epi16(ab, _mm512_set1_epi16(z)), ce = _mm512_adds_epi16(ce, _mm512_set1_epi16(z));
    return hidden_vector(V{_mm512_packus_epi16(ab, ce)});
  } else if constexpr (Lanes == 8) {
    __m256i ab = _mm256_packs_epi32(a.raw, b.raw), ce = _mm256_packs_epi32(c.raw, e.raw);
    if (zero != 0) ab = _mm256_adds_epi16(ab, _mm256_set1_epi16(z)), ce = _mm256_adds_epi16(ce, _mm256_set1_epi16(z));
    return hidden_vector(V{_mm256_packus_epi16(ab, ce)});
  } else {
    __m128i ab = _mm_packs_epi32(a.raw, b.raw), ce = _mm_packs_epi32(c.raw, e.raw);
    if (zero != 0) ab = _mm_adds_epi16(ab, _mm_set1_epi16(z)), ce = _mm_adds_epi16(ce, _mm_set1_epi16(z));
    return V{_mm_packus_epi16(ab, ce)};
  }
#elif HWY_ARCH_ARM
  int16x8_t const z = vdupq_n_s16(static_cast<std::int16_t>(zero));
  int16x8_t const ab = vqaddq_s16(vcombine_s16(vqmovn_s32(a.raw), vqmovn_s32(b.raw)), z);
  int16x8_t const ce = vqaddq_s16(vcombine_s16(vqmovn_s32(c.raw), vqmovn_s32(e.raw)), z);
  return V{vreinterpretq_s32_u8(vcombine_u8(vqmovun_s16(ab), vqmovun_s16(ce)))};
#endif
}
// Bytes within least and most.
template <int Lanes>
HWY_INLINE i32_vector<Lanes> clipped_bytes(i32_vector<Lanes> v, int least, int most) {
  constexpr hn::Repartition<std::uint8_t, i32_tag<Lanes>> bytes{};
  auto b = hn::BitCast(bytes, v);
  if (least != 0) b = hn::Max(b, hn::Set(bytes, static_cast<std::uint8_t>(least)));
  if (most != 255) b = hn::Min(b, hn::Set(bytes, static_cast<std::uint8_t>(most)));
  return hn::BitCast(i32_tag<Lanes>(), b);
}
template <result_form R, int Lanes>
HWY_INLINE i32_vector<Lanes> to_bytes(i32_vector<Lanes> const (&v)[4]) {
  return clipped_bytes<Lanes>(packed_bytes<Lanes>(v[0], v[1], v[2], v[3], R.zero), R.least, R.most);
}
template <int Lanes>
HWY_INLINE void store_bytes(i32_vector<Lanes> v, std::uint8_t* p) {
  constexpr hn::Repartition<std::uint8_t, i32_tag<Lanes>> bytes{};
  hn::StoreU(hn::BitCast(bytes, v), bytes, p);
}
// The first Count bytes of v.
template <int Lanes, int Count>
HWY_INLINE void store_first_bytes(i32_vector<Lanes> v, std::uint8_t* p) {
  if constexpr (Count == 4 * Lanes) {
    store_bytes<Lanes>(v, p);
  } else {
    alignas(64) std::uint8_t all[4 * Lanes];
    store_bytes<Lanes>(v, all);
    std::memcpy(p, all, Count);
  }
}
// The first n bytes of v; elsewhere than on AVX-512 nothing.
template <int Lanes>
HWY_INLINE void store_masked([[maybe_unused]] i32_vector<Lanes> v, [[maybe_unused]] std::uint8_t* p,
                             [[maybe_unused]] int n) {
#if HWY_ARCH_X86
  if constexpr (Lanes == 16) _mm512_mask_storeu_epi8(p, (1ull << n) - 1, v.raw);
#endif
}
// The first n bytes, a multiple of 4, of each quarter of v, one after the other: of the first `quarters` ones. Elsewhere
// than on AVX-512 nothing.
template <int Lanes>
HWY_INLINE void store_first_quarters([[maybe_unused]] i32_vector<Lanes> v, [[maybe_unused]] int n,
                                     [[maybe_unused]] std::uint8_t* p, [[maybe_unused]] int quarters) {
#if HWY_ARCH_X86
  if constexpr (Lanes == 16) {
    auto const kept = static_cast<__mmask16>(((1u << n / 4) - 1) * 0x1111);
    i32_vector<Lanes> const close{_mm512_maskz_compress_epi32(kept, v.raw)};
    store_masked<Lanes>(close, p, n * (quarters < 4 ? quarters : 4));
  }
#endif
}
// Stores f(at), the vector of bytes at to at + 4 * Lanes, for all n bytes of `out`. The last vector overlaps the one
// before it; only where there is none, less than a vector is stored.
template <int Lanes, class F>
HWY_INLINE void in_vectors(int n, std::uint8_t* out, F f) {
  constexpr int block = 4 * Lanes;
  for (int i = 0; i < n; i += block) {
    int const at = i + block <= n || n < block ? i : n - block;
    i32_vector<Lanes> const v = f(at);
    if (n >= block) {
      store_bytes<Lanes>(v, out + at);
    } else {
      if (Lanes == 16) return store_masked<Lanes>(v, out, n);
      alignas(64) std::uint8_t all[block];
      store_bytes<Lanes>(v, all);
      copy_few_bytes(out, all, n);
    }
  }
}
// The bytes of packed_bytes, which come in blocks of 128 bits, as a's, then b's, c's and d's.
template <int Lanes>
HWY_INLINE i32_vector<Lanes> in_order(i32_vector<Lanes> v) {
  if constexpr (Lanes > 4 && target != isa::neon) {
    alignas(64) static constexpr auto order = [] {
      std::array<std::int32_t, Lanes> from{};
      for (int i = 0; i < Lanes; ++i) from[static_cast<std::size_t>(i)] = i % (Lanes / 4) * 4 + i / (Lanes / 4);
      return from;
    }();
    return hn::TableLookupLanes(v, hn::SetTableIndices(i32_tag<Lanes>(), order.data()));
  } else {
    return v;
  }
}

// Requantises a register tile, accumulators of `Pixels` neighbouring pixels x `Vectors` vectors of output channels, and
// stores its first `Channels` channels a pixel. The pixels are Pitch channels apart; `out` is the first one's first
// channel of the tile, `scale` its scale. Four vectors become one: no store is narrower where the pixels leave no gap.
template <result_form R, int Lanes, int Channels, int Pitch, int Pixels, int Vectors>
HWY_INLINE void store_tile(i32_vector<Lanes> const (&acc)[Pixels][Vectors], float const* scale, void* out) {
  constexpr auto in_vector = [](int v) { return Channels - v * Lanes < Lanes ? Channels - v * Lanes : Lanes; };
  if constexpr (R.type == dtype::f32) {
    auto* const y = static_cast<float*>(out);
    constexpr f32_tag<Lanes> df{};
    HONE_UNROLL for (int v = 0; v < Vectors; ++v) {
      if (in_vector(v) <= 0) continue;
      auto const s = hn::LoadU(df, scale + v * Lanes);
      HONE_UNROLL for (int p = 0; p < Pixels; ++p) {
        store_first(df, hn::Mul(hn::ConvertTo(df, acc[p][v]), s), y + p * Pitch + v * Lanes, in_vector(v));
      }
    }
  } else {
    auto* const q = static_cast<std::uint8_t*>(out);
    constexpr int pieces = Pixels * Vectors;
    scale_vectors<Lanes> scales[Vectors];
    HONE_UNROLL for (int v = 0; v < Vectors; ++v) scales[v] = load_scales<R, Lanes>(scale + v * Lanes);
    HONE_UNROLL for (int i = 0; i < pieces; i += 4) {
      i32_vector<Lanes> part[4];
      HONE_UNROLL for (int k = 0; k < 4; ++k) {
        int const at = i + k < pieces ? i + k : pieces - 1;
        part[k] = scaled<R, Lanes>(acc[at / Vectors][at % Vectors], scales[at % Vectors]);
      }
      auto const bytes = in_order<Lanes>(to_bytes<R, Lanes>(part));
      if (Channels == Pitch && Channels == Vectors * Lanes && i + 4 <= pieces) {
        store_bytes<Lanes>(bytes, q + i * Lanes);
      } else if (Lanes == 16 && Vectors == 1 && Channels == Pitch && Channels % 4 == 0) {
        store_first_quarters<Lanes>(bytes, Channels, q + i * Pitch, pieces - i);
      } else {
        alignas(64) std::uint8_t all[4 * Lanes];
        store_bytes<Lanes>(bytes, all);
        HONE_UNROLL for (int k = 0; k < 4; ++k) {
          int const p = (i + k) / Vectors, v = (i + k) % Vectors;
          if (i + k < pieces && in_vector(v) > 0)
            std::memcpy(q + p * Pitch + v * Lanes, all + k * Lanes, static_cast<std::size_t>(in_vector(v)));
        }
      }
    }
  }
}
// Requantises and stores `channels` of one pixel's 4 * Lanes channels in quad order (nn/int8_depthwise.hpp), the order in
// which packed_bytes takes them apart. `scale` are the scales at p, in quad order too.
template <result_form R, int Lanes, class F>
HWY_INLINE void store_quads(F const& f, i32_vector<Lanes> const (&acc)[4], scale_vectors<Lanes> const (&scale)[4],
                            float const* p, void* out, int channels) {
  if constexpr (R.type == dtype::u8) {
    i32_vector<Lanes> part[4];
    HONE_UNROLL for (int k = 0; k < 4; ++k) part[k] = scaled<R, Lanes>(acc[k], scale[k]);
    auto const bytes = packed_bytes<Lanes>(part[0], part[1], part[2], part[3], by_bias(R) ? 0 : f.zero);
    auto const clipped = clipped_bytes<Lanes>(bytes, f.least, f.most);
    auto* const q = static_cast<std::uint8_t*>(out);
    if (channels == 4 * Lanes) return store_bytes<Lanes>(clipped, q);
    if (Lanes == 16 && !__builtin_constant_p(channels)) return store_masked<Lanes>(clipped, q, channels);
    alignas(64) std::uint8_t all[4 * Lanes];
    store_bytes<Lanes>(clipped, all);
    copy_few_bytes(q, all, channels);
  } else {
    alignas(64) std::int32_t all[4 * Lanes];
    for (int k = 0; k < 4; ++k) hn::Store(acc[k], i32_tag<Lanes>(), all + k * Lanes);
    for (int c = 0; c < channels; ++c) {
      int const at = nn::quad_position(c, Lanes);
      store_one<R>(f, all[at], p[at], out, c);
    }
  }
}

}  // namespace hone::inline HONE_ABI::simd::HONE_PASS
HONE_END;
#endif
