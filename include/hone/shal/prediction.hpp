#pragma once
#include <hone/shal/energy.hpp>

namespace hone::inline HONE_ABI::shal {

// What a network costs on a machine, for one call with batch 1.
struct prediction {
  nanoseconds latency{};       // one call of many
  nanoseconds cold_latency{};  // one call after 64 MB of other work
  double throughput{};         // calls a second with every core, or the whole accelerator, busy with calls of its own
  bytes weight_traffic{};      // moved by one call
  bytes activation_traffic{};
  bytes arena{};    // memory of activations, one a thread
  bytes weights{};  // memory of packed weights, shared
  picojoules energy{};

  // Whether the machine has arithmetic for all of it; else every time here is `never` and more.
  constexpr bool possible() const { return latency < never; }
  constexpr bytes traffic() const { return weight_traffic + activation_traffic; }
};

// Footprint of g on p: as memory planning placed it, else an estimate (canonical weights, live_bytes).
template <class G>
constexpr footprint footprint_of(G const& g, profile const& p) {
  footprint f{{static_cast<double>(g.packed)}, {static_cast<double>(g.arena)}};
  if (g.packed == 0 || p.kind != device::cpu) {
    f.weights = {};
    for (op const& o : g.ops) f.weights += weights_of(o, o.kind->count(o, p.vectors), p);
  }
  if (g.arena == 0) f.arena = live_bytes(g);
  return f;
}

// The prices of a graph's operations on one machine, each where its bytes are when the whole graph runs.
template <class G>
class pricer {
 public:
  constexpr pricer(G const& g, profile const& p) : g_(g), p_(p), size_(footprint_of(g, p)) {
    weights_ = reside(size_.total(), p, first_lasting(p));
    cold_ = reside(size_.total() + other_work, p, first_lasting(p));
  }

  constexpr footprint const& size() const { return size_; }
  constexpr residence const& cold() const { return cold_; }

  // Weights come from where all of the network fits, activations from where their operation's operands do.
  constexpr placement place(op const& o, work const& w) const {
    placement at = alone(o, w, p_);
    at.weights = weights_;
    return at;
  }
  constexpr op_cost cost(op const& o) const { return cost(o, o.kind->count(o, p_.vectors)); }
  constexpr op_cost cost(op const& o, work const& w) const { return cost_of(o, w, p_, place(o, w), cold_); }
  constexpr energy energy_of_op(op const& o, work const& w, op_cost const& c) const {
    return energy_of(o, w, p_, place(o, w), c.time);
  }

 private:
  G const& g_;
  profile const& p_;
  footprint size_;
  residence weights_{}, cold_{};
};

// Transfers to and from an accelerator, of the network's inputs and results.
template <class G>
constexpr nanoseconds host_transfer(G const& g, profile const& p) {
  if (!(p.interconnect.value > 0)) return {};
  bytes moved{};
  for (port const& at : g.ports) moved += bytes{double(op_at(g, at.op).bytes_out())};
  if (g.ports.empty()) moved = {double(g.ops[0].bytes_out()) + g.ops.back().bytes_out()};
  return moved / p.interconnect;
}

// A cold call misses the engine's own code and state besides its operations'.
inline constexpr double cold_misses_per_call = 6;

// Predicts a final graph (tiles chosen) on p; any earlier graph is priced in the tiles that it has. Linear in its
// operations; a constant expression, or a call at run time for graphs and profiles that come from files.
template <class G>
constexpr prediction predict(G const& g, profile const& p) {
  pricer<G> const price(g, p);
  prediction r{};
  nanoseconds const transfer = host_transfer(g, p);
  nanoseconds busy = p.kind == device::cpu ? p.call : transfer;
  r.latency = r.cold_latency = p.call + transfer;
  r.cold_latency += latency_of(price.cold(), p) * cold_misses_per_call;
  r.energy = p.idle * r.latency;
  for (op const& o : g.ops) {
    work const w = o.kind->count(o, p.vectors);
    op_cost const c = price.cost(o, w);
    r.latency += c.time, r.cold_latency += c.cold, busy += c.busy;
    r.weight_traffic += c.weights, r.activation_traffic += c.activations;
    r.energy += price.energy_of_op(o, w, c).total();
  }
  r.arena = price.size().arena, r.weights = price.size().weights;
  r.throughput = busy.value > 0 ? 1e9 * (p.kind == device::cpu ? p.cores : 1) / busy.value : 0;
  return r;
}

}  // namespace hone::inline HONE_ABI::shal
