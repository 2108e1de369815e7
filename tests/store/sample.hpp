#pragma once
// Artifacts for the tests of store/.
#include <hone/core/artifact.hpp>

#include <random>

namespace sample {

// The same values with every compiler and library: multiples of 1/1024 in [-1, 1], any bytes for integers.
inline void fill(hone::tensor& t, std::mt19937_64& random) {
  auto const value = [&random] { return static_cast<float>(static_cast<int>(random() % 2049) - 1024) / 1024; };
  if (t.type == hone::dtype::f32) {
    for (float& v : t.values<float>()) v = value();
  } else if (t.type == hone::dtype::bf16) {
    for (std::uint16_t& v : t.values<std::uint16_t>()) v = hone::to_bf16(value());
  } else {
    for (auto& b : t.values<std::uint8_t>()) b = static_cast<std::uint8_t>(random());
  }
}

inline hone::artifact_info info(std::uint64_t plan = 0xfedcba9876543210, char const* model = "digits") {
  hone::artifact_info i{};
  i.model = model, i.plan_id = plan, i.precision = hone::dtype::i8;
  i.made_for.name = "haswell", i.made_for.isa = "avx2";
  i.made_for.cache = {{{32768}, {262144}, {8388608}}};
  i.made_for.memory_bandwidth = {12.5}, i.made_for.interconnect_bandwidth = {16};
  i.made_for.cores = 4, i.made_for.clock = {3.25};
  i.figures.accuracy_before = 0.9712, i.figures.accuracy = 0.9861;
  i.figures.latency = {8400}, i.figures.cold_latency = {31000}, i.figures.throughput = 119047;
  i.figures.traffic = {65536}, i.figures.arena = {4096}, i.figures.energy = {5.5e6};
  i.origin.seed = 7, i.origin.data_set = "optical digits", i.origin.data_hash = 0x0123456789abcdef;
  i.origin.library = "0.1.0", i.origin.time = 1'700'000'000;
  return i;
}

// One tensor of each number format, odd extents, and two packed weights. `seed` chooses the values.
inline hone::artifact artifact(std::uint64_t seed = 1, hone::artifact_info const& about = info()) {
  std::mt19937_64 random(seed);
  hone::artifact a{};
  static_cast<hone::artifact_info&>(a) = about;
  fill(a.weights.add("conv2d_0.weight", hone::dtype::f32, {3, 3, 1, 5}), random);
  fill(a.weights.add("conv2d_0.bias", hone::dtype::bf16, {1, 1, 1, 5}), random);
  fill(a.weights.add("dense_1.weight", hone::dtype::i8, {1, 1, 7, 3}), random);
  fill(a.weights.add("dense_1.bias", hone::dtype::i32, {1, 1, 1, 3}), random);
  for (std::uint64_t layout : {2U, 9U}) {
    hone::packed_section p{layout, hone::buffer(static_cast<std::size_t>(33 * layout))};
    for (std::size_t i = 0; i < p.data.size(); ++i) p.data.data()[i] = static_cast<std::byte>(random());
    a.packed.push_back(p);
  }
  return a;
}

}  // namespace sample
