#pragma once
#include <hone/core/tensor_op.hpp>
#include <hone/nn/flatten.hpp>

// Builders of tensor operations: nd::<operation>(g, operands..., parameters..., layer) appends to g one or a few operations
// of layer `layer`, whose results have forms, and returns the index of the last. Extents that do not fit are noted in
// g.issue. The names and the meaning are ONNX's; values are row major in ONNX's order of dimensions.
namespace hone::inline HONE_ABI::nd {

// A network's input of any rank and type.
template <class G>
constexpr int input(G& g, port_name const& name, extents const& dims, dtype type, int layer = -1) {
  op o{};
  o.kind = &input_kind, o.type = o.from = type, o.layer = static_cast<std::int16_t>(layer);
  int const at = emit_tensor(g, o, {.dims = dims});
  g.ports.push_back({name, static_cast<std::int16_t>(at), false});
  return at;
}
// Names operation x as an output.
template <class G>
constexpr void output(G& g, port_name const& name, int x) {
  g.ports.push_back({name, static_cast<std::int16_t>(x), true});
}

// The same elements with other extents: costs nothing. Notes a misfit where the number of elements differs.
template <class G>
constexpr int reshape(G& g, int x, extents const& dims, int layer = -1) {
  op o = nn::reading(flatten_kind, x, layer);
  o.type = op_at(g, x).type;
  if (dims.size() != op_at(g, x).out.size())
    note(g, {&flatten_kind, o.layer, fix::keep_the_number_of_elements, as_reported(dims_of(g, x)), as_reported(dims)});
  return emit_tensor(g, o, {.dims = dims});
}

}  // namespace hone::inline HONE_ABI::nd
