#pragma once
#include <hone/shal/cost.hpp>

namespace hone::inline HONE_ABI::shal {

// Energy of one operation of work w, by what spends it.
struct energy {
  picojoules arithmetic{};    // multiply-accumulates
  picojoules instructions{};  // fetching, decoding and scheduling
  picojoules transfers{};     // weights and activations, from the level that holds them
  picojoules idle{};          // static power while it runs

  constexpr picojoules total() const { return arithmetic + instructions + transfers + idle; }
  constexpr energy& operator+=(energy const& o) {
    arithmetic += o.arithmetic, instructions += o.instructions, transfers += o.transfers, idle += o.idle;
    return *this;
  }
};

// Energy of one multiply-accumulate of o.
constexpr picojoules mac_energy(op const& o, profile const& p) {
  if (o.from == dtype::u8) return p.mac_int8;
  return o.weights == dtype::bf16 ? p.mac_bf16 : p.mac_f32;
}

constexpr energy energy_of(op const& o, work const& w, profile const& p, placement const& at, nanoseconds time) {
  energy e{};
  e.arithmetic = mac_energy(o, p) * w.macs;
  e.instructions = p.instruction * instructions(w);
  e.transfers = transfer_energy(weights_of(o, w, p), at.weights, p) +
                transfer_energy(bytes{w.bytes_read + w.bytes_written}, at.activations, p);
  e.idle = p.idle * time;
  return e;
}

}  // namespace hone::inline HONE_ABI::shal
