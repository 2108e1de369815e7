#include <hone/engine.hpp>
#include <hone/hw/catalogue/haswell.hpp>
#include <hone/hw/catalogue/sapphire_rapids.hpp>

#include "benchmarks/kernels/kernel_cases.hpp"

// Layers as MLPerf Tiny's networks have them, each once.
namespace {

namespace nn = hone::nn;
namespace hw = hone::hw;

template <int Channels, int Stride = 1>
using block = nn::sequence<nn::depthwise_conv2d<3, Stride>, nn::relu, nn::conv2d<Channels, 1>, nn::relu>;
template <int Channels>
using pair = nn::residual<nn::conv2d<Channels, 3>, nn::relu, nn::conv2d<Channels, 3>>;

// DS-CNN.
struct keywords : hone::model<nn::input<49, 10>, nn::conv2d<64, nn::extent{10, 4}, 2>, nn::relu, block<64>,
                              nn::global_avg_pool, nn::dense<12>, nn::softmax> {};
// ResNet-8.
struct images : hone::model<nn::input<32, 32, 3>, nn::conv2d<16, 3>, nn::relu, pair<16>, nn::relu, nn::conv2d<32, 3, 2>,
                            nn::relu, pair<32>, nn::relu, nn::conv2d<64, 3, 2>, nn::relu, pair<64>, nn::relu,
                            nn::global_avg_pool, nn::dense<10>> {};
// MobileNetV1-0.25.
struct persons
    : hone::model<nn::input<96, 96, 3>, nn::conv2d<8, 3, 2>, nn::relu, block<16>, block<32, 2>, block<32>, block<64, 2>,
                  block<64>, block<128, 2>, block<128>, block<256, 2>, block<256>, nn::global_avg_pool, nn::dense<2>> {
};
// The autoencoder of anomaly detection.
struct sounds : hone::model<nn::input<1, 1, 640>, nn::dense<128>, nn::relu, nn::dense<128>, nn::relu, nn::dense<8>,
                            nn::relu, nn::dense<128>, nn::relu, nn::dense<640>> {};

template <class Network>
void add_both(bench::kernels::suite& s, char const* name) {
  bench::kernels::add<Network, hw::sapphire_rapids>(s, name);
  bench::kernels::add<Network, hw::haswell>(s, name);
}

}  // namespace

void bench::kernels::add_tiny_f32(suite& s) {
  add_both<keywords>(s, "keywords_f32");
  add_both<images>(s, "images_f32");
  add_both<persons>(s, "persons_f32");
  add_both<sounds>(s, "sounds_f32");
}
