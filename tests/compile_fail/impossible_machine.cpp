// A machine whose second cache is smaller than its first: the compiler names the flaw.
// expect: a_cache_must_be_at_least_as_big_as_the_one_inside_it
// expect: impossible_machine\.cpp
// errors: 1
#include <hone/hw/profile.hpp>

using namespace hone::literals;

struct mine {
  static constexpr hone::profile value {
    .name = "mine", .clock = 2_GHz, .f32 = {.mac_uops_per_cycle = 2}, .bf16 = {.mac_uops_per_cycle = 2},
    .int8 = {.mac_uops_per_cycle = 2},
#if defined(HONE_FIXED)
    .cache = {{{32_KiB, 128_GBps, 2_ns, 1_pJ}, {512_KiB, 64_GBps, 6_ns, 2_pJ}}},
#else
    .cache = {{{32_KiB, 128_GBps, 2_ns, 1_pJ}, {16_KiB, 64_GBps, 6_ns, 2_pJ}}},
#endif
    .memory = {1_GiB, 10_GBps, 100_ns, 160_pJ},
  };
};

template <hone::hw::machine Machine>
constexpr double clock_of() {
  return Machine::value.clock.value;
}

double const mine_runs_at = clock_of<mine>();
