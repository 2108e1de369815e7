#pragma once
#include <hone/core/tensor_op.hpp>
#include <hone/nn/flatten.hpp>
#include <hone/pass/rewrite.hpp>

namespace hone::inline HONE_ABI::pass {

inline constexpr int alignment = 64;

template <class G>
constexpr std::size_t storage_of(G const& g, std::size_t i) {
  return static_cast<std::size_t>(holder_of(g.ops, static_cast<int>(i)));
}

// Places every result in one arena, first fit over live intervals, 64-byte aligned, with 64 bytes past each that may be
// read; buffers are reused once their last reader is done. Named inputs keep their place for the whole call, so that
// outputs can be copied to them after it (states). Constants are elsewhere (-1). Depends on the canonical graph alone, so
// that all variants of an engine agree on where an edge lies. Sets op.at and g.arena.
template <class G>
constexpr G plan_activations(G g) {
  std::size_t const n = g.ops.size();
  scratch<std::size_t> last(n), live(n);
  for (std::size_t i = 0; i < n; ++i) {
    last[storage_of(g, i)] = i;
    for (std::int16_t k : g.ops[i].input)
      if (k >= 0) last[storage_of(g, static_cast<std::size_t>(k))] = i;
  }
  if (g.ports.empty()) last[storage_of(g, n - 1)] = n;
  for (port const& p : g.ports) last[storage_of(g, static_cast<std::size_t>(p.op))] = n;
  auto extent = [&](std::size_t i) { return round_up(g.ops[i].bytes_out() + alignment, alignment); };
  std::size_t alive = 0;  // live[0..alive) sorted by offset
  g.arena = 0;
  for (std::size_t i = 0; i < n; ++i) {
    if (is(g.ops[i], constant_kind)) continue;
    if (storage_of(g, i) != i) {
      g.ops[i].at = g.ops[storage_of(g, i)].at;
      continue;
    }
    std::size_t keep = 0;
    for (std::size_t l = 0; l < alive; ++l)
      if (last[live[l]] >= i) live[keep++] = live[l];
    alive = keep;
    int at = 0;
    std::size_t position = 0;
    for (; position < alive; ++position) {
      op const& o = g.ops[live[position]];
      if (o.at - at >= extent(i)) break;
      at = o.at + extent(live[position]);
    }
    g.ops[i].at = at;
    for (std::size_t l = alive++; l > position; --l) live[l] = live[l - 1];
    live[position] = i;
    g.arena = at + extent(i) > g.arena ? at + extent(i) : g.arena;
  }
  return g;
}

// Gives the kernels' scratch the place after the activations (one region: operations use it in turn), and every packed
// weight that an operation reads its offset in the packed block, in the order of use. Sets g.arena and g.packed.
template <class G>
constexpr G plan_weights(G g) {
  int largest = 0;
  for (op& o : g.ops) {
    if (o.scratch > 0) o.scratch_at = g.arena;
    largest = o.scratch > largest ? o.scratch : largest;
  }
  if (largest > 0) g.arena += round_up(largest + alignment, alignment);
  g.packed = 0;
  for (op const& o : g.ops)
    for (std::int16_t k : o.param)
      if (k >= 0 && weight_at(g, k).at < 0) {
        weight_at(g, k).at = g.packed;
        g.packed += round_up(weight_at(g, k).size(), alignment);
      }
  return g;
}

}  // namespace hone::inline HONE_ABI::pass
