// What the kernels of linear operations share: weights as stored to vectors of f32, and the way from sums to results.
#if !defined(HONE_PASS)
#if !defined(HONE_SIMD_LINEAR_INL_HPP)
#define HONE_SIMD_LINEAR_INL_HPP
#include <hone/nn/column_cut.hpp>
#include <hone/simd/pointwise-inl.hpp>
#define HONE_SELF <hone/simd/linear-inl.hpp>
#include <hone/simd/foreach.inc>
#endif
#else
HONE_BEGIN;
namespace hone::inline HONE_ABI::simd::HONE_PASS {

// Weights in blocks: for each element of the reduction a row of `block` numbers, one an output channel.
struct f32_weights {
  using word = float;
  static constexpr int group = 1;
  // Vector v of element e, where w points at an element divisible by `group`.
  template <int Lanes>
  static HWY_INLINE f32_vector<Lanes> load(word const* w, int block, int e, int v) {
    return hn::Load(f32_tag<Lanes>(), w + e * block + v * Lanes);
  }
};
// Two consecutive elements side by side in 32 bits, the first in the low half; widened exactly.
struct bf16_weights {
  using word = std::uint32_t;
  static constexpr int group = 2;
  template <int Lanes>
  static HWY_INLINE f32_vector<Lanes> load(word const* w, int block, int e, int v) {
    hn::CappedTag<std::uint32_t, Lanes> const d;
    auto const pair = hn::Load(d, w + e / 2 * block + v * Lanes);
    return hn::BitCast(f32_tag<Lanes>(), e % 2 == 0 ? hn::ShiftLeft<16>(pair) : hn::And(pair, hn::Set(d, 0xffff0000u)));
  }
};

// Where the results of a linear operation go, computed in blocks of `Block` output channels.
template <op O, int Lanes, int Block>
struct result {
  float* out;
  float const* addend;

  explicit HWY_INLINE result(kernel_args const& a)
      : out(static_cast<float*>(a.out)),
        addend(O.addend < 0 ? nullptr : static_cast<float const*>(a.in[O.addend < 0 ? 0 : O.addend])) {}

  // The sums of `Lanes` output channels from channel c on, which may be past the last one: plus the residual addend and
  // through the activation to out[at...].
  HWY_INLINE void store(f32_vector<Lanes> sum, int at, int c) const {
    f32_tag<Lanes> const d;
    constexpr int rest = O.out.c % Lanes;
    bool const whole = O.out.c % Block == 0 || c + Lanes <= O.out.c;
    if (!whole && (rest == 0 || c > O.out.c)) return;
    if constexpr (O.addend >= 0) sum = hn::Add(sum, hn::LoadU(d, addend + at));
    sum = apply<O.act>(d, sum);
    if (whole) return hn::StoreU(sum, d, out + at);
    if constexpr (rest != 0) store_first(d, sum, out + at, rest);
  }
};

// The first sums from channel `channel` on: the bias, or zero where there is none.
template <op O, int Lanes>
HWY_INLINE f32_vector<Lanes> first_sum([[maybe_unused]] float const* bias, [[maybe_unused]] int channel) {
  if constexpr (O.param[slot::bias] >= 0)
    return hn::Load(f32_tag<Lanes>(), bias + channel);
  else
    return hn::Zero(f32_tag<Lanes>());
}

// f.template operator()<Width, First, Edge>(column) for each tile of a row. First and Edge tell tiles that see padding
// where they are; all others are instances of one or two widths, with First = 0.
template <nn::column_cut Cut, bool Left, bool Right, class F>
HWY_INLINE void over_columns(F f) {
  constexpr int last = Cut.tiles() - 1;
  f.template operator()<Cut.width(0), 0, Left || (Right && last == 0)>(0);
  if constexpr (last > 1 && Cut.wides > 1)
    for (int i = 1; i < (Cut.wides < last ? Cut.wides : last); ++i)
      f.template operator()<Cut.wide, 0, false>(Cut.first(i));
  if constexpr (last > 1 && Cut.wides < last)
    for (int i = Cut.wides > 1 ? Cut.wides : 1; i < last; ++i)
      f.template operator()<Cut.narrow, 0, false>(Cut.first(i));
  if constexpr (last > 0) f.template operator()<Cut.width(last), Right ? Cut.first(last) : 0, Right>(Cut.first(last));
}

}  // namespace hone::inline HONE_ABI::simd::HONE_PASS
HONE_END;
#endif
