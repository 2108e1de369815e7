#pragma once
#include <hone/pass/plan.hpp>
#include <hone/shal/prediction.hpp>

namespace hone::inline HONE_ABI {

// What a model (or a specialisation of one) costs on a machine, batch 1: a constant expression, before any training.
// `static_assert(hone::predict<kws, hone::hw::cortex_a53>().latency < 2_ms);`
template <class Model, hw::machine Machine>
constexpr shal::prediction predict() {
  return shal::predict(plan<Model, Machine>::final_graph, Machine::value);
}

// Vocabulary of over_budget.
template <long Nanoseconds>
struct needs_ns {};
template <long Nanoseconds>
struct budget_ns {};
template <class Layer, int Position, long Nanoseconds>
struct largest_part {};
// What to try, the most promising first: the precision that would fit, if any.
template <dtype Precision, long Nanoseconds>
struct would_need {};

template <class Model, class Machine, class Needs, class Budget, class Largest, class... Alternatives>
struct over_budget {
  static constexpr bool ok = false;
};

namespace detail {

// The operation that costs the most in the network.
struct part {
  std::size_t at{};
  nanoseconds time{};
};
template <class P>
constexpr part costliest() {
  auto const& g = P::final_graph;
  shal::pricer const price(g, P::machine_type::value);
  part most{};
  for (std::size_t i = 0; i < g.ops.size(); ++i)
    if (nanoseconds const t = price.cost(g.ops[i]).time; t > most.time) most = {i, t};
  return most;
}
// How an error shows the layer: the user's type, or the name of a graph's.
template <class Network, int Position, label Name>
struct layer_at {
  using type = in_layer<Name>;
};
template <class Network, int Position, label Name>
requires requires { Network::layers; }
struct layer_at<Network, Position, Name> {
  using type = typename decltype(+Network::layers[boost::hana::size_c<static_cast<std::size_t>(Position)>])::type;
};
constexpr long rounded(nanoseconds t) { return static_cast<long>(t.value + 0.5); }

}  // namespace detail

// True if the model's predicted latency on the machine is within the budget; else a compile-time error with what it
// needs, its costliest layer, and what int8 and bf16 would need:
// `static_assert(hone::require<kws, hone::hw::cortex_a53, 2'000'000>());`
template <class Model, hw::machine Machine, long BudgetNs>
constexpr bool require() {
  constexpr nanoseconds needed = predict<Model, Machine>().latency;
  if constexpr (needed.value <= double(BudgetNs)) {
    return true;
  } else {
    using spec = specialization_of<Model>;
    using network = typename spec::model_type;
    constexpr detail::part most = detail::costliest<plan<Model, Machine>>();
    constexpr op o = plan<Model, Machine>::final_graph.ops[most.at];
    constexpr layer at = network::description.layers[static_cast<std::size_t>(o.layer)];
    using layer_type = typename detail::layer_at<network, at.position, at.name>::type;
    constexpr long in_int8 =
        detail::rounded(predict<specialized<network, options{.precision = dtype::i8}>, Machine>().latency);
    constexpr long in_bf16 =
        detail::rounded(predict<specialized<network, options{.precision = dtype::bf16}>, Machine>().latency);
    return check<over_budget<Model, Machine, needs_ns<detail::rounded(needed)>, budget_ns<BudgetNs>,
                             largest_part<layer_type, at.position, detail::rounded(most.time)>,
                             would_need<dtype::i8, in_int8>, would_need<dtype::bf16, in_bf16>>>();
  }
}

// One operation's share of a prediction.
struct explained_op {
  label layer{};
  char const* kind{""};
  tile chosen{};
  work counted{};
  nanoseconds time{};
};
// Why a model costs what it costs on a machine, operation by operation, in order of execution. Their times, the machine's
// call and for accelerators the transfer of input and result are the predicted latency.
template <class Model, hw::machine Machine>
constexpr auto explain() {
  using p = plan<Model, Machine>;
  constexpr std::size_t n = p::final_graph.ops.size();
  shal::pricer const price(p::final_graph, Machine::value);
  std::array<explained_op, n> rows{};
  for (std::size_t i = 0; i < n; ++i) {
    op const& o = p::final_graph.ops[i];
    rows[i] = {p::final_graph.layers[static_cast<std::size_t>(o.layer)].name, o.kind->name, o.t,
               o.kind->count(o, Machine::value.vectors), price.cost(o).time};
  }
  return rows;
}

}  // namespace hone::inline HONE_ABI
