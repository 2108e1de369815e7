#include "benchmarks/kernels/run_time.hpp"

#include <hone/run/dynamic_plan.hpp>
#include <hone/run/resident.hpp>

#include <array>

namespace bench::kernels {

struct run_time_plan::inside {
  hone::dynamic_plan plan;
  hone::buffer packed, arena;
  hone::operands bound;

  inside(hone::dynamic_graph const& described, hone::options const& how, hone::profile const& machine,
         hone::tensor_set const& canonical)
      : plan(described, how, std::array{&machine}), packed(variant().pack(variant(), canonical)),
        arena(static_cast<std::size_t>(variant().arena)) {
    bound.bind(plan.view(), 0, arena.data(), packed.data());
    auto* const x = reinterpret_cast<float*>(arena.data() + plan.view().input_at);
    for (int i = 0; i < plan.view().input.size(); ++i) x[i] = static_cast<float>(i % 17) * 0.125f - 1;
    hone::run_operations(variant(), bound.data(), 0, plan.view().ops);
  }
  [[nodiscard]] hone::variant_view const& variant() const { return plan.view().variants[0]; }
};

run_time_plan::run_time_plan(hone::dynamic_graph const& described, hone::options const& how,
                             hone::profile const& machine, hone::tensor_set const& canonical)
    : inside_(std::make_shared<inside>(described, how, machine, canonical)) {}
hone::op const& run_time_plan::operation(std::size_t i) const { return inside_->variant().ops[i]; }
hone::kernel_entry run_time_plan::entry(std::size_t i) const { return inside_->variant().entries[i]; }
hone::kernel_args const& run_time_plan::operands(std::size_t i) const { return inside_->bound.data()[i]; }

}  // namespace bench::kernels
