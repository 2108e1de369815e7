#pragma once
#include <hone/core/quantized.hpp>
#include <hone/core/tensor.hpp>
#include <hone/nn/conv2d.hpp>
#include <hone/nn/depthwise_conv2d.hpp>
#include <hone/nn/int8_edges.hpp>

namespace hone::inline HONE_ABI::pass {

// What int8 kernels take as proved of a linear operation's parameters, and the quantiser ensures (weight_step_kind): no
// input drives a sum to 2^23 (under op::convert, out of 32 bits), no two neighbouring products leave 16 bits
// (op::pairs_fit), no scale is negative. Otherwise results would differ from one instruction set to the next.

// The neighbours that op::pairs_fit speaks of are rows 2k and 2k + 1 of each run of this many rows of o's weights.
constexpr int pair_run(op const& o, int rows) { return is(o, conv2d_kind) ? o.win.kw * o.in.c : rows; }

// Parameters of a linear int8 operation in canonical layouts: weights [rows][columns], one bias a column, and where there
// is a residual addend one multiplier a column (else null).
struct int8_parameters {
  int rows{};
  std::int8_t const* weight{};
  std::int32_t const* bias{};
  std::int32_t const* multiplier{};
};
// What inputs can do to one column: the least and the most of its accumulator, the sum of its weights' magnitudes.
struct column_reach {
  std::int64_t least{}, most{}, weights{};
  bool pairs_fit{true};

  constexpr bool within(std::int64_t bound) const { return least > -bound && most < bound; }
};
inline column_reach reach_of_column(op const& o, int8_parameters const& p, int c) {
  column_reach r{};
  r.least = r.most = p.bias[c];
  auto const add = [&](std::int64_t factor, int zero) {
    std::int64_t const low = -zero * factor, high = (255 - zero) * factor;
    r.least += low < high ? low : high, r.most += low < high ? high : low;
  };
  for (int row = 0, run = pair_run(o, p.rows), at = 0, before = 0; row < p.rows;
       ++row, at = at + 1 < run ? at + 1 : 0) {
    int const v = p.weight[row * o.out.c + c], both = at % 2 != 0 ? v + before : v;
    r.pairs_fit = r.pairs_fit && both <= 128 && both >= -128;
    r.weights += v < 0 ? -v : v, before = v;
    add(v, o.from_zero);
  }
  if (p.multiplier != nullptr) add(p.multiplier[c], o.addend_zero);
  return r;
}

// Why column c of these parameters has not all that o claims; null: it has.
inline char const* flaw_of_column(op const& o, int8_parameters const& p, int c) {
  column_reach const r = reach_of_column(o, p, c);
  if (o.pairs_fit && !r.pairs_fit) return "neighbours whose products leave 16 bits";
  if (!r.within(std::int64_t{1} << 31) || 255 * r.weights >= std::int64_t{1} << 31) return "sums that reach 2^31";
  if (o.convert) return nullptr;
  if (!r.within(1 << 23)) return "sums that reach 2^23";
  std::int32_t const m = p.multiplier != nullptr ? p.multiplier[c] : 0;
  return m > 32767 || m < -32768 ? "a multiplier that leaves 16 bits" : nullptr;
}

// Sets what may be claimed of the linear operation o with these parameters: op::convert and op::pairs_fit. o's kind, shapes,
// window, zero points and addend are set already. Returns null, or why no int8 kernel may have these parameters.
inline char const* set_int8_flags(op& o, int8_parameters const& p) {
  o.pairs_fit = !is(o, depthwise_conv2d_kind), o.convert = false;
  for (int c = 0; c < o.out.c; ++c) {
    column_reach const r = reach_of_column(o, p, c);
    o.pairs_fit = o.pairs_fit && r.pairs_fit;
    std::int32_t const m = p.multiplier != nullptr ? p.multiplier[c] : 0;
    o.convert = o.convert || !r.within(1 << 23) || m > 32767 || m < -32768;
  }
  for (int c = 0; c < o.out.c; ++c)
    if (char const* const flaw = flaw_of_column(o, p, c); flaw != nullptr) return flaw;
  return nullptr;
}

// Gives each column whose u8 result is the same whatever the input (quantisers leave such: weights of nearly nothing
// beside a bias near 2^31) weights of 0, a bias that is that result, and a scale of 1: the same results, and the column no
// longer costs the layer its flags. Returns how many columns there were. Call it before set_int8_flags.
inline int settle_constant_columns(op const& o, int rows, std::int8_t* weight, std::int32_t* bias, float* scale,
                                   std::int32_t* multiplier = nullptr) {
  int settled = 0;
  auto const within_i32 = [](std::int64_t v) {
    std::int64_t const most = 0x7fffffff;
    return static_cast<std::int32_t>(v > most ? most : v < -most ? -most : v);
  };
  for (int c = 0; o.type == dtype::u8 && c < o.out.c; ++c) {
    column_reach const r = reach_of_column(o, {rows, weight, bias, multiplier}, c);
    auto const result = [&](std::int64_t acc) {
      return clipped(requantize(within_i32(acc), scale[c], o.zero), o.least, o.most);
    };
    std::uint8_t const q = result(r.least);
    if (q != result(r.most)) continue;
    for (int row = 0; row < rows; ++row) weight[row * o.out.c + c] = 0;
    bias[c] = q - o.zero, scale[c] = 1, ++settled;
    if (multiplier != nullptr) multiplier[c] = 0;
  }
  return settled;
}

// Why these scales are not those of a sum or product of quantised edges (nn/int8_edges.hpp); null: they are.
inline char const* flaw_of_pair(float const* scale) {
  for (int i = 0; i < 2; ++i)
    if (!(scale[i] >= 0 && scale[i] <= 0x1p50f)) return "a step that is negative or over 2^50";
  return scale[2] >= 0 && scale[2] <= 0x1p125f ? nullptr : "a reciprocal of a step that is negative or over 2^125";
}

// Refuses parameters of a canonical graph, by node, that int8 kernels must not get.
template <class G>
void check_proofs(G const& g, std::vector<buffer> const& value) {
  for (op const& o : g.ops) {
    bool const pair = is(o, qadd_kind) || is(o, qmul_kind);
    if (o.from != dtype::u8 || !(pair || o.kind->linear)) continue;
    auto const at = [&](int k) -> buffer const* {
      std::int16_t const p = o.param[static_cast<std::size_t>(k)];
      return p >= 0 ? &value[static_cast<std::size_t>(p)] : nullptr;
    };
    auto const* const scale = at(slot::scale)->template as<float>();
    weight const& w = weight_at(g, o.param[static_cast<std::size_t>(pair ? slot::scale : slot::weight)]);
    char const* flaw = pair ? flaw_of_pair(scale) : nullptr;
    for (int c = 0; c < o.out.c && flaw == nullptr && !pair; ++c) {
      buffer const* const addend = at(slot::addend);
      flaw = flaw_of_column(
          o,
          {w.rows, at(slot::weight)->template as<std::int8_t>(), at(slot::bias)->template as<std::int32_t>(),
           addend != nullptr ? addend->template as<std::int32_t>() : nullptr},
          c);
      if (scale[c] < 0) flaw = "a negative scale";
    }
    if (flaw == nullptr) continue;
    label const key = tensor_name(g, w);
    raise("cannot use these weights", message() << key.c_str() << " has " << flaw, key.c_str(),
          "store weights that this plan's quantiser made");
  }
}

}  // namespace hone::inline HONE_ABI::pass
