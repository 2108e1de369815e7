#include <hone/engine.hpp>
#include <hone/hw/catalogue.hpp>

#include <cstdio>

using namespace hone::literals;

struct net : hone::model<hone::nn::input<3>, hone::nn::dense<2>> {};

static_assert(hone::predict<net, hone::hw::zen4>().latency < 10_us);

int main() {
  hone::tensor_set weights;
  weights.add("dense_1.weight", hone::dtype::f32, {1, 1, 3, 2}).values<float>()[0] = 2;
  weights.add("dense_1.bias", hone::dtype::f32, {1, 1, 1, 2});
  hone::engine<net, hone::hw::any, hone::hw::haswell> engine(weights);
  float const x[]{3, 4, 5};
  float const y = engine(x)[0];
  std::printf("2 * 3 = %g\n", y);
  return y == 6 ? 0 : 1;
}
