// The digits network: what it is and what it becomes.
#pragma once
#include <hone/hone.hpp>
#include <hone/hw/catalogue/any.hpp>
#include <hone/hw/catalogue/haswell.hpp>
#include <hone/hw/catalogue/nehalem.hpp>
#include <hone/hw/catalogue/sapphire_rapids.hpp>
#include <hone/hw/catalogue/skylake_x.hpp>

namespace digits {

namespace nn = hone::nn;
namespace hw = hone::hw;

template <int Channels>
using block = nn::residual<nn::conv2d<Channels, 3>, nn::batch_norm, nn::relu, nn::conv2d<Channels, 3>, nn::batch_norm>;

// 8x8 pixels of 0 to 1 in, ten scores out; 0.67 million multiply-accumulates.
struct network
    : hone::model<nn::input<8, 8, 1, nn::values::nonnegative>,     //
                  nn::conv2d<16, 3>, nn::batch_norm, nn::relu,     //
                  block<16>, nn::relu,                             //
                  nn::conv2d<32, 3, 2>, nn::batch_norm, nn::relu,  //
                  block<32>, nn::relu,                             //
                  nn::global_avg_pool, nn::dense<10>> {};

struct network_bf16 : hone::specialized<network, hone::options{.precision = hone::dtype::bf16}> {};
struct network_int8 : hone::specialized<network, hone::options{.precision = hone::dtype::i8}> {};

// Each precision, compiled for five instruction sets.
template <class Network>
using engine = hone::engine<Network, hw::sapphire_rapids, hw::skylake_x, hw::haswell, hw::nehalem, hw::any>;

}  // namespace digits
