#pragma once
#include <hone/shal/accelerator.hpp>

namespace hone::inline HONE_ABI {

// The microkernel figures of p for the number format of o.
constexpr microkernel const& microkernel_of(op const& o, profile const& p) {
  if (o.from == dtype::u8) return p.int8;
  return o.weights == dtype::bf16 ? p.bf16 : p.f32;
}

namespace shal {

// What an operation waits for.
enum class limit : std::uint8_t { nothing, ports, loads, stores, issue, chain, overhead, memory };
constexpr char const* name(limit l) {
  constexpr char const* names[]{"nothing", "vector ports", "loads", "stores", "issue", "chain", "overhead", "memory"};
  return names[static_cast<int>(l)];
}

// Cycles that w takes of each resource of a core; they overlap, so the largest counts.
struct demand {
  double ports{}, loads{}, stores{}, issue{}, chain{};

  constexpr double largest() const {
    double m = ports;
    for (double d : {loads, stores, issue, chain}) m = d > m ? d : m;
    return m;
  }
  constexpr limit binding() const {
    double const m = largest();
    if (!(m > 0)) return limit::nothing;
    return m == ports    ? limit::ports
           : m == chain  ? limit::chain
           : m == loads  ? limit::loads
           : m == stores ? limit::stores
                         : limit::issue;
  }
};
// Instructions of w.
constexpr double instructions(work const& w) { return w.mac_uops + w.vector_uops + w.load_uops + w.store_uops; }
// How many of w's register tiles a core works on at once: their chains do not depend on each other, so that they overlap
// as far as the reorder window reaches.
constexpr double tiles_in_flight(work const& w, profile const& p) {
  double const n = w.tiles > 1 ? p.window * w.tiles / instructions(w) : 1;
  return n < 1 ? 1 : n < w.tiles ? n : w.tiles;
}
// Multiply-accumulates, and the shifts beside them, issue mac_uops_per_cycle at most; they and all other vector arithmetic
// share vector_ports (INT8.md, section 3: this count alone predicts int8 networks to a few percent).
constexpr demand demand_of(work const& w, microkernel const& k, profile const& p) {
  demand d{};
  double const macs = w.mac_uops > 0 ? (w.mac_uops + w.shift_uops) / k.mac_uops_per_cycle : 0;
  d.ports = (w.mac_uops + w.vector_uops) / p.vector_ports;
  d.ports = macs > d.ports ? macs : d.ports;
  d.loads = w.load_uops / p.load_ports, d.stores = w.store_uops / p.store_ports;
  d.issue = instructions(w) / p.issue_width;
  d.chain = w.chain * k.chain_cycles / tiles_in_flight(w, p);
  return d;
}

// The time of an operation on an accelerator that lacks arithmetic for its number format: it never ends. (Finite, so that
// no sum depends on a compiler's idea of infinity.)
inline constexpr nanoseconds never{1e18};

// Where the bytes of one operation are.
struct placement {
  residence weights{}, activations{};
};
// The cost of one operation.
struct op_cost {
  nanoseconds time{};  // one call of many
  nanoseconds cold{};  // after other_work
  nanoseconds
      busy{};  // that it keeps the core from others; an accelerator overlaps calls, its scarcest resource counts
  limit by{};  // what `time` waits for
  bytes weights{}, activations{};  // that it moves
  nanoseconds arithmetic{};        // that `time` would be if nothing waited for memory beyond the first cache
};

// A cold operation misses its code and the beginning of its operands, one line after the other.
inline constexpr double cold_misses_per_op = 3;

// Bytes of weights that o streams on p.
constexpr bytes weights_of(op const& o, work const& w, profile const& p) {
  return p.kind == device::cpu ? bytes{w.bytes_weights} : unpadded_weights(o, w);
}
constexpr bool free_of_work(work const& w) {
  return w.macs + w.mac_uops + w.vector_uops + w.load_uops + w.store_uops + w.tiles == 0;
}

// Time to stream o's weights, the first time from `source`. Each further tile of a block of output channels reads the
// block's weights again, from the innermost cache that holds them beside the activations.
constexpr nanoseconds weight_time(op const& o, work const& w, profile const& p, residence const& source, int first) {
  bytes const all = weights_of(o, w, p);
  nanoseconds t = stream_time(all, source, p, first);
  double const blocks = ceil_div(o.out.c, o.t.vectors * p.vectors.lanes), passes = w.tiles / blocks;
  if (p.kind != device::cpu || passes <= 1) return t;
  residence const again = reside(all / blocks + bytes{w.bytes_read + w.bytes_written}, p);
  return t + stream_time(all * (passes - 1), again, p, first);
}

// The cost of one call of o, whose work is w, in the tile that o.t says, with its bytes at `warm`, or at `cold` after other
// work. Arithmetic and memory overlap (kernels read weights linearly, and prefetchers follow), so the slower one counts.
constexpr op_cost cost_of(op const& o, work const& w, profile const& p, placement const& warm, residence const& cold) {
  op_cost c{};
  c.weights = weights_of(o, w, p), c.activations = bytes{w.bytes_read + w.bytes_written};
  if (free_of_work(w)) return c;
  microkernel const& k = microkernel_of(o, p);
  if (w.macs > 0 && !(k.mac_uops_per_cycle > 0)) {
    c.time = c.cold = c.busy = never;
    return c;
  }
  nanoseconds compute{}, fixed = p.op_overhead;
  int first = 1;  // the first level of memory that costs time; a CPU's first cache is in the counts of loads
  if (p.kind == device::cpu) {
    demand const d = demand_of(w, k, p);
    nanoseconds const tiles = cycles{w.tiles * k.cycles_per_tile} / p.clock;
    compute = cycles{d.largest() / k.efficiency} / p.clock + tiles;
    c.by = 2 * tiles.value > compute.value ? limit::overhead : d.binding();
  } else {
    bool const gpu = p.kind == device::gpu;
    cycles const n = gpu ? gpu_cycles(o, w, k, p) : systolic_cycles(o, w, k, p);
    compute = n / p.clock, c.busy = (gpu ? gpu_full_cycles(o, w, k, p) : n) / p.clock, c.by = limit::ports;
    first = gpu ? 1 : 0;
  }
  nanoseconds const activations = stream_time(c.activations, warm.activations, p, first);
  nanoseconds const streamed = weight_time(o, w, p, warm.weights, first) + activations;
  nanoseconds const fetched = weight_time(o, w, p, cold, first) + activations;
  if (streamed > compute) c.by = limit::memory;
  c.time = (streamed > compute ? streamed : compute) + fixed, c.arithmetic = compute + fixed;
  if (fixed.value > 0.5 * c.time.value) c.by = limit::overhead;
  if (p.kind == device::cpu) c.busy = c.time;
  for (nanoseconds t : {streamed, fixed}) c.busy = t > c.busy ? t : c.busy;
  c.cold = (fetched > compute ? fetched : compute) + fixed + latency_of(cold, p) * cold_misses_per_op;
  if (c.cold < c.time) c.cold = c.time;
  return c;
}

// The first level of memory that keeps what it holds from one operation to the next: a GPU's first cache does not.
constexpr int first_lasting(profile const& p) { return p.kind == device::gpu ? 1 : 0; }

// o by itself, called again and again: its own bytes are all that is touched.
constexpr placement alone(op const& o, work const& w, profile const& p) {
  residence const r = reside(weights_of(o, w, p) + bytes{w.bytes_read + w.bytes_written}, p, first_lasting(p));
  return {r, r};
}

}  // namespace shal

// The cost of one call of o on p, in the tile that o.t says, by itself (shal::predict places it in a graph); its time.
constexpr shal::op_cost cost_alone(op const& o, profile const& p) {
  work const w = o.kind->count(o, p.vectors);
  shal::placement const here = shal::alone(o, w, p);
  return shal::cost_of(o, w, p, here, here.weights);
}
constexpr nanoseconds price(op const& o, profile const& p) { return cost_alone(o, p).time; }

}  // namespace hone::inline HONE_ABI
