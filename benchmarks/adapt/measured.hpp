#pragma once
#include <hone/engine.hpp>

#include "benchmarks/adapt/contest.hpp"
#include "benchmarks/adapt/disturbed.hpp"
#include "examples/digits/model.hpp"
#include "tests/support/networks.hpp"

namespace bench::adapt {

/// Runs a network from its start, in the same conditions further on, with the chosen variant slowed until the next one is
/// clearly better, and with that over.
template <class Model, hone::hw::machine... Machines>
std::vector<stretch> contend(std::string const& network, hone::engine<Model, Machines...> const* /*which*/,
                             int rounds) {
  using engine = hone::engine<Model, Machines...>;
  using spec = typename engine::specialized_type;
  using disturbed = disturbed_plan<engine, sizeof...(Machines), spec::canonical.ops.size()>;
  disturbed const plan(engine::view());
  hone::packed_weights const weights(
      plan.view(), hone::pass::canonical_tensors(spec::canonical, networks::parameters_of(spec::canonical, 1)),
      hone::adaptation{}.resident_variants, nullptr);
  std::vector<float> const x = networks::input_of(engine::input_shape, 1, true);
  contest c(network, plan.view(), weights, [&x](hone::executor& e) {
    e.run<static_cast<std::size_t>(engine::input_shape.size()) * sizeof(float)>(x.data());
  });

  std::vector<stretch> all;
  auto const never = [](hone::agent const&) { return false; };
  all.push_back(c.run("from the start", rounds, never));
  all.push_back(c.run("later", 2 * rounds, never));
  int const victim = c.chosen();
  auto const uses = [victim](hone::agent const& a) {
    return std::any_of(a.groups().begin(), a.groups().end(), [&](hone::group const& g) { return g.chosen == victim; });
  };
  disturbed::slow(victim, 1.5 * all.back().second_us / all.back().best_us);
  all.push_back(c.run("chosen variant slowed", 2 * rounds, [&](hone::agent const& a) { return !uses(a); }));
  disturbed::slow(victim, 1);
  all.push_back(c.run("as before again", 2 * rounds, uses));
  return all;
}

/// The digits network; each in a file of its own: they compile one by one.
std::vector<stretch> contend_f32(int rounds);
std::vector<stretch> contend_int8(int rounds);

}  // namespace bench::adapt
