#pragma once
#include <hone/run/dynamic_plan.hpp>
#include <hone/run/executor.hpp>

#include <memory>

namespace hone::inline HONE_ABI {

// What a dynamic_engine is made with.
struct dynamic_options {
  options plan{};                            // precision and pruning, as for a model type
  std::span<profile const* const> machines;  // one variant each; empty: machines_here()
  adaptation how{};
};

// A network known at run time alone: the same graph, passes, costs and adaptive runtime as engine<Model, Machines...>, with
// kernels whose tiles are compiled and whose extents are not. Set-up plans, packs and touches everything; after it run is
// real time: no allocation, lock or system call. Not copyable, moves; one thread at a time.
//
//   hone::dynamic_engine net{network};
//   auto x = net.input().values<float>();  // write, in the order of the port's dims
//   net.run();
//   auto y = net.output().values<float>();
class dynamic_engine {
 public:
  // `n`: a model as a value (thaw(M::description) and its parameters), or a network out of a file (io::load_onnx). Raises
  // where graph and tensors do not fit each other.
  explicit dynamic_engine(network const& n, dynamic_options const& o = {})
      : plan_(new dynamic_plan(n.graph, o.plan, o.machines.empty() ? machines_here() : listed(o.machines))),
        weights_(plan_->view(), pass::canonical_tensors(plan_->canonical(), n.weights),
                 (check(o.how), o.how.resident_variants), o.how.here),
        executor_(new executor(plan_->view(), weights_, o.how)) {}

  // Runs the network on what the inputs hold.
  void run() noexcept { executor_->run(); }
  // The same for a network of one f32 input and one f32 output: x has as many values as the input, else nothing runs and
  // the result is empty. The result is valid until the next run.
  std::span<float const> operator()(std::span<float const> x) noexcept {
    std::span<port_view const> const in = inputs(), out = outputs();
    bool const fits = in.size() == 1 && out.size() == 1 && in[0].type == dtype::f32 && out[0].type == dtype::f32 &&
                      x.size_bytes() == in[0].bytes;
    if (!fits) return {};
    std::memmove(in[0].data, x.data(), x.size_bytes());
    run();
    return {reinterpret_cast<float const*>(out[0].data), out[0].bytes / sizeof(float)};
  }

  port_table const& ports() const noexcept { return executor_->ports(); }
  std::span<port_view const> inputs() const noexcept { return executor_->ports().inputs(); }
  std::span<port_view const> outputs() const noexcept { return executor_->ports().outputs(); }
  // By name, which may be left out where there is one. Raises where there is none such.
  port_view const& input(std::string_view name = {}) const { return executor_->ports().input(name); }
  port_view const& output(std::string_view name = {}) const { return executor_->ports().output(name); }
  // A state: from now on every run ends with a copy of this output to this input, whose first value the caller writes.
  void carry(std::string_view output_name, std::string_view input_name) {
    executor_->carry(output(output_name), input(input_name));
  }

  // As of an engine: what the adaptive runtime knows, a stored selection, the plan as values.
  hone::agent const& agent() const noexcept { return executor_->agent(); }
  void set(selection const& s) { executor_->set(s); }
  void freeze(bool on = true) noexcept { executor_->freeze(on); }
  plan_view const& view() const noexcept { return plan_->view(); }
  dynamic_plan const& plan() const noexcept { return *plan_; }
  // The result of operation i of the last run where it still is: for tools that look at every operation.
  std::byte const* result(int i) noexcept { return executor_->result(i); }

 private:
  static std::vector<profile const*> listed(std::span<profile const* const> machines) {
    return {machines.begin(), machines.end()};
  }

  std::unique_ptr<dynamic_plan> plan_;
  packed_weights weights_;
  std::unique_ptr<executor> executor_;
};

}  // namespace hone::inline HONE_ABI
