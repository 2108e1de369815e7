#pragma once
#include <hone/core/shape.hpp>
#include <hone/core/tensor.hpp>
#include <hone/hw/profile.hpp>

namespace sample {

// The least that is an engine: y = Factor * x + the artifact's dense_1.bias, for 3 numbers.
template <std::uint64_t Plan, int Factor = 2>
class engine {
 public:
  static constexpr std::uint64_t plan_id = Plan;
  static constexpr hone::shape input_shape{1, 1, 3}, output_shape{1, 1, 3};

  explicit engine(hone::tensor_set const& canonical) {
    auto const bias = canonical.at("dense_1.bias").values<std::int32_t>();
    for (std::size_t i = 0; i < 3; ++i) bias_[i] = static_cast<float>(bias[i]);
  }
  std::span<float const> operator()(std::span<float const> x) {
    for (std::size_t i = 0; i < 3; ++i) y_[i] = static_cast<float>(Factor) * x[i] + bias_[i];
    return y_;
  }

 private:
  std::array<float, 3> bias_{}, y_{};
};

// One whose plan is predicted to take Nanoseconds on any machine, and next to nothing on one that none is.
template <std::uint64_t Plan, int Nanoseconds>
struct predicted_engine : engine<Plan> {
  using engine<Plan>::engine;
  struct variant {
    hone::profile const* machine;
    hone::nanoseconds const* predicted;
  };
  struct plan {
    int ops;
    std::array<variant, 2> variants;
  };
  static plan view() {
    static constexpr hone::profile here{.target = hone::isa::scalar, .call = {5}}, nowhere{.target = hone::isa::none};
    static constexpr hone::nanoseconds each[]{{Nanoseconds - 6}, {1}}, nothing[]{{1}, {1}};
    return {2, {{{&here, each}, {&nowhere, nothing}}}};
  }
};

}  // namespace sample
