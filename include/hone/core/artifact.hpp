#pragma once
#include <hone/core/tensor.hpp>
#include <hone/core/units.hpp>

#include <string>

namespace hone::inline HONE_ABI {

// The machine that an artifact was made for, or that asks for one. Zero and the empty text mean: not known.
struct hardware {
  std::string device{"cpu"};                      // cpu, gpu, systolic_array
  std::string name{};                             // of the processor, or of the profile: "haswell"
  std::string isa{};                              // of the kernels chosen: "avx2"
  std::array<bytes, 3> cache{};                   // innermost first
  gigabytes_per_second memory_bandwidth{};        // read, one core
  gigabytes_per_second interconnect_bandwidth{};  // to the host, for accelerators
  int cores{};
  gigahertz clock{};
  bool operator==(hardware const&) const = default;
};

// What is known about an artifact on the hardware it was made for; one call is one input. Zero: not known.
struct metrics {
  double accuracy_before{};  // share of right answers, 0 to 1, before fine-tuning
  double accuracy{};         // and after
  nanoseconds latency{};     // of a warm call
  nanoseconds cold_latency{};
  double throughput{};  // calls a second
  bytes traffic{};      // memory read and written by a call
  bytes arena{};        // activations and scratch
  picojoules energy{};  // of a call
  bool operator==(metrics const&) const = default;
};

// Where an artifact comes from: enough to make it again.
struct provenance {
  std::uint64_t seed{};
  std::string data_set{};
  std::uint64_t data_hash{};
  std::string library{};  // version of Hone that made it
  std::int64_t time{};    // seconds since 1970, UTC
  bool operator==(provenance const&) const = default;
};

struct artifact_info {
  std::string model{};  // the name under which programs ask for it
  std::uint64_t plan_id{};
  dtype precision{dtype::f32};
  hardware made_for{};
  metrics figures{};
  provenance origin{};
  bool operator==(artifact_info const&) const = default;
};

// Weights in the order and alignment that the kernels of one final graph read. Never needed: they follow from the
// canonical tensors.
struct packed_section {
  std::uint64_t layout{};  // which order: the hash of the final graph
  buffer data{};
};

// A specialised network as it is stored and deployed: the canonical tensors of a plan, and what is known about them.
struct artifact : artifact_info {
  tensor_set weights{};
  std::vector<packed_section> packed{};
};

}  // namespace hone::inline HONE_ABI
