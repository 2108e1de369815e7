#pragma once
#include <hone/hw/profile.hpp>

namespace hone::inline HONE_ABI::hw {

// The units that the catalogue is written in.
using literals::operator""_GHz, literals::operator""_ns, literals::operator""_us, literals::operator""_W;
using literals::operator""_KiB, literals::operator""_MiB, literals::operator""_GiB, literals::operator""_GBps;

// What arithmetic and memory of one manufacturing process spend. The catalogue's machines take their energies from
// here: fit to compare machines and networks, not to bill by.
struct process {
  picojoules mac_f32{};   // multiply and add in f32
  picojoules mac_bf16{};  // multiply in bf16, add in f32
  picojoules mac_int8{};  // multiply in 8 bits, add in 32
  picojoules l1{};        // a byte of a 32 KiB SRAM
  picojoules l2{};        // of a 1 MiB SRAM
  picojoules l3{};        // of a 32 MiB SRAM
};

// Sources: 45 nm is M. Horowitz, "Computing's energy problem (and what we can do about it)", ISSCC 2014 (with f16 for
// bf16, which it lacks); 7 nm is N. Jouppi et al., "Ten lessons from three generations shaped Google's TPUv4i", ISCA
// 2021, table 2, which repeats Horowitz's operations for 7 nm. Both give SRAM by 64 bits, up to 1 MiB; l3 continues
// their step from 32 KiB to 1 MiB: l2 * l2 / l1. Processes between: E45^(1-t) * E7^t with t = log(45 nm / n) / log(45
// nm / 7 nm). Later processes count as 7 nm, since SRAM has hardly shrunk after it.
inline constexpr process nm45{{4.6}, {2.0}, {0.3}, {2.5}, {12.5}, {62.5}};
inline constexpr process nm28{{3.56}, {1.47}, {0.227}, {2.01}, {7.57}, {28.5}};
inline constexpr process nm22{{3.13}, {1.25}, {0.197}, {1.80}, {5.87}, {19.1}};
inline constexpr process nm14{{2.45}, {0.93}, {0.151}, {1.46}, {3.64}, {9.07}};
inline constexpr process nm7{{1.69}, {0.59}, {0.10}, {1.0625}, {1.75}, {2.88}};

// A byte of DRAM. DDR: 1.3 nJ for 64 bits in both sources; LPDDR is charged the same. HBM2: 250 to 450 pJ for 64 bits.
inline constexpr picojoules ddr_byte{162.5}, hbm_byte{43.75};

// The part of its thermal design power that a processor draws while it idles. Jouppi et al., "In-datacenter performance
// analysis of a tensor processing unit", ISCA 2017, table 2: 41 W of 145 W for Haswell, 25 W of 150 W for a K80 GPU.
inline constexpr double cpu_idle_part = 0.28, gpu_idle_part = 0.17;

// A processor's power, and what it takes to draw all of it.
struct power {
  watts design{};  // thermal design power of the package
  double idle_part{};
  int cores{};  // or units
  gigahertz base{};
  double issue_width{};  // instructions a core issues in a cycle

  // One core's share of what the idle package draws.
  constexpr watts idle() const { return design * (idle_part / cores); }
  // The rest, by instruction, when all cores issue as many as they can at the base clock. It contains the instruction's
  // own arithmetic, which is small beside fetching, renaming and scheduling.
  constexpr picojoules instruction() const {
    return {design.value * (1 - idle_part) / (cores * base.value * issue_width) * 1e3};  // W / GHz = nJ
  }
};

}  // namespace hone::inline HONE_ABI::hw
