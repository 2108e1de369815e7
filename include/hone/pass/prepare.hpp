#pragma once
#include <hone/pass/proofs.hpp>

namespace hone::inline HONE_ABI::pass {

// ---- the one executor of weight recipes, for compiled and dynamic graphs alike. Run at set-up, never in run().

// Values of weight nodes, by node; empty where a node was not needed.
using node_values = std::vector<buffer>;

// Whether all numbers of a value are finite, as far as its type can hold others: an exponent of ones is not, and one
// more carries into the sign. Eight bytes at a time, past the end also, where buffers hold zeros.
inline bool all_finite(buffer const& value, dtype type) {
  if (type != dtype::f32 && type != dtype::bf16) return true;
  bool const wide = type == dtype::f32;
  std::uint64_t const exponents = wide ? 0x7f8000007f800000u : 0x7f807f807f807f80u;
  std::uint64_t const one = wide ? 0x0080000000800000u : 0x0080008000800080u;
  std::uint64_t carried = 0;
  for (std::size_t i = 0; i < value.size(); i += 8) {
    std::uint64_t numbers;
    std::memcpy(&numbers, value.data() + i, 8);
    carried |= (numbers & exponents) + one;
  }
  return (carried & one << 8) == 0;
}

// Copies the tensor that node w names into a value: checks type, extents, size and that floats are finite (but for
// constants of tensor operations: masks hold infinities).
template <class G>
buffer load_node(G const& g, weight const& w, tensor_set const& tensors) {
  label const key = tensor_name(g, w);
  if (w.what == role::range && tensors.find(key.c_str()) == nullptr)
    raise("cannot quantise with these weights",
          message() << "the range of an activation is missing: no tensor is named " << key.c_str(), key.c_str(),
          "calibrate the network on examples (hone/train/calibrate.hpp), or use an artifact of this plan");
  tensor const& t = tensors.at(key.c_str());
  if (t.type != w.type)
    raise("cannot use these weights",
          message() << key.c_str() << " is " << name(t.type) << ", the plan wants " << name(w.type), key.c_str(),
          "use weights stored for this plan");
  if (t.dims != w.dims) {
    message why;
    why << key.c_str() << " is";
    for (std::int32_t d : t.dims) why << " " << d;
    why << ", the plan wants";
    for (std::int32_t d : w.dims) why << " " << d;
    raise("cannot use these weights", why, key.c_str(), "use weights of this very model");
  }
  if (t.data.size() != t.elements() * static_cast<std::size_t>(size_of(t.type)))
    raise("cannot use these weights",
          message() << key.c_str() << " has " << t.data.size() << " bytes for " << t.elements() << " elements",
          key.c_str(), "fill tensors as tensor_set::add makes them");
  if (w.what != role::constant && !all_finite(t.data, t.type))
    raise("cannot use these weights", message() << key.c_str() << " holds a NaN or an infinity", key.c_str(),
          "train again with a smaller learning rate, or repair the file");
  return t.data;
}

// Marks the nodes that computing `needed` takes, stopping at nodes already given. needed is updated in place.
template <class G>
void need_inputs(G const& g, std::vector<bool>& needed, std::vector<bool> const& given) {
  for (std::size_t i = g.weights.size(); i-- > 0;)
    if (needed[i] && !given[i])
      for (std::int16_t k : g.weights[i].in)
        if (k >= 0) needed[static_cast<std::size_t>(k)] = true;
}

// Computes the needed nodes in order; `load` gives the value of a node that is a leaf or given. Raises where finite
// parameters give what is not (a negative variance, a sum past the largest float).
template <class G, class Load>
node_values evaluate_nodes(G const& g, std::vector<bool> const& needed, std::vector<bool> const& given, Load load) {
  node_values value(g.weights.size());
  for (std::size_t i = 0; i < g.weights.size(); ++i) {
    if (!needed[i]) continue;
    weight const& w = g.weights[i];
    if (given[i] || w.leaf()) {
      value[i] = load(w);
      continue;
    }
    value[i] = buffer(static_cast<std::size_t>(w.size()));
    weight_args a{};
    for (std::size_t k = 0; k < a.in.size(); ++k)
      if (w.in[k] >= 0) {
        a.node[k] = &g.weights[static_cast<std::size_t>(w.in[k])];
        a.in[k] = value[static_cast<std::size_t>(w.in[k])].data();
      }
    a.out = value[i].data();
    w.kind->run(w, a);
    if (!all_finite(value[i], w.type)) {
      label const key = tensor_name(g, w);
      raise("cannot use these weights", message() << w.kind->name << " makes a NaN or an infinity of finite parameters",
            key.c_str(), "look for a negative variance and for numbers too large for a float");
    }
  }
  return value;
}

// The nodes that g's operations read.
template <class G>
std::vector<bool> parameters_of(G const& g) {
  std::vector<bool> used(g.weights.size(), false);
  for (op const& o : g.ops)
    for (std::int16_t p : o.param)
      if (p >= 0) used[static_cast<std::size_t>(p)] = true;
  return used;
}

// The values of everything that g's operations read, computed from the leaves in `parameters` (a base model's tensors,
// and the ranges of an int8 graph).
template <class G>
node_values evaluate_parameters(G const& g, tensor_set const& parameters) {
  std::vector<bool> needed = parameters_of(g), given(g.weights.size(), false);
  need_inputs(g, needed, given);
  return evaluate_nodes(g, needed, given, [&](weight const& w) { return load_node(g, w, parameters); });
}

// The canonical tensors of a canonical graph: what an artifact stores.
template <class G>
tensor_set canonical_tensors(G const& canonical, tensor_set const& parameters) {
  node_values const value = evaluate_parameters(canonical, parameters);
  std::vector<bool> const used = parameters_of(canonical);
  tensor_set out;
  for (std::size_t i = 0; i < used.size(); ++i)
    if (used[i]) {
      weight const& w = canonical.weights[i];
      out.add(tensor_name(canonical, w).c_str(), w.type, w.dims).data = value[i];
    }
  return out;
}

// The values of the operations' parameters of a canonical graph, read from its canonical tensors.
template <class G>
node_values load_canonical(G const& canonical, tensor_set const& tensors) {
  std::vector<bool> const used = parameters_of(canonical);
  node_values value =
      evaluate_nodes(canonical, used, used, [&](weight const& w) { return load_node(canonical, w, tensors); });
  check_proofs(canonical, value);
  return value;
}

// The packed block of a final graph, from the canonical tensors of the canonical graph it was made from.
template <class G>
buffer pack(G const& canonical, G const& final_graph, tensor_set const& tensors) {
  std::vector<bool> given = parameters_of(canonical), needed = parameters_of(final_graph);
  given.resize(final_graph.weights.size(), false);
  need_inputs(final_graph, needed, given);
  node_values const value =
      evaluate_nodes(final_graph, needed, given, [&](weight const& w) { return load_node(final_graph, w, tensors); });
  check_proofs(canonical, value);
  buffer block(static_cast<std::size_t>(final_graph.packed));
  for (std::size_t i = 0; i < value.size(); ++i) {
    weight const& w = final_graph.weights[i];
    if (needed[i] && w.at >= 0) std::memcpy(block.data() + w.at, value[i].data(), static_cast<std::size_t>(w.size()));
  }
  return block;
}

}  // namespace hone::inline HONE_ABI::pass
