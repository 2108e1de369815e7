#pragma once
#include <hone/pass/partition.hpp>
#include <hone/pass/prepare.hpp>
#include <hone/run/engine.hpp>
#include <hone/run/executor.hpp>
#include <hone/simd/entry.hpp>
#include <hone/simd/tensor_math.hpp>

#include <utility>

namespace hone::inline HONE_ABI {

// The compiled side of one plan on one machine: its kernels, its packing, its predictions.
template <class Spec, class Machine>
struct compiled_plan {
  using plan_type = plan<Spec, Machine>;
  static constexpr auto const& graph = plan_type::final_graph;
  static constexpr std::size_t n = graph.ops.size();
  static constexpr bool runs = simd::compiled_for(Machine::value.target);

  static buffer pack(variant_view const&, tensor_set const& tensors) {
    return pass::pack(Spec::canonical, graph, tensors);
  }
  static constexpr std::array<nanoseconds, n> predicted = [] {
    shal::pricer const price(graph, Machine::value);
    std::array<nanoseconds, n> t{};
    for (std::size_t i = 0; i < n; ++i) t[i] = price.cost(graph.ops[i]).time;
    return t;
  }();
  // What runs operation I; nullptr: nothing needs to.
  template <std::size_t I>
  static constexpr kernel_entry entry() {
    constexpr op o = graph.ops[I];
    if constexpr (does_nothing(o))
      return nullptr;
    else
      return simd::entry_of<o, Machine::value.vectors.lanes, Machine::value.target>();
  }
  template <std::size_t... I>
  static constexpr std::array<kernel_entry, n> make(std::index_sequence<I...>) {
    return {entry<I>()...};
  }
  static constexpr std::array<kernel_entry, n> entries = [] {
    if constexpr (runs)
      return make(std::make_index_sequence<n>{});
    else
      return std::array<kernel_entry, n>{};
  }();

  // All operations by direct calls: 1 to 2 ns an operation less than by pointers, cold 15% of a short plan less.
  // `first` is the first of an array of operands, one an operation, in memory: kernels would wait for operands that are
  // just written.
  template <std::size_t I>
  static void step(kernel_args const* args) noexcept {
    if constexpr (runs && !does_nothing(graph.ops[I])) entries[I](args[I]);
  }
  template <std::size_t... I>
  static void steps(kernel_args const* args, std::index_sequence<I...>) noexcept {
    (step<I>(args), ...);
  }
  static void whole(kernel_args const& first) noexcept { steps(&first, std::make_index_sequence<n>{}); }

  static constexpr tensor_math const* math() {
    constexpr bool wanted = [] {
      for (op const& o : graph.ops)
        if (o.kind->evaluate) return true;
      return false;
    }();
    if constexpr (runs && wanted)
      return simd::tensor_math_of<Machine::value.target>();
    else
      return nullptr;
  }
  static variant_view view() {
    return {.machine = &Machine::value,
            .ops = graph.ops.begin(),
            .weights = graph.weights.begin(),
            .arena = graph.arena,
            .packed = graph.packed,
            .entries = runs ? entries.data() : nullptr,
            .whole = runs ? &whole : nullptr,
            .pack = &pack,
            .predicted = predicted.data(),
            .math = math()};
  }
};

template <class Model, hw::machine... Machines>
plan_view const& engine<Model, Machines...>::view() {
  using spec = specialized_type;
  static std::array<variant_view, sizeof...(Machines)> const variants{compiled_plan<spec, Machines>::view()...};
  static constexpr auto live = [] {
    std::array<std::int16_t, spec::canonical.ops.size()> count{};
    pass::count_live(spec::canonical, count.data());
    return count;
  }();
  static plan_view const v{
      .plan_id = plan_id,
      .ops = static_cast<int>(spec::canonical.ops.size()),
      .input = input_shape,
      .output = output_shape,
      .input_at = op_at(spec::canonical, input_of(spec::canonical)).at,
      .output_at = op_at(spec::canonical, output_of(spec::canonical)).at,
      .variants = variants,
      .layers = spec::canonical.layers.begin(),
      .forms = spec::canonical.forms.begin(),
      .ports = {spec::canonical.ports.begin(), spec::canonical.ports.size()},
      .live = live.data()};
  return v;
}

// True if `tensors` are parameters of the base model rather than an artifact's canonical tensors: every leaf of the
// description is there, as f32.
template <class Spec>
bool is_base(tensor_set const& tensors) {
  auto const& g = Spec::model_type::description;
  for (weight const& w : g.weights) {
    if (!w.leaf()) continue;
    tensor const* t = tensors.find(tensor_name(g, w).c_str());
    if (t == nullptr || t->type != dtype::f32 || t->dims != w.dims) return false;
  }
  return true;
}
template <class Spec>
tensor_set to_canonical(tensor_set const& tensors) {
  return is_base<Spec>(tensors) ? pass::canonical_tensors(Spec::canonical, tensors) : tensors;
}

template <class Model, hw::machine... Machines>
engine<Model, Machines...>::weights::weights(tensor_set const& tensors, int resident, profile const* here)
    : packed_weights(view(), to_canonical<specialized_type>(tensors), resident, here) {}
template <class Model, hw::machine... Machines>
bool engine<Model, Machines...>::weights::ready(int variant) const {
  return variant >= 0 && variant < static_cast<int>(sizeof...(Machines)) &&
         inside().ready(static_cast<std::size_t>(variant));
}
template <class Model, hw::machine... Machines>
bool engine<Model, Machines...>::weights::make_resident(int variant) const {
  if (variant < 0 || variant >= static_cast<int>(sizeof...(Machines)))
    raise("cannot make a variant resident",
          message() << "there is no variant " << variant << " of " << sizeof...(Machines), "engine::weights",
          "variants count from 0, in the order of the engine's machines");
  return inside().add(static_cast<std::size_t>(variant));
}

template <class Model, hw::machine... Machines>
engine<Model, Machines...>::context::context(weights const& w, adaptation const& how)
    : executor_(new executor(view(), w, how)) {}
template <class Model, hw::machine... Machines>
engine<Model, Machines...>::context::~context() {
  delete executor_;
}

template <class Model, hw::machine... Machines>
engine<Model, Machines...>::engine(tensor_set const& tensors, adaptation const& how)
    : engine(weights(tensors, (check(how), how.resident_variants), how.here), how) {}
template <class Model, hw::machine... Machines>
engine<Model, Machines...>::engine(weights const& shared, adaptation const& how)
    : weights_(shared), context_(weights_, how) {}
template <class Model, hw::machine... Machines>
engine<Model, Machines...>::engine(engine const& o)
    : weights_(o.weights_), context_(weights_, (o.weights_.inside(), o.context_.inside().to_copy())) {
  set(o.agent().current());
}
template <class Model, hw::machine... Machines>
engine<Model, Machines...>& engine<Model, Machines...>::operator=(engine o) noexcept {
  weights_ = static_cast<weights&&>(o.weights_), context_ = static_cast<context&&>(o.context_);
  return *this;
}

template <class Model, hw::machine... Machines>
std::span<float const> engine<Model, Machines...>::run(context& c, std::span<float const> x) noexcept {
  constexpr auto in = static_cast<std::size_t>(input_shape.size()), out = static_cast<std::size_t>(output_shape.size());
  return {c.inside().template run<in * sizeof(float)>(x.data()), out};
}
template <class Model, hw::machine... Machines>
void engine<Model, Machines...>::run() noexcept {
  context_.inside().run();
}
template <class Model, hw::machine... Machines>
port_table const& engine<Model, Machines...>::ports() const noexcept {
  return context_.inside().ports();
}
template <class Model, hw::machine... Machines>
void engine<Model, Machines...>::carry(port_view const& output, port_view const& input) {
  context_.inside().carry(output, input);
}
template <class Model, hw::machine... Machines>
hone::agent const& engine<Model, Machines...>::agent() const {
  return context_.inside().agent();
}
template <class Model, hw::machine... Machines>
void engine<Model, Machines...>::set(selection const& s) {
  context_.inside().set(s);
}
template <class Model, hw::machine... Machines>
void engine<Model, Machines...>::freeze(bool on) noexcept {
  context_.inside().freeze(on);
}

}  // namespace hone::inline HONE_ABI
