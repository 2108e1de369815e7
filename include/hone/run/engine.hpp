#pragma once
#include <hone/pass/plan.hpp>
#include <hone/run/adaptation.hpp>
#include <hone/run/weights.hpp>

namespace hone::inline HONE_ABI {

class agent;       // run/agent.hpp
class executor;    // run/executor.hpp
class port_table;  // run/ports.hpp
struct port_view;
struct selection;

// A model (or a specialisation of one) compiled for several machines, run by the variant that is fastest here.
//
// Declared at the first door (hone/hone.hpp), defined at the second (hone/engine.hpp), where one source file says
// HONE_INSTANTIATE(Model, Machines...). Three lifetimes: `weights` are immutable and shared by all threads, a `context`
// belongs to one thread, `state` to one stream (feed-forward networks have none). An engine bundles one of each. One that
// was moved from can be assigned to and destroyed; copying it raises, running it is a broken precondition.
//
// Set-up: about 0.2 ms for a network of 30,000 parameters in three variants, packing included (0.1 ms more the first time
// in a program, for the clock).
template <class Model, hw::machine... Machines>
class engine {
 public:
  static_assert(sizeof...(Machines) > 0,
                "hone: name the machines to compile for, e.g. hone::engine<M, hone::hw::haswell>");
  using specialized_type = specialization_of<Model>;
  static constexpr std::uint64_t plan_id = specialized_type::plan_id;
  static constexpr shape input_shape = op_at(specialized_type::canonical, input_of(specialized_type::canonical)).out;
  static constexpr shape output_shape = op_at(specialized_type::canonical, output_of(specialized_type::canonical)).out;
  // One input and one output, both of real numbers: what the call operators are for.
  static constexpr bool is_function = [] {
    auto const& g = specialized_type::canonical;
    int in = 0, out = 0;
    for (port const& p : g.ports) (p.output ? out : in)++;
    return in <= 1 && out <= 1 && op_at(g, input_of(g)).type == dtype::f32 && op_at(g, output_of(g)).type == dtype::f32;
  }();

  // A handle: copies share the memory, which lives as long as one of them, or a context made from one.
  class weights : public packed_weights {
   public:
    // From the canonical tensors of an artifact of this plan, or from the base model's parameters. Errors name the
    // tensor. Of the variants that this machine runs, the `resident` with the best predictions are packed now.
    explicit weights(tensor_set const& tensors, int resident = adaptation{}.resident_variants,
                     profile const* here = nullptr);
    // Whether a variant (by its place in Machines) is packed.
    bool ready(int variant) const;
    // Packs another one. From any thread, while contexts that share these weights run: they take it up at their next
    // timed call. True if it is ready now; false if this machine cannot run it, or if another thread is packing it.
    bool make_resident(int variant) const;
  };
  // Not copyable: make another one from the same weights.
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
  explicit engine(weights const& shared, adaptation const& how = {});
  // A copy shares the weights, has an arena and an agent of its own, starts from the same selection and policy, and
  // measures anew.
  engine(engine const& o);
  engine(engine&&) noexcept = default;
  engine& operator=(engine o) noexcept;

  // The network's result for x, input_shape.size() floats in NHWC order; valid until the next call, and may be that
  // call's x. noexcept: a span of another extent is a broken precondition (see fits). Real time: no allocation, lock or
  // system call.
  std::span<float const> operator()(std::span<float const> x) noexcept requires(is_function) {
    return run(context_, x);
  }
  // A network of one number: y = net(x).
  float operator()(float x) noexcept requires(is_function&& input_shape.size() == 1 && output_shape.size() == 1) {
    return (*this)(std::span<float const>(&x, 1))[0];
  }
  static constexpr bool fits(std::size_t values) { return values == static_cast<std::size_t>(input_shape.size()); }
  // The same with everything apart: many threads on one set of weights.
  static std::span<float const> run(context& c, std::span<float const> x) noexcept;

  // Runs the network on what its inputs hold: for networks of several inputs or outputs, or of other numbers.
  void run() noexcept;
  // The inputs and outputs by name (include run/ports.hpp); a state is carried as dynamic_engine::carry says.
  port_table const& ports() const noexcept;
  void carry(port_view const& output, port_view const& input);

  weights const& shared_weights() const { return weights_; }
  // What the adaptive runtime knows and did (include run/agent.hpp or run/report.hpp to look into it). For the thread
  // that calls the engine.
  hone::agent const& agent() const;
  // Sets a stored selection. Not real time; raises unless it covers as many operations as the plan has, with variants
  // that are resident here.
  void set(selection const& s);
  // Keeps the selection as it is from now on, or lets it change again. Real time.
  void freeze(bool on = true) noexcept;
  // The plan as values: variants, predictions, operations.
  static plan_view const& view();

 private:
  weights weights_;
  context context_;
};

}  // namespace hone::inline HONE_ABI
