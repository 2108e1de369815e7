#include <hone/hw/profile.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include "catch2.hpp"

using hone::hw::flaw;
using namespace hone::literals;

namespace {

constexpr hone::profile possible() {
  hone::profile p{};
  p.name = "made_up";
  p.target = hone::isa::avx2;
  p.vectors = {8, 16, 4, true};
  p.clock = 3_GHz;
  p.f32 = p.bf16 = p.int8 = {2, 4, 0, 1};
  p.cache = {{{32_KiB, 200_GBps, 1_ns, 1_pJ}, {1_MiB, 100_GBps, 4_ns, 2_pJ}, {8_MiB, 50_GBps, 12_ns, 4_pJ}}};
  p.memory = {8_GiB, 20_GBps, 90_ns, 160_pJ};
  return p;
}
static_assert(hone::hw::fault(possible()) == nullptr);

// What flaw_of says of possible(), changed.
template <class Change>
flaw after(Change change) {
  hone::profile p = possible();
  change(p);
  return hone::hw::flaw_of(p);
}

struct made_up {
  static constexpr hone::profile value = possible();
};
struct stopped {
  static constexpr hone::profile value = [] {
    hone::profile p = possible();
    p.clock = {};
    return p;
  }();
};
struct changing {
  static hone::profile& value;
};
struct of_another_kind {
  static constexpr int value = 1;
};
struct without_profile {};

static_assert(hone::hw::machine<made_up>);
static_assert(!hone::hw::machine<stopped>);
static_assert(!hone::hw::machine<changing>);
static_assert(!hone::hw::machine<of_another_kind>);
static_assert(!hone::hw::machine<without_profile>);

double const infinite = 1e308 * 10, no_number = infinite - infinite;

}  // namespace

TEST_CASE("a profile that no machine could have is refused with its flaw") {
  using hone::profile;
  CHECK(after([](profile&) {}) == flaw::none);
  CHECK(after([](profile& p) { p.name = ""; }) == flaw::name_must_not_be_empty);
  CHECK(after([](profile& p) { p.name = nullptr; }) == flaw::name_must_not_be_empty);
  for (double clock : {0.0, -1.0, infinite, no_number})
    CHECK(after([&](profile& p) { p.clock = {clock}; }) == flaw::clock_must_be_positive);
  CHECK(after([](profile& p) { p.cores = 0; }) == flaw::cores_must_be_at_least_1);
  for (int lanes : {0, -4, 3, 12})
    CHECK(after([&](profile& p) { p.vectors.lanes = lanes; }) == flaw::lanes_must_be_a_power_of_2);
  CHECK(after([](profile& p) { p.vectors.lanes = 16; }) == flaw::lanes_must_fit_a_register_of_the_target);
  CHECK(after([](profile& p) { p.vectors.lanes = 4; }) == flaw::none);
  CHECK(after([](profile& p) { p.vectors.registers = 3; }) == flaw::registers_must_be_at_least_4);
  CHECK(after([](profile& p) { p.vectors.dot_uops = 0; }) == flaw::dot_uops_must_be_at_least_1);
  CHECK(after([](profile& p) { p.kind = hone::device::gpu; }) == flaw::only_a_cpu_has_a_target);
  CHECK(after([](profile& p) { p.load_ports = 0; }) == flaw::issue_width_and_ports_must_be_positive);
  CHECK(after([](profile& p) { p.issue_width = no_number; }) == flaw::issue_width_and_ports_must_be_positive);
  CHECK(after([](profile& p) { p.bf16.mac_uops_per_cycle = 0; }) == flaw::mac_uops_per_cycle_must_be_positive);
  CHECK(after([](profile& p) { p.f32.mac_uops_per_cycle = 3; }) ==
        flaw::mac_uops_per_cycle_must_not_exceed_vector_ports);
  CHECK(after([](profile& p) { p.int8.chain_cycles = 0; }) == flaw::chain_cycles_must_be_positive);
  CHECK(after([](profile& p) { p.int8.cycles_per_tile = -1; }) == flaw::cycles_per_tile_must_not_be_negative);
  CHECK(after([](profile& p) { p.f32.efficiency = 0; }) == flaw::efficiency_must_be_positive);
  CHECK(after([](profile& p) { p.op_overhead = {-1}; }) == flaw::overheads_must_not_be_negative);
  CHECK(after([](profile& p) { p.interconnect = {-1}; }) == flaw::interconnect_must_not_be_negative);
  CHECK(after([](profile& p) { p.unit_rows = 0; }) == flaw::units_and_their_extents_must_be_at_least_1);
  CHECK(after([](profile& p) { p.idle = {-1}; }) == flaw::energies_must_not_be_negative);
  CHECK(after([](profile& p) { p.cache[1].energy = {-1}; }) == flaw::energies_must_not_be_negative);
}

TEST_CASE("levels of memory grow outwards and slow down") {
  using hone::profile;
  CHECK(after([](profile& p) { p.cache[1].size = 16_KiB; }) ==
        flaw::a_cache_must_be_at_least_as_big_as_the_one_inside_it);
  CHECK(after([](profile& p) { p.memory.size = 1_MiB; }) == flaw::a_cache_must_be_at_least_as_big_as_the_one_inside_it);
  CHECK(after([](profile& p) { p.cache[2].bandwidth = 101_GBps; }) ==
        flaw::a_level_must_not_have_more_bandwidth_than_the_one_inside_it);
  CHECK(after([](profile& p) { p.memory.latency = 11_ns; }) ==
        flaw::a_level_must_not_have_less_latency_than_the_one_inside_it);
  CHECK(after([](profile& p) { p.memory.energy = 3_pJ; }) ==
        flaw::a_level_must_not_take_less_energy_than_the_one_inside_it);
  CHECK(after([](profile& p) { p.cache[1] = {}; }) == flaw::caches_must_be_listed_without_a_gap);
  CHECK(after([](profile& p) { p.cache[0].bandwidth = {}; }) == flaw::a_level_must_have_a_size_bandwidth_and_latency);
  CHECK(after([](profile& p) { p.memory = {}; }) == flaw::a_level_must_have_a_size_bandwidth_and_latency);
  CHECK(after([](profile& p) { p.cache = {}; }) == flaw::none);
}

TEST_CASE("an accelerator may lack formats, but not all of them") {
  auto const with = [](double f32, double bf16, double int8) {
    return after([&](hone::profile& p) {
      p.kind = hone::device::systolic_array, p.target = hone::isa::none;
      p.f32.mac_uops_per_cycle = f32, p.bf16.mac_uops_per_cycle = bf16, p.int8.mac_uops_per_cycle = int8;
    });
  };
  CHECK(with(0, 0, 1) == flaw::none);
  CHECK(with(0, 0, 0) == flaw::mac_uops_per_cycle_must_be_positive);
  CHECK(with(0, -1, 1) == flaw::mac_uops_per_cycle_must_be_positive);
}

TEST_CASE("every flaw has a text that begins with its field") {
  std::vector<std::string> seen;
  CHECK(text(flaw::none) == nullptr);
  for (int i = 1; i <= static_cast<int>(flaw::energies_must_not_be_negative); ++i) {
    std::string const t = text(static_cast<flaw>(i));
    CAPTURE(t);
    CHECK(t.find(": ") != std::string::npos);
    CHECK(std::find(seen.begin(), seen.end(), t) == seen.end());
    seen.push_back(t);
  }
  hone::profile p = possible();
  p.clock = {};
  CHECK(std::string(hone::hw::fault(p)) == "clock: must be positive");
}
