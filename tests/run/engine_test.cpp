#include <hone/engine.hpp>
#include <hone/run/agent.hpp>
#include <hone/shal/numerics.hpp>

#include <cmath>
#include <string>

#include "catch2.hpp"
#include "tests/run/nets.hpp"

template class hone::engine<nets::small, nets::hw::haswell, nets::hw::nehalem, nets::hw::any, nets::hw::neoverse_n1>;
template class hone::engine<nets::small_int8, nets::hw::haswell, nets::hw::nehalem, nets::hw::any,
                            nets::hw::neoverse_n1>;
template class hone::engine<nets::gain, nets::hw::haswell, nets::hw::nehalem, nets::hw::any, nets::hw::neoverse_n1>;
HONE_INSTANTIATE(nets::gain, nets::hw::neoverse_n1);

namespace {

using namespace hone;

using f32 = nets::engine<nets::small>;
using int8 = nets::engine<nets::small_int8>;
using span = std::span<float const>;

static_assert(noexcept(std::declval<f32&>()(span{})));
static_assert(noexcept(f32::run(std::declval<f32::context&>(), span{})));
static_assert(noexcept(std::declval<nets::engine<nets::gain>&>()(1.0f)));
static_assert(std::is_nothrow_move_constructible_v<f32> && std::is_copy_constructible_v<f32>);
static_assert(std::is_nothrow_move_assignable_v<f32> && std::is_copy_assignable_v<f32>);
static_assert(!std::is_copy_constructible_v<f32::context> && std::is_nothrow_move_constructible_v<f32::context>);
static_assert(!std::is_invocable_v<f32&, float>);  // only for networks of one number

std::vector<float> result(auto& net, std::uint32_t seed = 1) {
  std::vector<float> const x = nets::image(seed);
  span const y = net(x);
  return {y.begin(), y.end()};
}
template <class Network>
std::vector<float> expected(std::uint32_t seed) {
  using spec = specialization_of<Network>;
  return shal::emulate(
      spec::canonical, pass::canonical_tensors(spec::canonical, nets::parameters<Network>()), nets::image(seed));
}
bool near(std::vector<float> const& a, std::vector<float> const& b) {
  for (std::size_t i = 0; i < a.size(); ++i)
    if (!(std::fabs(a[i] - b[i]) < 1e-5f)) return false;
  return a.size() == b.size();
}
std::vector<int> runnable(auto const& net) {
  std::vector<int> v;
  for (int i = 0; i < nets::variants; ++i)
    if (net.shared_weights().ready(i)) v.push_back(i);
  return v;
}
int foreign(auto const& net) {
  for (int i = 0; i < nets::variants; ++i)
    if (!net.shared_weights().ready(i)) return i;
  return -1;
}
selection all_by(plan_view const& plan, int v) {
  return {{{0, static_cast<std::int16_t>(plan.ops), static_cast<std::int16_t>(v), 0}}};
}
// Every subgraph of `size` operations by another variant.
selection mixed(plan_view const& plan, int size, std::vector<int> const& by) {
  selection s;
  for (int at = 0; at < plan.ops; at += size)
    s.groups.push_back({static_cast<std::int16_t>(at), static_cast<std::int16_t>(std::min(at + size, plan.ops)),
                        static_cast<std::int16_t>(by[s.groups.size() % by.size()]), 0});
  return s;
}

TEST_CASE("every variant, and every mixture of them, computes the network") {
  adaptation how = nets::quick();
  how.frozen = true;
  f32 net(nets::parameters<nets::small>(), how);
  int8 quantized(nets::parameters<nets::small_int8>(), how);
  std::vector<int> const here = runnable(net);
  REQUIRE(!here.empty());
  for (std::uint32_t seed : {1u, 2u}) {
    std::vector<float> const exact = expected<nets::small>(seed), stored = expected<nets::small_int8>(seed);
    for (int v : here) {
      CAPTURE(v, seed);
      net.set(all_by(net.view(), v)), quantized.set(all_by(quantized.view(), v));
      CHECK(near(result(net, seed), exact));
      CHECK(near(result(quantized, seed), stored));
    }
    for (int size : {1, 2, 3, 5}) {
      CAPTURE(size, seed);
      net.set(mixed(net.view(), size, here)), quantized.set(mixed(quantized.view(), size, here));
      CHECK(near(result(net, seed), exact));
      CHECK(near(result(quantized, seed), stored));
    }
  }
}

TEST_CASE("results stay right while the engine times, tries, splits and merges") {
  adaptation how = nets::quick();
  how.performance_threshold = 0.3f, how.merging_threshold = 0.29f, how.regroup_period = 2, how.exploration = 0.5f;
  f32 net(nets::parameters<nets::small>(), how);
  std::vector<float> const exact = expected<nets::small>(1);
  int wrong = 0;
  for (int i = 0; i < 20'000; ++i) wrong += !near(result(net), exact);
  CHECK(wrong == 0);
  CHECK(net.agent().spent() > 0);
}

TEST_CASE("frozen runs are reproducible to the bit, and so is a selection that was recorded") {
  adaptation how = nets::quick();
  how.frozen = true;
  f32 net(nets::parameters<nets::small>(), how);
  net.set(mixed(net.view(), 2, runnable(net)));
  std::vector<float> const first = result(net);
  for (int i = 0; i < 500; ++i) REQUIRE(result(net) == first);
  f32 other(nets::parameters<nets::small>(), how);
  other.set(net.agent().current());
  CHECK(result(other) == first);
}

TEST_CASE("a selection of another plan, or of a variant that is not resident, is refused and changes nothing") {
  adaptation how = nets::quick();
  how.frozen = true;
  f32 net(nets::parameters<nets::small>(), how);
  std::vector<float> const before = result(net);
  selection const current = net.agent().current();
  CHECK_THROWS_AS(net.set(selection{}), error);
  CHECK_THROWS_AS(net.set(all_by(net.view(), foreign(net))), error);
  CHECK_THROWS_AS(net.set(all_by(nets::engine<nets::gain>::view(), 0)), error);
  CHECK(net.agent().groups().size() == current.groups.size());
  CHECK(result(net) == before);
}

TEST_CASE("a copy shares the weights, keeps selection and policy, and has a life of its own") {
  adaptation how = nets::quick();
  how.frozen = true;
  f32 first(nets::parameters<nets::small>(), how);
  int const last = runnable(first).back();
  first.set(all_by(first.view(), last));
  f32 second = first;
  CHECK(&second.shared_weights().inside() == &first.shared_weights().inside());
  CHECK(second.agent().groups()[0].chosen == last);
  CHECK(second.agent().policy() == first.agent().policy());
  CHECK(second.agent().frozen());
  std::vector<float> const one = result(first, 1), two = result(second, 2);
  span const y = first(nets::image(1));
  result(second, 2);  // does not touch first's result
  CHECK(std::vector<float>(y.begin(), y.end()) == one);
  CHECK(one != two);
  second.set(all_by(second.view(), runnable(second).front()));
  CHECK(first.agent().groups()[0].chosen == last);

  f32 third(nets::parameters<nets::small>(7), how);
  std::vector<float> const other = result(third);
  CHECK(other != one);
  third = first;
  CHECK(result(third) == one);
}

TEST_CASE("a moved engine goes on where it was; what it was moved from can be assigned to") {
  f32 first(nets::parameters<nets::small>(), nets::quick());
  for (int i = 0; i < 1000; ++i) result(first);
  double const spent = first.agent().spent();
  std::vector<float> const one = result(first);
  f32 second = std::move(first);
  CHECK(second.agent().spent() == spent);
  CHECK(near(result(second), one));
  first = f32(nets::parameters<nets::small>(3), nets::quick());
  CHECK_FALSE(near(result(first), one));
  std::swap(first, second);
  CHECK(near(result(first), one));
}

TEST_CASE("an input may lie anywhere, also where the last result is") {
  adaptation how = nets::quick();
  how.frozen = true;
  f32 net(nets::parameters<nets::small>(), how);
  std::vector<float> const x = nets::image(1), usual = result(net);
  for (std::size_t offset = 0; offset < 16; ++offset) {
    std::vector<float> shifted(x.size() + 16, NAN);
    std::copy(x.begin(), x.end(), shifted.begin() + static_cast<std::ptrdiff_t>(offset));
    span const y = net(span(shifted).subspan(offset, x.size()));
    CHECK(std::vector<float>(y.begin(), y.end()) == usual);
  }
  nets::engine<nets::gain> gain(nets::parameters<nets::gain>(), how);
  float const once = gain(0.7f), twice = gain(once);
  float const start = 0.7f;
  CHECK(gain(gain(span(&start, 1)))[0] == twice);
}

TEST_CASE("what is no number goes through, and leaves nothing behind") {
  adaptation how = nets::quick();
  how.frozen = true;
  f32 net(nets::parameters<nets::small>(), how);
  int8 quantized(nets::parameters<nets::small_int8>(), how);
  for (int v : runnable(net)) {
    net.set(all_by(net.view(), v)), quantized.set(all_by(quantized.view(), v));
    std::vector<float> const usual = result(net), stored = result(quantized);
    for (float odd : {NAN, INFINITY, -INFINITY, 3e38f}) {
      CAPTURE(v, odd);
      std::vector<float> const x(nets::image(1).size(), odd);
      net(x), quantized(x);
      CHECK(result(net) == usual);
      CHECK(result(quantized) == stored);
      for (float y : quantized(x)) CHECK(std::isfinite(y));
    }
  }
}

TEST_CASE("copying what was moved from is refused") {
  f32 first(nets::parameters<nets::small>(), nets::quick());
  f32 const second = std::move(first);
  CHECK_THROWS_AS(f32(first), error);
  f32::weights w(nets::parameters<nets::small>()), other(std::move(w));
  CHECK_THROWS_AS(f32(w), error);
  CHECK_THROWS_AS(w.ready(0), error);
}

TEST_CASE("contexts on shared weights give what an engine gives, also after the weights' first owner is gone") {
  auto weights = std::make_unique<f32::weights>(nets::parameters<nets::small>(), nets::variants);
  f32::context a(*weights, nets::quick());
  f32 b(*weights, nets::quick());
  weights.reset();
  std::vector<float> const exact = expected<nets::small>(4), x = nets::image(4);
  span const y = f32::run(a, x);
  CHECK(near({y.begin(), y.end()}, exact));
  CHECK(near(result(b, 4), exact));
  f32::context c = std::move(a);
  a = std::move(c);
  span const z = f32::run(a, x);
  CHECK(near({z.begin(), z.end()}, exact));
}

TEST_CASE("variants become resident later, where this machine runs them") {
  adaptation how = nets::quick();
  how.resident_variants = 1, how.frozen = true;
  f32 net(nets::parameters<nets::small>(), how);
  REQUIRE(runnable(net).size() == 1);
  f32::weights const& w = net.shared_weights();
  int made = 0;
  for (int v = 0; v < nets::variants; ++v) {
    if (w.make_resident(v)) {
      ++made;
      CHECK(w.ready(v));
      net.set(all_by(net.view(), v));
      CHECK(near(result(net), expected<nets::small>(1)));
    } else {
      CHECK_FALSE(w.ready(v));
      CHECK_THROWS_AS(net.set(all_by(net.view(), v)), error);
    }
  }
  CHECK(made >= 1);
  CHECK(made < nets::variants);  // none runs both x86's and Arm's
  for (int v : {-1, nets::variants, 1000}) {
    CHECK_THROWS_AS(w.make_resident(v), error);
    CHECK_FALSE(w.ready(v));
  }
}

TEST_CASE("a network of one number is called with a number") {
  nets::engine<nets::gain> net(nets::parameters<nets::gain>(), nets::quick());
  for (float x : {-1.0f, 0.0f, 0.7f}) CHECK(net(x) == net(span(&x, 1))[0]);
  CHECK(net(0.3f) != net(0.9f));
}

TEST_CASE("the caller's rounding changes nothing, and denormals are zero") {
  adaptation how = nets::quick();
  how.frozen = true;
  nets::engine<nets::gain> net(nets::parameters<nets::gain>(), how);
  CHECK(net(1e-39f) == net(0.0f));
  f32 other(nets::parameters<nets::small>(), how);
  std::vector<float> const usual = result(other), x = nets::image(1);
#if defined(__SSE__)
  unsigned const mine = __builtin_ia32_stmxcsr();
  __builtin_ia32_ldmxcsr(0x1f80u | 0x6000u);  // towards zero
  span const y = other(x);
  unsigned const after = __builtin_ia32_stmxcsr();
  __builtin_ia32_ldmxcsr(mine);
  CHECK(std::vector<float>(y.begin(), y.end()) == usual);
  CHECK((after & ~0x3fu) == (0x1f80u | 0x6000u));
#endif
}

std::string refusal(auto make) {
  try {
    make();
  } catch (error const& e) {
    CHECK(*e.parts().fix != 0);
    return e.what();
  }
  return "";
}

TEST_CASE("what cannot be run is refused with what is wrong") {
  using nowhere = engine<nets::gain, nets::hw::neoverse_n1>;
  if (!f32(nets::parameters<nets::small>(), nets::quick()).shared_weights().ready(3))
    CHECK_THAT(refusal([] { nowhere net(nets::parameters<nets::gain>()); }), Contains("cannot run this plan here"));
  CHECK_THAT(refusal([] { f32 net(tensor_set{}); }), Contains("no tensor is named"));
  tensor_set broken = nets::parameters<nets::small>();
  broken.find("dense_8.bias")->values<float>()[0] = NAN;
  CHECK_THAT(refusal([&] { f32 net(broken); }), Contains("dense_8.bias") && Contains("NaN"));
  CHECK_THAT(refusal([] { f32 net(nets::parameters<nets::small>(), {.exploration = 2}); }), Contains("exploration"));
  CHECK_THAT(refusal([] { f32::weights none(nets::parameters<nets::small>(), 0); }), Contains("no variant"));
  f32::weights const w(nets::parameters<nets::small>());
  CHECK_THAT(refusal([&] { f32::context c(w, {.sample_period = 0}); }), Contains("sample_period"));
}

}  // namespace
