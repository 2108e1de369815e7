// A network known at run time gives what its definition gives, on every instruction set, in every precision.
#include <hone/hone.hpp>
#include <hone/nn/builder.hpp>
#include <hone/nn/nd/move.hpp>
#include <hone/nn/nd/softmax.hpp>
#include <hone/run/dynamic_engine.hpp>
#include <hone/shal/numerics.hpp>

#include <rapidcheck.h>
#include <cmath>

#include "catch2.hpp"
#include "tests/run/nets.hpp"
#include "tests/run/real_time.hpp"
#include "tests/support/random_network.hpp"

namespace {

using namespace hone;

// One machine for each instruction set.
std::vector<profile const*> machines() {
  return {&hw::sapphire_rapids::value, &hw::skylake_x::value,   &hw::haswell::value,
          &hw::nehalem::value,         &hw::neoverse_n1::value, &hw::any::value};
}

// The largest difference of a variant's result from the emulation of the same canonical graph, in parts of the largest
// result: f32 sums differ in their order.
double worst(network const& n, options const& o, std::vector<float> const& x, profile const* machine) {
  dynamic_engine e(n, {.plan = o, .machines = {&machine, 1}});
  tensor_set const canonical = pass::canonical_tensors(e.plan().canonical(), n.weights);
  std::vector<float> const wanted = shal::emulate(e.plan().canonical(), canonical, x);
  std::span<float const> const got = e(x);
  if (got.size() != wanted.size()) return 1e9;
  double scale = 1e-3, most = 0;  // not of a result that is all but nothing
  for (float const v : wanted) scale = std::max(scale, std::fabs(double(v)));
  for (std::size_t i = 0; i < got.size(); ++i) most = std::max(most, std::fabs(double(got[i]) - double(wanted[i])));
  return most / scale;
}

TEST_CASE("networks of many layers run by every instruction set and in every precision") {
  for (int which = 0; which < 2; ++which) {
    dynamic_graph const g =
        which == 0 ? thaw(networks::residual_net::description) : thaw(networks::branching_net::description);
    for (dtype const precision : {dtype::f32, dtype::bf16, dtype::i8}) {
      options const o{.precision = precision};
      network n{g, networks::parameters_of(pass::canonical(g, o, hw::any::value), 3)};
      std::vector<float> const x = networks::input_of(g.ops[0].out, 5, which == 0);
      for (profile const* m : machines()) {
        if (!hw::supported(m->target)) continue;
        INFO(m->name << " " << name(precision) << " network " << which);
        CHECK(worst(n, o, x, m) <= (precision == dtype::i8 && which == 0 ? 0 : 2e-5));
      }
    }
  }
}

TEST_CASE("random networks give what the emulator gives") {
  bool const held = rc::check([](bool int8) {
    auto const tape = *rc::gen::scale(3.0, rc::gen::arbitrary<std::vector<std::uint8_t>>());
    dynamic_graph const g = networks::random_network(tape).graph();
    options const o{.precision = int8 ? dtype::i8 : dtype::f32};
    network const n{g, networks::parameters_of(pass::canonical(g, o, hw::any::value), 7)};
    std::vector<float> const x = networks::input_of(g.ops[0].out, 9, !g.ops[0].act.empty());
    for (profile const* m : machines())
      if (hw::supported(m->target)) RC_ASSERT(worst(n, o, x, m) <= 1e-4);
  });
  CHECK(held);
}

TEST_CASE("a dynamic engine takes what the machine has, and says what it cannot") {
  dynamic_graph const g = thaw(networks::residual_net::description);
  network const n{g, networks::parameters_of(g, 1)};
  dynamic_engine e(n);
  CHECK(e.view().variants.size() >= 1);
  for (variant_view const& v : e.view().variants) CHECK(hw::supported(v.machine->target));
  CHECK(e(std::vector<float>(3)).empty());  // of another size: nothing runs

  profile const* const gpu = &hw::nvidia_h200::value;
  CHECK_THROWS_WITH(dynamic_engine(n, {.machines = {&gpu, 1}}), Contains("none of the machines"));
  CHECK_THROWS_WITH(dynamic_engine(network{g, {}}), Contains("no tensor is named"));
  network broken = n;
  note(broken.graph, {&conv2d_kind, 1, fix::use_positive_strides, {1, 1, 1}, {0, 0, 1}});
  CHECK_THROWS_WITH(dynamic_engine(broken), Contains("use positive strides"));
}

TEST_CASE("ports are found by name, and states are carried") {
  // y = x + state; the next state is y
  dynamic_graph g;
  builder<dynamic_graph> net(g);
  int const x = net.image("x", {1, 1, 3}), state = net.image("state", {1, 1, 3});
  int const y = net.add("sum", x, state);
  net.output("y", y);
  net.output("state_out", net.relu(y));
  dynamic_engine e(network{g, {}});
  CHECK(e.inputs().size() == 2);
  CHECK(e.outputs().size() == 2);
  CHECK_THROWS_WITH(e.input("z"), Contains("no input z; it has x state"));
  CHECK_THROWS_WITH(e.output(), Contains("without a name"));
  CHECK_THROWS_AS(e.input("x").values<double>(), error);
  CHECK_THROWS_AS(e.carry("y", "z"), error);
  e.carry("state_out", "state");
  CHECK_THROWS_WITH(e.carry("y", "state"), Contains("another output"));
  for (int call = 1; call <= 4; ++call) {
    for (float& v : e.input("x").values<float>()) v = static_cast<float>(call);
    e.run();
    for (float const v : e.output("y").values<float>()) CHECK(v == static_cast<float>(call * (call + 1) / 2));
  }
}

TEST_CASE("an output that a later operation reads stays as it was") {
  dynamic_graph g;
  builder<dynamic_graph> net(g);
  int x = net.image("x", {2, 2, 4});
  for (int i = 0; i < 4; ++i) {
    x = net.apply(tanh_kind, x, functions::tanh());
    net.output(label("after_").append(i), x);
  }
  dynamic_engine e(network{g, {}});
  for (float& v : e.input().values<float>()) v = 0.5f;
  e.run();
  double wanted = 0.5;
  for (port_view const& p : e.outputs()) {
    wanted = std::tanh(wanted);
    for (float const v : p.values<float>()) CHECK(v == Approx(wanted));
  }
}

// Image operations, tensor operations and a carried state, while variants are tried.
struct streaming {
  dynamic_engine net;
  streaming() : net(made(), {.machines = {}, .how = nets::quick()}) { net.carry("next", "state"); }
  void calls(int n) {
    for (int i = 0; i < n; ++i) {
      for (float& v : net.input("x").values<float>()) v = static_cast<float>(i % 7);
      net.run();
    }
  }
  static network made() {
    dynamic_graph g;
    builder<dynamic_graph> b(g);
    int const x = b.image("x", {4, 4, 3}), state = b.image("state", {4, 4, 8});
    int const y = b.add(
        "sum", b.relu(b.conv2d("c", x, 8, {.kh = 3, .kw = 3, .top = 1, .left = 1, .bottom = 1, .right = 1})), state);
    b.output("next", nd::softmax(g, y, 3, false, op_at(g, y).layer));
    b.output("turned", nd::transpose(g, y, {0, 3, 1, 2}, op_at(g, y).layer));
    return {g, networks::parameters_of(g, 2)};
  }
};
constexpr int many = 100'000;

#if defined(COUNTS_ALLOCATIONS)
TEST_CASE("a dynamic engine allocates nothing while it runs") {
  streaming s;
  CHECK(real_time::allocations_of([&] { s.calls(many); }) == 0);
}
#endif
#if defined(FILTERS_SYSTEM_CALLS)
TEST_CASE("a dynamic engine makes no system call while it runs") {
  streaming s;
  auto const done = real_time::without_system_calls([&] {
    s.calls(many);
    return true;
  });
  if (done == real_time::outcome::unsupported) WARN("skipped: this kernel refuses seccomp filters");
  CHECK((done == real_time::outcome::passed || done == real_time::outcome::unsupported));
}
#endif

}  // namespace
