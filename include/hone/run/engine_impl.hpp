#pragma once
#include <hone/pass/partition.hpp>
#include <hone/pass/prepare.hpp>
#include <hone/run/engine.hpp>
#include <hone/run/executor.hpp>
#include <hone/simd/entry.hpp>

#include <tuple>
#include <utility>

namespace hone::inline HONE_ABI {

// The compiled side of one plan on one machine: its kernels, its packing, its predictions.
template <class Spec, class Machine>
struct compiled_plan {
  using plan_type = plan<Spec, Machine>;
  static constexpr auto const& graph = plan_type::final_graph;
  static constexpr std::size_t n = graph.ops.size();

  static buffer pack(tensor_set const& tensors) { return pass::pack(Spec::canonical, graph, tensors); }
  static constexpr std::array<nanoseconds, n> predicted = [] {
    std::array<nanoseconds, n> t{};
    for (std::size_t i = 0; i < n; ++i) t[i] = price(graph.ops[i], Machine::value);
    return t;
  }();
  // What runs operation I; nullptr: nothing needs to.
  template <std::size_t I>
  static constexpr kernel_entry entry() {
    constexpr op o = graph.ops[I];
    if constexpr (is(o, input_kind) || is(o, flatten_kind))
      return nullptr;
    else
      return simd::entry_of<o, Machine::value.vectors.lanes, Machine::value.target>();
  }
  template <std::size_t... I>
  static constexpr std::array<kernel_entry, n> make(std::index_sequence<I...>) {
    return {entry<I>()...};
  }
  static constexpr std::array<kernel_entry, n> entries = [] {
    if constexpr (simd::compiled_for(Machine::value.target))
      return make(std::make_index_sequence<n>{});
    else
      return std::array<kernel_entry, n>{};
  }();
  static variant_view view() {
    return {&Machine::value, graph.ops.begin(), graph.weights.begin(),
            graph.arena,     graph.packed,      simd::compiled_for(Machine::value.target) ? entries.data() : nullptr,
            &pack,           predicted.data()};
  }
};

template <class Model, hw::machine... Machines>
plan_view const& engine<Model, Machines...>::view() {
  using spec = specialized_type;
  static std::array<variant_view, sizeof...(Machines)> const variants{compiled_plan<spec, Machines>::view()...};
  static constexpr auto cut = [](int first, int last) {
    using first_machine = std::tuple_element_t<0, std::tuple<Machines...>>;
    return pass::split_point(plan<spec, first_machine>::final_graph,
                             {static_cast<std::int16_t>(first), static_cast<std::int16_t>(last)}, first_machine::value);
  };
  static plan_view const v{
      plan_id,
      static_cast<int>(spec::canonical.ops.size()),
      input_shape,
      output_shape,
      spec::canonical.ops[0].at,
      spec::canonical.ops.back().at,
      variants,
      +cut};
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
engine<Model, Machines...>::weights::weights(tensor_set const& tensors, int resident)
    : packed_weights(view(), to_canonical<specialized_type>(tensors), resident) {}

template <class Model, hw::machine... Machines>
engine<Model, Machines...>::context::context(weights const& w, adaptation const& how)
    : executor_(new executor(view(), w, how)) {}
template <class Model, hw::machine... Machines>
engine<Model, Machines...>::context::~context() {
  delete executor_;
}

template <class Model, hw::machine... Machines>
engine<Model, Machines...>::engine(tensor_set const& tensors, adaptation const& how)
    : how_(how), weights_(tensors, how.resident_variants), context_(weights_, how) {}
template <class Model, hw::machine... Machines>
engine<Model, Machines...>::engine(engine const& o) : how_(o.how_), weights_(o.weights_), context_(weights_, how_) {}
template <class Model, hw::machine... Machines>
engine<Model, Machines...>& engine<Model, Machines...>::operator=(engine o) noexcept {
  how_ = o.how_, weights_ = static_cast<weights&&>(o.weights_), context_ = static_cast<context&&>(o.context_);
  return *this;
}

template <class Model, hw::machine... Machines>
std::span<float const> engine<Model, Machines...>::operator()(std::span<float const> x) noexcept {
  return context_.inside().run(x.data());
}
template <class Model, hw::machine... Machines>
std::span<float const> engine<Model, Machines...>::run(context& c, std::span<float const> x) noexcept {
  return c.inside().run(x.data());
}
template <class Model, hw::machine... Machines>
hone::agent const& engine<Model, Machines...>::agent() const {
  return context_.inside().agent();
}
template <class Model, hw::machine... Machines>
void engine<Model, Machines...>::set(selection const& s) {
  context_.inside().set(s);
}

}  // namespace hone::inline HONE_ABI
