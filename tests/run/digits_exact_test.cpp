// The digits network in int8 over the whole data set: every instruction set that this machine has, and SHAL's emulation,
// give the same bits, under whatever flags this file is compiled with.
#include <hone/engine.hpp>
#include <hone/hw/supported.hpp>
#include <hone/pass/prepare.hpp>
#include <hone/run/agent.hpp>
#include <hone/shal/numerics.hpp>

#include "catch2.hpp"
#include "examples/digits/model.hpp"
#include "networks.hpp"

#include <cstdio>
#include <cstring>

namespace hw = hone::hw;
using net = digits::network_int8;

#if defined(__aarch64__)
using engine = hone::engine<net, hw::neoverse_n1, hw::any>;
HONE_INSTANTIATE(net, hw::neoverse_n1, hw::any);
#else
using engine = digits::engine<net>;
HONE_INSTANTIATE(net, hw::sapphire_rapids, hw::skylake_x, hw::haswell, hw::nehalem, hw::any);
#endif

namespace {

// The images of examples/data/digits.csv, scaled to 0..1.
std::vector<std::vector<float>> images() {
  std::vector<std::vector<float>> all;
  std::FILE* const f = std::fopen("examples/data/digits.csv", "r");
  REQUIRE(f != nullptr);
  char line[512];
  while (std::fgets(line, sizeof line, f) != nullptr) {
    std::vector<float> x;
    char* at = line;
    for (int i = 0; i < 64; ++i, ++at) x.push_back(static_cast<float>(std::strtol(at, &at, 10)) / 16.0f);
    all.push_back(x);
  }
  std::fclose(f);
  return all;
}

hone::tensor_set weights() {
  return hone::pass::canonical_tensors(net::canonical, networks::parameters_of(net::canonical, 3));
}

}  // namespace

TEST_CASE("int8 gives the same bits on every instruction set and in the emulation, over the whole data set") {
  auto const all = images();
  REQUIRE(all.size() == 1797);
  hone::tensor_set const w = weights();
  hone::adaptation how;
  how.frozen = true, how.resident_variants = 100, how.rl_training_epochs = 0;
  engine net_here(w, how);
  hone::plan_view const& plan = engine::view();
  std::vector<float> first;
  for (std::size_t v = 0; v < plan.variants.size(); ++v) {
    hone::isa const target = plan.variants[v].machine->target;
    if (plan.variants[v].entries == nullptr || !hw::supported(target)) {
      std::printf("%s is absent here: skipped\n", hone::name(target));
      continue;
    }
    net_here.set({{{0, static_cast<std::int16_t>(plan.ops), static_cast<std::int16_t>(v), 0}}});
    std::vector<float> scores;
    for (auto const& x : all)
      for (float s : net_here(x)) scores.push_back(s);
    if (first.empty()) first = scores;
    CHECK(std::memcmp(first.data(), scores.data(), scores.size() * sizeof(float)) == 0);
  }
  for (std::size_t i = 0; i < all.size(); i += 13) {
    std::vector<float> const want = hone::shal::emulate(net::canonical, w, std::span<float const>(all[i]));
    CHECK(std::memcmp(want.data(), first.data() + 10 * i, 10 * sizeof(float)) == 0);
  }
}
