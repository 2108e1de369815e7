#pragma once
#include <hone/pass/pipeline.hpp>
#include <hone/train/numerics.hpp>

namespace hone::inline HONE_ABI::train {

// The range leaf of operation i's result in a quantised graph, -1 where the result is not quantised. Operations without a
// scale of their own (max pooling, flatten) keep their input's.
inline int range_of(dynamic_graph const& g, int i) {
  op const& o = op_at(g, i);
  if (o.type != dtype::u8) return -1;
  if (o.param[slot::scale] < 0) return range_of(g, o.input[0]);
  auto const is_step = [](weight const& w, weight_kind const& k) { return name_id(w.kind->name) == name_id(k.name); };
  weight w = weight_at(g, o.param[slot::scale]);
  if (is_step(w, pass::join_kind)) w = weight_at(g, w.in[0]);
  return is_step(w, pass::edge_ratio_kind) ? w.in[1] : w.in[2];
}
// True if operation i clips its result to a range of its own.
inline bool clips(dynamic_graph const& g, int i) {
  int const range = range_of(g, i);
  return range >= 0 && range != range_of(g, op_at(g, i).input[0]);
}
// The range that an activation fixes (relu6: 6), 0 where data decide.
inline float fixed_range(weight const& leaf) { return std::bit_cast<float>(leaf.attr[0]); }

// A canonical graph in floating point, operation by operation: what it would compute if no number were rounded. Clips of
// quantised results become relu, or a clipped relu where the activation fixes the range; parameters are the masters.
inline dynamic_graph float_form(dynamic_graph const& canonical) {
  dynamic_graph g = canonical;
  for (std::size_t i = 1; i < g.ops.size(); ++i) {
    op& o = g.ops[i];
    if (o.kind->evaluate || is(o, constant_kind)) continue;  // of any numbers, none quantised
    if (is(o, quantize_kind) || is(o, dequantize_kind)) o.kind = &relu_kind;  // with an empty function: the identity
    if (o.type == dtype::u8 && o.zero == 0 && clips(canonical, static_cast<int>(i))) {
      float const high = fixed_range(weight_at(canonical, range_of(canonical, static_cast<int>(i))));
      o.act = high > 0 ? functions::clipped_relu(high) : functions::relu();
    }
    o.from = o.type = o.weights = dtype::f32, o.from_zero = o.addend_zero = o.zero = 0, o.convert = false;
    for (std::size_t k = 0; k < max_params; ++k)
      o.param[k] =
          k == slot::weight || k == slot::bias ? static_cast<std::int16_t>(master_of(canonical, o.param[k])) : -1;
  }
  return g;
}

// The masters that a canonical graph's stored weights round, and the leaves of its ranges: what fine-tuning works on.
inline std::vector<int> masters_of(dynamic_graph const& g) {
  std::vector<int> nodes;
  for (op const& o : g.ops)
    for (int const p : {o.param[slot::weight], o.param[slot::bias]})
      if (int const m = master_of(g, p); m >= 0) nodes.push_back(m);
  for (std::size_t i = 0; i < g.ops.size(); ++i)
    if (int const r = range_of(g, static_cast<int>(i)); r >= 0) nodes.push_back(r);
  return nodes;
}

}  // namespace hone::inline HONE_ABI::train
