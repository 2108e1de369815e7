// Operations between quantised edges (nn/int8_edges.hpp). Nothing here is worth a constant: one function serves compiled
// operations and those known at run time.
#if !defined(HONE_PASS)
#if !defined(HONE_SIMD_EDGES_INT8_INL_HPP)
#define HONE_SIMD_EDGES_INT8_INL_HPP
#include <hone/nn/int8_edges.hpp>
#include <hone/simd/int8_result-inl.hpp>
#define HONE_SELF <hone/simd/edges_int8-inl.hpp>
#include <hone/simd/foreach.inc>
#endif
#else
HONE_BEGIN;
namespace hone::inline HONE_ABI::simd::HONE_PASS {

#if HWY_ARCH_X86
// 16 bytes again and again.
template <int Lanes>
HWY_INLINE i32_vector<Lanes> repeated(std::uint8_t const* p) {
  using V = i32_vector<Lanes>;
  __m128i const v = _mm_loadu_si128(reinterpret_cast<__m128i const*>(p));
  if constexpr (Lanes == 16)
    return V{_mm512_broadcast_i32x4(v)};
  else if constexpr (Lanes == 8)
    return V{_mm256_broadcastsi128_si256(v)};
  else
    return V{v};
}
// In each 16 bytes: of `from` the one at the low four bits of `at`; 0 where that is negative.
template <class V>
HWY_INLINE V shuffled(V from, V at) {
  if constexpr (sizeof(at.raw) == 64)
    return V{_mm512_shuffle_epi8(from.raw, at.raw)};
  else if constexpr (sizeof(at.raw) == 32)
    return V{_mm256_shuffle_epi8(from.raw, at.raw)};
  else
    return V{_mm_shuffle_epi8(from.raw, at.raw)};
}
#endif

// out[i] = table[in[i]].
template <int Lanes>
HWY_NOINLINE void look_up(std::uint8_t const* table, std::uint8_t const* in, int n, std::uint8_t* out) {
  if constexpr (has_bytes<Lanes>) {
#if HWY_ARCH_X86
    // Rows of 16 entries. A row's shuffle gives 0 for negative indices, and looks at the low four bits of others; so the
    // differences of neighbouring rows, each with an index 16 lower than the last, add up to the entry (twice: for bytes
    // under 128, and for the others).
    constexpr hn::Repartition<std::int8_t, i32_tag<Lanes>> bytes{};
    i32_vector<Lanes> rows[16];
    for (int i = 0; i < 16; ++i) {
      rows[i] = repeated<Lanes>(table + 16 * i);
      if (i % 8 != 0) rows[i] = hn::Xor(rows[i], repeated<Lanes>(table + 16 * (i - 1)));
    }
    in_vectors<Lanes>(n, out, [&](int at) {
      auto low = hn::BitCast(bytes, load_dwords<Lanes>(in + at));
      auto high = hn::Xor(low, hn::Set(bytes, std::int8_t{-128}));
      auto const step = hn::Set(bytes, std::int8_t{16});
      auto sum = hn::Zero(i32_tag<Lanes>());
      HONE_UNROLL for (int i = 0; i < 8; ++i) {
        sum = hn::Xor(sum, shuffled(rows[i], hn::BitCast(i32_tag<Lanes>(), low)));
        sum = hn::Xor(sum, shuffled(rows[8 + i], hn::BitCast(i32_tag<Lanes>(), high)));
        low = hn::SaturatedSub(low, step), high = hn::SaturatedSub(high, step);
      }
      return sum;
    });
#elif HWY_ARCH_ARM
    uint8x16x4_t rows[4];
    for (int i = 0; i < 4; ++i)
      for (int k = 0; k < 4; ++k) rows[i].val[k] = vld1q_u8(table + 64 * i + 16 * k);
    in_vectors<Lanes>(n, out, [&](int at) {
      uint8x16_t const x = vld1q_u8(in + at);
      uint8x16_t y = vqtbl4q_u8(rows[0], x);
      for (int i = 1; i < 4; ++i)
        y = vqtbx4q_u8(y, rows[i], vsubq_u8(x, vdupq_n_u8(static_cast<std::uint8_t>(64 * i))));
      return i32_vector<Lanes>{vreinterpretq_s32_u8(y)};
    });
#endif
  } else {
    for (int i = 0; i < n; ++i) out[i] = table[in[i]];
  }
}
template <>
struct kernel<&table_kind, format::int8> {
  template <op O, int Lanes>
  static void run(kernel_args const& a) noexcept {
    look_up<Lanes>(static_cast<std::uint8_t const*>(a.param[slot::weight]), static_cast<std::uint8_t const*>(a.in[0]),
                   O.out.size(), static_cast<std::uint8_t*>(a.out));
  }
};

// What a sum or a product of two edges depends on besides the operands.
struct pair_form {
  int n;
  std::uint8_t from_zero, addend_zero, zero, least, most;
};
constexpr pair_form pair_form_of(op const& o) {
  return {o.out.size(), o.from_zero, o.addend_zero, o.zero, o.least, o.most};
}
template <bool Product, int Lanes>
HWY_NOINLINE void join_edges(pair_form const& f, kernel_args const& a) {
  auto const* const x = static_cast<std::uint8_t const*>(a.in[0]);
  auto const* const y = static_cast<std::uint8_t const*>(a.in[1]);
  auto const* const scale = static_cast<float const*>(a.param[slot::scale]);
  auto* const out = static_cast<std::uint8_t*>(a.out);
  if constexpr (has_bytes<Lanes>) {
    constexpr f32_tag<Lanes> d{};
    constexpr i32_tag<Lanes> di{};
    auto const zero_x = hn::Set(di, f.from_zero), zero_y = hn::Set(di, f.addend_zero);
    auto const step_x = hn::Set(d, scale[0]), step_y = hn::Set(d, scale[1]), k = hn::Set(d, scale[2]);
    auto const value = [&](std::uint8_t const* p, i32_vector<Lanes> zero, f32_vector<Lanes> step) {
      auto v = hn::Mul(hn::ConvertTo(d, hn::Sub(load_bytes<Lanes>(p), zero)), step);
      pin(v);  // or a compiler may contract or reassociate
      return v;
    };
    in_vectors<Lanes>(f.n, out, [&](int at) {
      i32_vector<Lanes> part[4];
      HONE_UNROLL for (int i = 0; i < 4; ++i) {
        auto const left = value(x + at + i * Lanes, zero_x, step_x), right = value(y + at + i * Lanes, zero_y, step_y);
        auto joined = Product ? hn::Mul(left, right) : hn::Add(left, right);
        pin(joined);
        part[i] = nearest<Lanes>(hn::Min(hn::Mul(joined, k), hn::Set(d, 512.f)));
      }
      auto const bytes = in_order<Lanes>(packed_bytes<Lanes>(part[0], part[1], part[2], part[3], f.zero));
      return clipped_bytes<Lanes>(bytes, f.least, f.most);
    });
  } else {
    for (int i = 0; i < f.n; ++i) {
      float const left = dequantize(x[i], f.from_zero, scale[0]), right = dequantize(y[i], f.addend_zero, scale[1]);
      auto const q = Product ? product_of(left, right, scale[2], f.zero) : sum_of(left, right, scale[2], f.zero);
      out[i] = clipped(q, f.least, f.most);
    }
  }
}
template <bool Product>
struct pair_kernel {
  template <op O, int Lanes>
  static void run(kernel_args const& a) noexcept {
    static constexpr pair_form form = pair_form_of(O);
    join_edges<Product, Lanes>(form, a);
  }
};
template <>
struct kernel<&qadd_kind, format::int8> : pair_kernel<false> {};
template <>
struct kernel<&qmul_kind, format::int8> : pair_kernel<true> {};

}  // namespace hone::inline HONE_ABI::simd::HONE_PASS
HONE_END;
#endif
