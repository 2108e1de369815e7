#pragma once
#include <hone/core/tensor.hpp>
#include <hone/nn/conv2d.hpp>

namespace hone::inline HONE_ABI::pass {

// What int8 kernels take as proved of a linear operation's parameters, and the quantiser ensures (weight_step_kind): no
// input drives a sum to 2^23 (2^30 under op::convert), no two neighbouring products leave 16 bits (op::pairs_fit), no
// scale is negative. Otherwise results would differ from one instruction set to the next.

// The neighbours that op::pairs_fit speaks of are rows 2k and 2k + 1 of each run of this many rows of o's weights.
constexpr int pair_run(op const& o, weight const& w) { return is(o, conv2d_kind) ? o.win.kw * o.in.c : w.rows; }

// Why column c of these parameters has not all of that; null: it has. `run`: pair_run.
inline char const* flaw_of_column(op const& o, int rows, int run, int c, std::int8_t const* w, std::int32_t const* bias,
                                  std::int32_t const* multiplier) {
  std::int64_t sum = 0;
  for (int r = 0, before = 0; r < rows; ++r) {
    int const v = w[r * o.out.c + c], both = r % run % 2 != 0 ? v + before : v;
    if (o.pairs_fit && (both > 128 || both < -128)) return "neighbours whose products leave 16 bits";
    sum += v < 0 ? -v : v, before = v;
  }
  std::int64_t const b = bias[c], m = multiplier != nullptr ? multiplier[c] : 0;
  std::int64_t const reach = 255 * (sum + (m < 0 ? -m : m)) + (b < 0 ? -b : b);
  if (o.convert) return reach >= 1 << 30 ? "sums that reach 2^30" : nullptr;
  if (reach >= 1 << 23) return "sums that reach 2^23";
  return m > 32767 || m < -32768 ? "a multiplier that leaves 16 bits" : nullptr;
}

// Refuses parameters of a canonical graph, by node, that int8 kernels must not get.
template <class G>
void check_proofs(G const& g, std::vector<buffer> const& value) {
  for (op const& o : g.ops) {
    if (o.from != dtype::u8 || !o.kind->linear) continue;
    auto const at = [&](int k) -> buffer const* {
      std::int16_t const p = o.param[static_cast<std::size_t>(k)];
      return p >= 0 ? &value[static_cast<std::size_t>(p)] : nullptr;
    };
    weight const& w = weight_at(g, o.param[slot::weight]);
    buffer const* const addend = at(slot::addend);
    char const* flaw = nullptr;
    for (int c = 0; c < o.out.c && flaw == nullptr; ++c) {
      flaw = flaw_of_column(o, w.rows, pair_run(o, w), c, at(slot::weight)->template as<std::int8_t>(),
                            at(slot::bias)->template as<std::int32_t>(),
                            addend != nullptr ? addend->template as<std::int32_t>() : nullptr);
      if (at(slot::scale)->template as<float>()[c] < 0) flaw = "a negative scale";
    }
    if (flaw == nullptr) continue;
    label const key = tensor_name(g, w);
    raise("cannot use these weights", message() << key.c_str() << " has " << flaw, key.c_str(),
          "store weights that this plan's quantiser made");
  }
}

}  // namespace hone::inline HONE_ABI::pass
