#include "benchmarks/predict/add.hpp"

namespace {
namespace nn = hone::nn;
// Dense layers alone: 105 KB of weights in f32, more than a first cache, and few outputs at the end.
struct perceptron : hone::model<nn::input<64>, nn::dense<128>, nn::relu, nn::dense<128>, nn::relu, nn::dense<10>> {};
}  // namespace

void bench::predict::add_perceptron(variants& all) { add_network<perceptron>(all, "perceptron"); }
