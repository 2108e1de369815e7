#pragma once
#include <hone/core/op.hpp>
#include <hone/core/units.hpp>

#include <array>

namespace hone::inline HONE_ABI {

// Kinds of machine. Hone executes on CPUs; the others are predicted and emulated.
enum class device : std::uint8_t { cpu, gpu, systolic_array };

// Instruction sets that kernels are compiled for: entries of simd/'s list. `none`: nothing here runs on the machine.
enum class isa : std::uint8_t { none, scalar, sse4, avx2, avx512, avx512_vnni, neon };
constexpr char const* name(isa i) {
  constexpr char const* names[]{"none", "scalar", "sse4", "avx2", "avx512", "avx512_vnni", "neon"};
  return names[static_cast<int>(i)];
}

// One level of memory, seen from one core (or one accelerator).
struct memory_level {
  bytes size{};                      // 0: the level does not exist
  gigabytes_per_second bandwidth{};  // read, one core
  nanoseconds latency{};             // load to use
  picojoules energy{};               // per byte read
};

// Cost of one register tile's inner loop and epilogue in one number format, for one kind of kernel.
// Calibration measures these; the catalogue derives them from ports and documented throughputs.
struct microkernel {
  double mac_uops_per_cycle{};     // vector multiply-accumulates issued a cycle
  double chain_cycles{4};          // latency of one dependent step
  double cycles_per_tile{};        // start and epilogue of a register tile, beyond its counted instructions
  double efficiency{1};            // measured share of the port bound, 1 = at the bound
};

// A machine as a structural-free constant value; `struct my_machine { static constexpr hone::profile value{...}; };` makes
// it a type that models hw::machine.
struct profile {
  char const* name{""};
  device kind{device::cpu};
  isa target{isa::none};
  vector_shape vectors{};
  gigahertz clock{};
  int cores{1};
  double issue_width{4};           // instructions a cycle
  double vector_ports{2};          // ports for vector arithmetic, those of multiply-accumulate included
  double load_ports{2}, store_ports{1};
  nanoseconds call{};              // fixed cost of one call of a network (or subgraph), an accelerator's round trip included
  nanoseconds op_overhead{};       // fixed cost of one operation: of its call; on a GPU of a kernel launch
  microkernel f32{}, bf16{}, int8{};
  std::array<memory_level, 3> cache{};  // innermost first
  memory_level memory{};
  gigabytes_per_second interconnect{};  // to the host, for accelerators
  // Accelerators: how many units work at once, and how much parallel work fills one.
  int units{1};
  int unit_rows{1}, unit_columns{1};    // systolic array: its extent; GPU: threads that saturate a unit
  picojoules mac_f32{}, mac_bf16{}, mac_int8{};  // energy of one multiply-accumulate
  picojoules instruction{};                      // energy of issuing one instruction
  watts idle{};                                  // static power charged to the network while it runs
};

namespace hw {
template <class M>
concept machine = requires {
  { M::value.clock.value > 0 };
  requires M::value.clock.value > 0;
  requires M::value.vectors.lanes > 0;
};
}  // namespace hw

}  // namespace hone::inline HONE_ABI
