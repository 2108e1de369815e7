#include "benchmarks/predict/add.hpp"

namespace {
namespace nn = hone::nn;
template <int Channels>
using block = nn::sequence<nn::depthwise_conv2d<3>, nn::relu, nn::conv2d<Channels, 1>, nn::relu>;
// The shapes of MLPerf Tiny's keyword spotting: depthwise and pointwise convolutions in turn.
struct keywords : hone::model<nn::input<49, 10>, nn::conv2d<64, nn::extent{10, 4}, 2>, nn::relu, block<64>, block<64>,
                              block<64>, block<64>, nn::global_avg_pool, nn::dense<12>> {};
}  // namespace

void bench::predict::add_keywords(variants& all) { add_network<keywords>(all, "keywords"); }
