#include <hone/engine.hpp>
#include <hone/hw/catalogue/haswell.hpp>
#include <hone/hw/catalogue/sapphire_rapids.hpp>

#include "benchmarks/kernels/kernel_cases.hpp"

namespace {

namespace nn = hone::nn;
namespace hw = hone::hw;

template <int Channels>
using block = nn::sequence<nn::depthwise_conv2d<3>, nn::relu, nn::conv2d<Channels, 1>, nn::relu>;
// The shapes of MLPerf Tiny's keyword spotting.
struct kws : hone::model<nn::input<49, 10>, nn::conv2d<64, nn::extent{10, 4}, 2>, nn::relu, block<64>, block<64>,
                         block<64>, block<64>, nn::global_avg_pool, nn::dense<12>> {};
struct kws_int8 : hone::specialized<kws, hone::options{.precision = hone::dtype::i8}> {};

}  // namespace

void bench::kernels::add_kws_int8(suite& s) {
  add<kws_int8, hw::sapphire_rapids>(s, "kws_int8");
  add<kws_int8, hw::haswell>(s, "kws_int8");
}
