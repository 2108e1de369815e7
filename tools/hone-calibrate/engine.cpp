#include <hone/engine.hpp>

#include <memory>

#include "networks.hpp"

namespace calibrate {

struct tiny : hone::model<nn::input<1, 1, 16>, nn::dense<16>> {};

bool has_kernels(hone::isa i) { return hone::simd::compiled_for(i); }

std::pair<hone::calibration::repeat, hone::calibration::repeat> engine_and_its_kernels() {
  using engine = hone::engine<tiny, hw::any>;
  hone::adaptation how;
  how.rl_training_epochs = 0;
  auto const whole = std::make_shared<engine>(hone::calibration::plausible_parameters(tiny::description), how);
  auto const bench =
      std::make_shared<hone::calibration::kernel_bench>(hone::calibration::make_bench<tiny, hw::any>("tiny"));
  return {[whole](int n) {
            std::vector<float> const x(engine::input_shape.size(), 0.5f);
            for (int i = 0; i < n; ++i) (*whole)(x);
          },
          [bench](int n) { bench->all(n); }};
}

}  // namespace calibrate
