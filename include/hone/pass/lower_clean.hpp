#pragma once
#include <hone/core/network.hpp>
#include <hone/nn/input.hpp>

namespace hone::inline HONE_ABI::pass {

// n without the operations, parameters, forms and layers that no output needs. Inputs stay.
inline network drop_unused(network&& n) {
  dynamic_graph const& g = n.graph;
  std::vector<char> used(g.ops.size()), used_weight(g.weights.size()), used_layer(g.layers.size());
  for (port const& p : g.ports) used[static_cast<std::size_t>(p.op)] = 1;
  if (g.ports.empty() && !g.ops.empty()) used.back() = 1;
  for (std::size_t i = g.ops.size(); i-- > 0;) {
    if (is(g.ops[i], input_kind)) used[i] = 1;
    if (!used[i]) continue;
    if (g.ops[i].layer >= 0) used_layer[static_cast<std::size_t>(g.ops[i].layer)] = 1;
    for (std::int16_t k : g.ops[i].input)
      if (k >= 0) used[static_cast<std::size_t>(k)] = 1;
    for (std::int16_t p : g.ops[i].param)
      if (p >= 0) used_weight[static_cast<std::size_t>(p)] = 1;
  }
  for (std::size_t i = g.weights.size(); i-- > 0;) {
    if (!used_weight[i]) continue;
    if (g.weights[i].layer >= 0) used_layer[static_cast<std::size_t>(g.weights[i].layer)] = 1;
    for (std::int16_t k : g.weights[i].in)
      if (k >= 0) used_weight[static_cast<std::size_t>(k)] = 1;
  }
  auto const numbers = [](std::vector<char> const& keep) {
    std::vector<std::int16_t> to(keep.size(), -1);
    std::int16_t next = 0;
    for (std::size_t i = 0; i < keep.size(); ++i)
      if (keep[i]) to[i] = next++;
    return to;
  };
  std::vector<std::int16_t> const op_to = numbers(used), weight_to = numbers(used_weight),
                                  layer_to = numbers(used_layer);
  auto const renumber = [](std::int16_t& k, std::vector<std::int16_t> const& to) {
    if (k >= 0) k = to[static_cast<std::size_t>(k)];
  };
  network out;
  for (std::size_t i = 0; i < g.weights.size(); ++i) {
    if (!used_weight[i]) continue;
    weight w = g.weights[i];
    if (tensor* const t = w.leaf() ? n.weights.find(tensor_name(g, w).c_str()) : nullptr; t != nullptr)
      out.weights.add(t->name.data(), t->type, {1, 1, 1, 1}) = static_cast<tensor&&>(*t);
    for (std::int16_t& k : w.in) renumber(k, weight_to);
    renumber(w.layer, layer_to);
    out.graph.weights.push_back(w);
  }
  for (std::size_t i = 0; i < g.layers.size(); ++i)
    if (used_layer[i]) out.graph.layers.push_back(g.layers[i]);
  for (std::size_t i = 0; i < g.ops.size(); ++i) {
    if (!used[i]) continue;
    op o = g.ops[i];
    for (std::int16_t& k : o.input) renumber(k, op_to);
    for (std::int16_t& p : o.param) renumber(p, weight_to);
    renumber(o.layer, layer_to);
    if (o.form >= 0) {
      out.graph.forms.push_back(g.forms[static_cast<std::size_t>(o.form)]);
      o.form = static_cast<std::int16_t>(out.graph.forms.size() - 1);
    }
    out.graph.ops.push_back(o);
  }
  for (port p : g.ports) renumber(p.op, op_to), out.graph.ports.push_back(p);
  out.graph.issue = g.issue;
  if (out.graph.issue.layer >= 0) renumber(out.graph.issue.layer, layer_to);
  return out;
}

}  // namespace hone::inline HONE_ABI::pass
