// Counts of work against the instructions that kernels execute.
#include <hone/engine.hpp>
#include <hone/hw/catalogue/any.hpp>
#include <hone/hw/catalogue/haswell.hpp>
#include <hone/hw/catalogue/nehalem.hpp>
#include <hone/hw/catalogue/sapphire_rapids.hpp>
#include <hone/hw/catalogue/skylake_x.hpp>
#include <hone/hw/supported.hpp>
#include <hone/run/measure_kernels.hpp>

#include "catch2.hpp"
#include "executed.hpp"

#if TESTS_CAN_STEP

namespace {

namespace nn = hone::nn;
namespace hw = hone::hw;

// Every kind of loop: edges, full and half empty vectors of channels, strides, a residual addend.
struct net : hone::model<nn::input<5, 5, 4>, nn::conv2d<20, 3>, nn::relu, nn::residual<nn::conv2d<20, 3>>, nn::relu,
                         nn::depthwise_conv2d<3>, nn::relu, nn::conv2d<40, 1, 2>, nn::relu, nn::global_avg_pool,
                         nn::dense<48>, nn::relu, nn::dense<10>> {};
struct net_bf16 : hone::specialized<net, hone::options{.precision = hone::dtype::bf16}> {};
struct net_int8 : hone::specialized<net, hone::options{.precision = hone::dtype::i8}> {};

template <class Network, class Machine>
void check(char const* name) {
  hone::profile const& p = Machine::value;
  if (!hw::supported(p.target)) return;
  auto const bench = hone::calibration::make_bench<Network, Machine>(name);
  for (std::size_t i = 0; i < bench.size(); ++i) {
    if (!bench.runs(i)) continue;
    hone::op const& o = bench.graph().ops[i];
    if (!o.kind->linear) continue;
    bench.one(i, 1);  // binds what is bound lazily
    tests::executed const e = tests::execute([&] { bench.entry(i)(bench.operands(i)); });
    hone::work const w = o.kind->count(o, p.vectors);
    INFO(name << ", " << hone::name(p.target) << ", " << bench.layer(i) << ": counted " << w.mac_uops << " + "
              << w.vector_uops << " loads " << w.load_uops << " stores " << w.store_uops << ", executed " << e.macs
              << " + " << e.arithmetic << " loads " << e.loads << " stores " << e.stores << " of " << e.all);
    bool const floats = o.from != hone::dtype::u8;
#if defined(__clang__)
    constexpr double int8 = 0.35;  // it leaves out vectors of which no channel is stored
#else
    constexpr double int8 = 0.12;
#endif
    if (floats) CHECK(e.macs == Approx(w.mac_uops).epsilon(0.01));
    CHECK(e.macs + e.arithmetic == Approx(w.mac_uops + w.vector_uops).epsilon(floats ? 0.05 : int8).margin(30));
    CHECK(e.loads >= 0.5 * w.load_uops);  // one may serve two instructions
    CHECK(e.all >= 0.9 * (w.mac_uops + w.vector_uops));
  }
}
template <class Network>
void check_all(char const* name) {
  check<Network, hw::sapphire_rapids>(name);
  check<Network, hw::skylake_x>(name);
  check<Network, hw::haswell>(name);
  check<Network, hw::nehalem>(name);
}

}  // namespace

TEST_CASE("kernels execute the vector instructions that their operations count") {
  if (tests::execute([] { asm volatile("nop"); }).all == 0) {
    WARN("skipped: this system does not step through instructions");
    return;
  }
  check_all<net>("f32");
  check_all<net_bf16>("bf16");
  check_all<net_int8>("int8");
}

#endif
