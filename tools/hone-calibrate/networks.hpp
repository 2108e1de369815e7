// What hone-calibrate times: kernels of many shapes, by themselves and in small networks.
#pragma once
#include <hone/hw/catalogue/any.hpp>
#include <hone/hw/catalogue/haswell.hpp>
#include <hone/hw/catalogue/nehalem.hpp>
#include <hone/hw/catalogue/neoverse_n1.hpp>
#include <hone/hw/catalogue/sapphire_rapids.hpp>
#include <hone/hw/catalogue/skylake_x.hpp>
#include <hone/run/calibration.hpp>

#include <utility>
#include <vector>

namespace calibrate {

namespace nn = hone::nn;
namespace hw = hone::hw;

// Mobile shapes: few channels, depthwise and pointwise convolutions, pooling.
struct mobile : hone::model<nn::input<24, 24, 3>, nn::conv2d<8, 3, 2>, nn::relu, nn::depthwise_conv2d<3>, nn::relu,
                            nn::conv2d<24, 1>, nn::relu, nn::depthwise_conv2d<3, 2>, nn::relu, nn::conv2d<64, 1>,
                            nn::relu, nn::max_pool<2>, nn::depthwise_conv2d<3>, nn::relu, nn::conv2d<96, 1>, nn::relu,
                            nn::global_avg_pool, nn::flatten, nn::dense<20>> {};

// Residual shapes: 3x3 convolutions on small planes, as networks for small images have them.
template <int Channels>
using block = nn::residual<nn::conv2d<Channels, 3>, nn::relu, nn::conv2d<Channels, 3>>;
struct residual : hone::model<nn::input<12, 12, 2>, nn::conv2d<24, 3>, nn::relu, block<24>, nn::relu,
                              nn::conv2d<48, 3, 2>, nn::relu, block<48>, nn::relu, nn::conv2d<64, 3, 2>, nn::relu,
                              nn::global_avg_pool, nn::flatten, nn::dense<12>> {};

// Dense layers: from the first cache and from the second.
struct perceptron : hone::model<nn::input<1, 1, 96>, nn::dense<64>, nn::relu, nn::dense<256>, nn::relu, nn::dense<160>,
                                nn::relu, nn::dense<9>> {};

// Measured but not fitted: says what the fit is worth on a network that it has not seen.
struct unseen : hone::model<nn::input<8, 8, 1>, nn::conv2d<16, 3>, nn::relu, block<16>, nn::relu, nn::conv2d<32, 3, 2>,
                            nn::relu, block<32>, nn::relu, nn::global_avg_pool, nn::flatten, nn::dense<10>> {};

template <class Network>
struct in_bf16 : hone::specialized<Network, hone::options{.precision = hone::dtype::bf16}> {};
template <class Network>
struct in_int8 : hone::specialized<Network, hone::options{.precision = hone::dtype::i8}> {};

using hone::calibration::family;

// Adds a network's benches in every precision to those of each instruction set that runs here.
using bench_list = std::vector<hone::calibration::kernel_bench> family::*;

template <class Network, class Machine>
void add_benches(family& f, bench_list list, char const* f32, char const* bf16, char const* int8) {
  if (f.representative != &Machine::value) return;
  (f.*list).push_back(hone::calibration::make_bench<Network, Machine>(f32));
  (f.*list).push_back(hone::calibration::make_bench<in_bf16<Network>, Machine>(bf16));
  (f.*list).push_back(hone::calibration::make_bench<in_int8<Network>, Machine>(int8));
}
template <class Network>
void add_benches(std::vector<family>& families, bench_list list, char const* f32, char const* bf16, char const* int8) {
  for (family& f : families) {
    add_benches<Network, hw::any>(f, list, f32, bf16, int8);
#if defined(__aarch64__)
    add_benches<Network, hw::neoverse_n1>(f, list, f32, bf16, int8);
#else
    add_benches<Network, hw::nehalem>(f, list, f32, bf16, int8);
    add_benches<Network, hw::haswell>(f, list, f32, bf16, int8);
    add_benches<Network, hw::skylake_x>(f, list, f32, bf16, int8);
    add_benches<Network, hw::sapphire_rapids>(f, list, f32, bf16, int8);
#endif
  }
}

// Whether this program has kernels for i.
bool has_kernels(hone::isa i);
// Calls of an engine of one small layer, and of its kernels without the engine.
std::pair<hone::calibration::repeat, hone::calibration::repeat> engine_and_its_kernels();

// One source file each, so that they compile one by one.
void add_mobile(std::vector<family>& families);
void add_residual(std::vector<family>& families);
void add_perceptron(std::vector<family>& families);
void add_unseen(std::vector<family>& families);

}  // namespace calibrate
