#pragma once
#include <hone/core/op.hpp>
#include <hone/core/units.hpp>

#include <array>
#include <concepts>

namespace hone::inline HONE_ABI {

// Kinds of machine. Hone executes on CPUs; the others are predicted and emulated.
enum class device : std::uint8_t { cpu, gpu, systolic_array };
constexpr char const* name(device d) {
  constexpr char const* names[]{"cpu", "gpu", "systolic_array"};
  return names[static_cast<int>(d)];
}

// Instruction sets that kernels are compiled for: entries of simd/'s list. `none`: nothing here runs on the machine.
enum class isa : std::uint8_t { none, scalar, sse4, avx2, avx512, avx512_vnni, neon };
constexpr char const* name(isa i) {
  constexpr char const* names[]{"none", "scalar", "sse4", "avx2", "avx512", "avx512_vnni", "neon"};
  return names[static_cast<int>(i)];
}
inline constexpr std::array all_isas{isa::scalar, isa::sse4, isa::avx2, isa::avx512, isa::avx512_vnni, isa::neon};
// The most 32-bit lanes that a register of i has.
constexpr int max_lanes(isa i) {
  constexpr int lanes[]{1, 1, 4, 8, 16, 16, 4};
  return lanes[static_cast<int>(i)];
}

// One level of memory, seen from one core (or one accelerator).
struct memory_level {
  bytes size{};                      // 0: the level does not exist
  gigabytes_per_second bandwidth{};  // read, one core
  nanoseconds latency{};             // load to use
  picojoules energy{};               // per byte read
};

// Cost of the multiply-accumulate loops of one number format. Calibration measures these figures; the catalogue derives
// them from ports and documented throughputs. Instructions are counted as work::mac_uops counts them: where a
// multiply-accumulate takes several (no FMA, int8 without dot products), their average rate.
struct microkernel {
  double mac_uops_per_cycle{};  // 0: an accelerator that has no arithmetic for the format
  double chain_cycles{4};       // latency of one dependent step: of the accumulator, not of the operands
  double cycles_per_tile{};     // start and epilogue of a register tile, beyond its counted instructions
  double efficiency{1};         // measured share of the bound by ports, 1 = at the bound
};

// Processors as CPUID (x86) or MIDR (Arm: family 8, the model is the part number) name them: models first to last.
struct processor_range {
  int family{-1}, first{}, last{};
  constexpr bool operator==(processor_range const&) const = default;
};

// A machine as a constant value; `struct my_machine { static constexpr hone::profile value{...}; };` makes it a type
// that models hw::machine.
struct profile {
  char const* name{""};
  device kind{device::cpu};
  isa target{isa::none};
  vector_shape vectors{};
  gigahertz clock{};
  int cores{1};
  double issue_width{4};                 // instructions a cycle
  double vector_ports{2};                // ports for vector arithmetic, those of multiply-accumulate included
  double load_ports{2}, store_ports{1};  // vectors of `lanes` lanes loaded and stored in a cycle
  double window{192};                    // instructions in flight at once (reorder buffer); 1: in order
  nanoseconds call{};         // fixed cost of one call of a network (or subgraph), an accelerator's round trip included
  nanoseconds op_overhead{};  // fixed cost of one operation: of its call; on a GPU of a kernel launch
  microkernel f32{}, bf16{}, int8{};
  std::array<memory_level, 3> cache{};  // innermost first
  memory_level memory{};
  gigabytes_per_second interconnect{};  // to the host, for accelerators; 0: they share its memory
  // Accelerators: how many units work at once, and how much parallel work fills one.
  int units{1};
  int unit_rows{1}, unit_columns{1};             // systolic array: its extent; GPU: threads that saturate a unit
  picojoules mac_f32{}, mac_bf16{}, mac_int8{};  // energy of one multiply-accumulate
  picojoules instruction{};                      // energy of issuing one instruction
  watts idle{};                                  // static power charged to the network while it runs
  char const* vendor{""};                        // "intel", "amd", "arm", ...; empty: of no vendor
  std::array<processor_range, 4> processors{};   // whose profile this is (hw/nearest.hpp)
};

namespace hw {

// Why a profile describes no machine that could exist. The enumerators are sentences: compilers print them.
enum class flaw : std::uint8_t {
  none,
  name_must_not_be_empty,
  clock_must_be_positive,
  cores_must_be_at_least_1,
  lanes_must_be_a_power_of_2,
  lanes_must_fit_a_register_of_the_target,
  registers_must_be_at_least_4,
  dot_uops_must_be_at_least_1,
  only_a_cpu_has_a_target,
  issue_width_and_ports_must_be_positive,
  mac_uops_per_cycle_must_be_positive,
  mac_uops_per_cycle_must_not_exceed_vector_ports,
  chain_cycles_must_be_positive,
  cycles_per_tile_must_not_be_negative,
  efficiency_must_be_positive,
  overheads_must_not_be_negative,
  caches_must_be_listed_without_a_gap,
  a_level_must_have_a_size_bandwidth_and_latency,
  a_cache_must_be_at_least_as_big_as_the_one_inside_it,
  a_level_must_not_have_more_bandwidth_than_the_one_inside_it,
  a_level_must_not_have_less_latency_than_the_one_inside_it,
  a_level_must_not_take_less_energy_than_the_one_inside_it,
  interconnect_must_not_be_negative,
  units_and_their_extents_must_be_at_least_1,
  energies_must_not_be_negative,
};
// The same for people, with the field's name in front; null for none.
constexpr char const* text(flaw f) {
  constexpr char const* texts[]{
      nullptr,
      "name: must not be empty",
      "clock: must be positive",
      "cores: must be at least 1",
      "vectors.lanes: must be a power of 2",
      "vectors.lanes: must fit a register of the target instruction set",
      "vectors.registers: must be at least 4",
      "vectors.dot_uops: must be at least 1",
      "target: only a CPU runs kernels, an accelerator has isa::none",
      "issue_width, vector_ports, load_ports, store_ports, window: must be positive",
      "f32, bf16, int8: mac_uops_per_cycle must be positive; an accelerator may lack formats, but not all of them",
      "f32, bf16, int8: mac_uops_per_cycle must not exceed vector_ports",
      "f32, bf16, int8: chain_cycles must be positive",
      "f32, bf16, int8: cycles_per_tile must not be negative",
      "f32, bf16, int8: efficiency must be positive",
      "call, op_overhead: must not be negative",
      "cache: levels must be listed innermost first, without a gap",
      "cache, memory: a level must have a size, a bandwidth and a latency",
      "cache, memory: a cache must be at least as big as the one inside it",
      "cache, memory: a level must not have more bandwidth than the one inside it",
      "cache, memory: a level must not have less latency than the one inside it",
      "cache, memory: a byte from a level must not take less energy than from the one inside it",
      "interconnect: must not be negative",
      "units, unit_rows, unit_columns: must be at least 1",
      "mac_f32, mac_bf16, mac_int8, instruction, idle, energy: must not be negative",
  };
  static_assert(sizeof texts / sizeof *texts == static_cast<int>(flaw::energies_must_not_be_negative) + 1);
  return texts[static_cast<int>(f)];
}

namespace detail {
// Not infinite, not NaN either.
constexpr bool positive(double x) { return x > 0 && x < 1e300; }
constexpr bool not_negative(double x) { return x >= 0 && x < 1e300; }

constexpr flaw flaw_of(microkernel const& k, profile const& p) {
  bool const cpu = p.kind == device::cpu;
  if (!(cpu ? positive(k.mac_uops_per_cycle) : not_negative(k.mac_uops_per_cycle)))
    return flaw::mac_uops_per_cycle_must_be_positive;
  if (cpu && k.mac_uops_per_cycle > p.vector_ports) return flaw::mac_uops_per_cycle_must_not_exceed_vector_ports;
  if (!positive(k.chain_cycles)) return flaw::chain_cycles_must_be_positive;
  if (!not_negative(k.cycles_per_tile)) return flaw::cycles_per_tile_must_not_be_negative;
  return positive(k.efficiency) ? flaw::none : flaw::efficiency_must_be_positive;
}
constexpr flaw flaw_of(memory_level const& m) {
  if (!positive(m.size.value) || !positive(m.bandwidth.value) || !positive(m.latency.value))
    return flaw::a_level_must_have_a_size_bandwidth_and_latency;
  return not_negative(m.energy.value) ? flaw::none : flaw::energies_must_not_be_negative;
}
constexpr flaw flaw_between(memory_level const& inside, memory_level const& m) {
  if (m.size < inside.size) return flaw::a_cache_must_be_at_least_as_big_as_the_one_inside_it;
  if (m.bandwidth > inside.bandwidth) return flaw::a_level_must_not_have_more_bandwidth_than_the_one_inside_it;
  if (m.latency < inside.latency) return flaw::a_level_must_not_have_less_latency_than_the_one_inside_it;
  return m.energy < inside.energy ? flaw::a_level_must_not_take_less_energy_than_the_one_inside_it : flaw::none;
}
constexpr flaw flaw_of_levels(profile const& p) {
  std::size_t n = 0;
  while (n < p.cache.size() && p.cache[n].size.value != 0) ++n;
  for (std::size_t i = n; i < p.cache.size(); ++i)
    if (p.cache[i].size.value != 0) return flaw::caches_must_be_listed_without_a_gap;
  for (std::size_t i = 0; i <= n; ++i) {
    memory_level const& m = i < n ? p.cache[i] : p.memory;
    if (flaw const f = flaw_of(m); f != flaw::none) return f;
    if (i == 0) continue;
    if (flaw const f = flaw_between(p.cache[i - 1], m); f != flaw::none) return f;
  }
  return flaw::none;
}
}  // namespace detail

// The first flaw of p; none: such a machine may exist.
constexpr flaw flaw_of(profile const& p) {
  using detail::not_negative, detail::positive;
  if (p.name == nullptr || *p.name == 0) return flaw::name_must_not_be_empty;
  if (!positive(p.clock.value)) return flaw::clock_must_be_positive;
  if (p.cores < 1) return flaw::cores_must_be_at_least_1;
  int const lanes = p.vectors.lanes;
  if (lanes < 1 || (lanes & (lanes - 1)) != 0) return flaw::lanes_must_be_a_power_of_2;
  if (p.vectors.registers < 4) return flaw::registers_must_be_at_least_4;
  if (p.vectors.dot_uops < 1) return flaw::dot_uops_must_be_at_least_1;
  if (p.kind != device::cpu && p.target != isa::none) return flaw::only_a_cpu_has_a_target;
  if (p.target != isa::none && lanes > max_lanes(p.target)) return flaw::lanes_must_fit_a_register_of_the_target;
  for (double d : {p.issue_width, p.vector_ports, p.load_ports, p.store_ports, p.window})
    if (!positive(d)) return flaw::issue_width_and_ports_must_be_positive;
  for (microkernel const* k : {&p.f32, &p.bf16, &p.int8})
    if (flaw const f = detail::flaw_of(*k, p); f != flaw::none) return f;
  if (p.f32.mac_uops_per_cycle + p.bf16.mac_uops_per_cycle + p.int8.mac_uops_per_cycle == 0)
    return flaw::mac_uops_per_cycle_must_be_positive;
  if (!not_negative(p.call.value) || !not_negative(p.op_overhead.value)) return flaw::overheads_must_not_be_negative;
  if (flaw const f = detail::flaw_of_levels(p); f != flaw::none) return f;
  if (!not_negative(p.interconnect.value)) return flaw::interconnect_must_not_be_negative;
  if (p.units < 1 || p.unit_rows < 1 || p.unit_columns < 1) return flaw::units_and_their_extents_must_be_at_least_1;
  for (double d : {p.mac_f32.value, p.mac_bf16.value, p.mac_int8.value, p.instruction.value, p.idle.value})
    if (!not_negative(d)) return flaw::energies_must_not_be_negative;
  return flaw::none;
}
// Why p describes no machine that could exist, with the name of the field: "clock: must be positive". Null if it may.
constexpr char const* fault(profile const& p) { return text(flaw_of(p)); }

// M has a member `static constexpr hone::profile value{...};`
template <class M>
concept has_a_constant_profile_named_value = requires {
  { M::value } -> std::same_as<profile const&>;
};
// A flaw as a type, which compilers print by its name.
template <flaw Why>
struct because {
  static constexpr bool possible = Why == flaw::none;
};
template <class Reason>
concept possible = Reason::possible;

// A machine as a type: M::value is the constant profile of a machine that may exist. Where it may not, the compiler's
// message names the flaw.
template <class M>
concept machine = has_a_constant_profile_named_value<M> && possible<because<flaw_of(M::value)>>;

}  // namespace hw

}  // namespace hone::inline HONE_ABI
