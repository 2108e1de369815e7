#pragma once
#include <hone/pass/plan.hpp>
#include <hone/run/adaptation.hpp>
#include <hone/run/weights.hpp>

namespace hone::inline HONE_ABI {

class agent;     // run/agent.hpp
class executor;  // run/executor.hpp
struct selection;

// A model (or a specialisation of one) compiled for several machines, run by the variant that is fastest here.
//
// Declared at the first door (hone/hone.hpp), defined at the second (hone/engine.hpp), where one source file says
// HONE_INSTANTIATE(Model, Machines...). Three lifetimes: `weights` are immutable and shared by all threads, a `context`
// belongs to one thread, `state` to one stream (feed-forward networks have none). An engine bundles one of each.
template <class Model, hw::machine... Machines>
class engine {
 public:
  static_assert(sizeof...(Machines) > 0,
                "hone: name the machines to compile for, e.g. hone::engine<M, hone::hw::haswell>");
  using specialized_type = specialization_of<Model>;
  static constexpr std::uint64_t plan_id = specialized_type::plan_id;
  static constexpr shape input_shape = specialized_type::canonical.ops[0].out;
  static constexpr shape output_shape = specialized_type::canonical.ops.back().out;

  class weights : public packed_weights {
   public:
    // From the canonical tensors of an artifact of this plan, or from the base model's parameters. Errors name the tensor.
    explicit weights(tensor_set const& tensors, int resident = adaptation{}.resident_variants);
  };
  // Not copyable: make another one from the same weights, which it refers to.
  class context {
   public:
    explicit context(weights const& w, adaptation const& how = {});
    context(context&& o) noexcept : executor_(o.executor_) { o.executor_ = nullptr; }
    context& operator=(context&& o) noexcept {
      executor* const mine = executor_;
      executor_ = o.executor_, o.executor_ = mine;
      return *this;
    }
    ~context();
    executor& inside() const { return *executor_; }

   private:
    executor* executor_;
  };

  explicit engine(tensor_set const& tensors, adaptation const& how = {});
  // A copy has weights, an arena and a selection of its own and starts to measure anew.
  engine(engine const& o);
  engine(engine&&) noexcept = default;
  engine& operator=(engine o) noexcept;

  // The network's result for x, input_shape.size() floats in NHWC order; valid until the next call. noexcept: a span of
  // another extent is a broken precondition (see fits). Real time: no allocation, lock or system call.
  std::span<float const> operator()(std::span<float const> x) noexcept;
  static constexpr bool fits(std::size_t values) { return values == static_cast<std::size_t>(input_shape.size()); }
  // The same with everything apart: many threads on one set of weights.
  static std::span<float const> run(context& c, std::span<float const> x) noexcept;

  // What the adaptive runtime knows and did (include run/agent.hpp to look into it).
  hone::agent const& agent() const;
  // Sets a stored selection. Not real time; raises if it is of another plan, or not for this machine.
  void set(selection const& s);
  // The plan as values: variants, predictions, operations.
  static plan_view const& view();

 private:
  adaptation how_;
  weights weights_;
  context context_;
};

}  // namespace hone::inline HONE_ABI
