// Extends Hone without editing it: a layer with its reference, gradient, cost and kernel, and a machine profile.
#include "custom_layer-inl.hpp"

#include <hone/engine.hpp>
#include <hone/run/agent.hpp>

#include <cmath>
#include <cstdio>

namespace nn = hone::nn;

struct sharpen : hone::model<nn::input<16, 16, 3>, mine::prelu, nn::max_pool<2>, mine::prelu, nn::global_avg_pool> {};
struct anywhere {
  static constexpr hone::profile value = [] {
    hone::profile p = mine::small_core::value;
    p.name = "anywhere", p.target = hone::isa::scalar, p.vectors = {1, 16, 4, false};
    return p;
  }();
};
HONE_INSTANTIATE(sharpen, mine::small_core, anywhere);

// The user's machine is a machine like any other: budgets are checked on it.
static_assert(hone::require<sharpen, mine::small_core, 100'000>());

int main() {
  hone::tensor_set weights;
  for (char const* name : {"prelu_1.weight", "prelu_3.weight"}) {
    auto slopes = weights.add(name, hone::dtype::f32, {1, 1, 1, 3}).values<float>();
    for (std::size_t c = 0; c < 3; ++c) slopes[c] = 0.1f * static_cast<float>(c + 1);
  }
  hone::engine<sharpen, mine::small_core, anywhere> net(weights);
  std::vector<float> x(16 * 16 * 3);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = std::sin(static_cast<float>(i));
  auto const y = net(x);

  // The same by hand: all values within a window pass through the slopes twice.
  float worst = 0;
  for (std::size_t c = 0; c < 3; ++c) {
    float const slope = 0.1f * static_cast<float>(c + 1);
    auto prelu = [&](float v) { return v > 0 ? v : slope * v; };
    float sum = 0;
    for (std::size_t i = 0; i < 16; i += 2)
      for (std::size_t j = 0; j < 16; j += 2) {
        float most = -2;
        for (std::size_t k = 0; k < 4; ++k) most = std::fmax(most, prelu(x[((i + k / 2) * 16 + j + k % 2) * 3 + c]));
        sum += prelu(most);
      }
    worst = std::fmax(worst, std::fabs(y[c] - sum / 64));
  }
  std::printf("prelu ran as %s; predicted on %s: %.0f ns; off by %g\n",
              hone::name(net.view().variants[static_cast<std::size_t>(net.agent().groups()[0].chosen)].machine->target),
              mine::small_core::value.name, hone::predict<sharpen, mine::small_core>().latency.value, double(worst));
  return worst < 1e-6f ? 0 : 1;
}
