#pragma once
// The same networks with run-time kernels (simd/dynamic.hpp), for rows beside the compiled ones.
#include <hone/core/graph.hpp>
#include <hone/core/tensor.hpp>
#include <hone/hw/profile.hpp>
#include <hone/pass/options.hpp>
#include <hone/simd/kernel.hpp>

#include <memory>

namespace bench::kernels {

/// A network as dynamic_engine plans it for one machine, laid open: operation i is the compiled plan's.
class run_time_plan {
 public:
  /// `canonical`: its weights under these options.
  run_time_plan(hone::dynamic_graph const& described, hone::options const& how, hone::profile const& machine,
                hone::tensor_set const& canonical);

  [[nodiscard]] hone::op const& operation(std::size_t i) const;
  [[nodiscard]] hone::kernel_entry entry(std::size_t i) const;
  [[nodiscard]] hone::kernel_args const& operands(std::size_t i) const;

 private:
  struct inside;
  std::shared_ptr<inside> inside_;
};

}  // namespace bench::kernels
