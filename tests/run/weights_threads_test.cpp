// Engines of several threads on one set of weights, variants that become resident meanwhile, handles that come and go.
#include <hone/engine.hpp>
#include <hone/hw/catalogue/any.hpp>
#include <hone/hw/catalogue/haswell.hpp>
#include <hone/hw/catalogue/nehalem.hpp>
#include <hone/run/agent.hpp>

#include <cmath>
#include <thread>

#include "catch2.hpp"
#include "tests/support/networks.hpp"

namespace shared {

namespace nn = hone::nn;
struct net : hone::model<nn::input<12>, nn::dense<16>, nn::relu, nn::dense<6>> {};
using engine = hone::engine<net, hone::hw::any, hone::hw::nehalem, hone::hw::haswell>;

}  // namespace shared

HONE_INSTANTIATE(shared::net, hone::hw::any, hone::hw::nehalem, hone::hw::haswell);

namespace {

using namespace hone;

constexpr int threads = 4, calls = 20'000;

adaptation quick(std::uint64_t seed) {
  adaptation how;
  how.rl_training_epochs = 2, how.shortest = {}, how.exploration = 0.5f, how.seed = seed, how.regroup_period = 2;
  return how;
}
tensor_set parameters() { return networks::parameters_of(shared::net::description, 1); }
std::vector<float> image() { return networks::input_of({1, 1, 12}, 1, false); }
bool near(std::span<float const> a, std::vector<float> const& b) {
  for (std::size_t i = 0; i < b.size(); ++i)
    if (!(std::fabs(a[i] - b[i]) < 1e-5f)) return false;
  return a.size() == b.size();
}
std::vector<float> expected() {
  shared::engine net(parameters());
  auto const y = net(image());
  return {y.begin(), y.end()};
}
void together(int n, auto body) {
  std::vector<std::thread> crew;
  for (int i = 0; i < n; ++i) crew.emplace_back([&body, i] { body(i); });
  for (std::thread& t : crew) t.join();
}

TEST_CASE("contexts of many threads share weights while variants become resident") {
  std::vector<float> const exact = expected(), x = image();
  shared::engine::weights const weights(parameters(), 1);
  std::array<int, threads> wrong{};
  std::array<bool, threads> adopted{};
  together(threads + 2, [&](int i) {
    if (i >= threads) {  // two threads ask for the same variants
      for (int v = 0; v < 3; ++v)
        while (hw::supported(shared::engine::view().variants[static_cast<std::size_t>(v)].machine->target) &&
               !weights.make_resident(v))
          std::this_thread::yield();
      return;
    }
    auto const at = static_cast<std::size_t>(i);
    shared::engine::context c(weights, quick(at + 1));
    auto const all = [&] {
      for (std::size_t v = 0; v < 3; ++v)
        if (hw::supported(shared::engine::view().variants[v].machine->target) && !c.inside().agent().usable(int(v)))
          return false;
      return true;
    };
    for (int n = 0; n < calls || (!adopted[at] && n < 1000 * calls); ++n) {
      wrong[at] += !near(shared::engine::run(c, x), exact);
      adopted[at] = n % 1000 == 0 && all();
    }
  });
  for (std::size_t i = 0; i < threads; ++i) {
    CHECK(wrong[i] == 0);
    CHECK(adopted[i]);
  }
}

TEST_CASE("handles are copied and dropped by many threads, and the last one frees the memory") {
  std::vector<float> const exact = expected(), x = image();
  for (int round = 0; round < 5; ++round) {
    auto weights = std::make_unique<shared::engine::weights>(parameters(), 3);
    shared::engine prototype(*weights, quick(1));
    std::array<int, threads> wrong{};
    std::vector<std::thread> crew;
    for (std::size_t i = 0; i < threads; ++i)
      crew.emplace_back([mine = *weights, copy = prototype, &wrong, &exact, &x, i]() mutable {
        for (int n = 0; n < 20; ++n) {
          shared::engine::weights another(mine);
          mine = another;
          shared::engine engine = copy;
          wrong[i] += !near(engine(x), exact);
          copy = std::move(engine);
        }
      });
    weights.reset();
    prototype = shared::engine(parameters(), quick(2));
    for (std::thread& t : crew) t.join();
    for (int w : wrong) CHECK(w == 0);
  }
}

TEST_CASE("an engine moves from thread to thread") {
  std::vector<float> const exact = expected(), x = image();
  shared::engine net(parameters(), quick(1));
  int wrong = 0;
  for (int i = 0; i < 5; ++i) {
    std::thread([&wrong, &exact, &x, mine = std::move(net), &net]() mutable {
      for (int n = 0; n < 1000; ++n) wrong += !near(mine(x), exact);
      net = std::move(mine);
    }).join();
  }
  CHECK(wrong == 0);
}

}  // namespace
