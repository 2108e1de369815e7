#pragma once
// ONNX models written by hand, and what they compute.
#include <hone/core/network.hpp>
#include <hone/io/detail/import_value.hpp>
#include <hone/io/onnx_import_options.hpp>
#include <hone/shal/numerics.hpp>

#include <map>

namespace onnx_models {

namespace onnx = hone::io::onnx;
using hone::dtype;
using hone::extents;
using hone::network;
using onnx::element;

template <class T>
inline constexpr element element_of = element::f32;
template <>
inline constexpr element element_of<std::int64_t> = element::i64;
template <>
inline constexpr element element_of<std::int32_t> = element::i32;
template <>
inline constexpr element element_of<std::int8_t> = element::i8;
template <>
inline constexpr element element_of<std::uint8_t> = element::u8;
template <>
inline constexpr element element_of<double> = element::f64;

template <class T>
onnx::tensor tensor(std::string const& name, std::vector<std::int64_t> const& dims, std::vector<T> const& values,
                    element type = element_of<T>) {
  onnx::tensor t;
  t.name = name, t.type = type, t.dims = dims;
  if (!values.empty()) t.data = hone::buffer(values.size() * sizeof(T));
  if (!values.empty()) std::memcpy(t.data.data(), values.data(), values.size() * sizeof(T));
  return t;
}
inline onnx::attribute integer(char const* name, std::int64_t v) {
  return {.name = name, .type = onnx::attribute_type::i, .i = v};
}
inline onnx::attribute number(char const* name, float v) {
  return {.name = name, .type = onnx::attribute_type::f, .f = v};
}
inline onnx::attribute text(char const* name, char const* v) {
  return {.name = name, .type = onnx::attribute_type::s, .s = v};
}
inline onnx::attribute integers(char const* name, std::vector<std::int64_t> const& v) {
  return {.name = name, .type = onnx::attribute_type::ints, .ints = v};
}
inline onnx::attribute graph(char const* name, onnx::graph const& g) {
  onnx::attribute a{.name = name, .type = onnx::attribute_type::g};
  a.graphs.push_back(g);
  return a;
}
inline onnx::attribute value(onnx::tensor const& t) {
  onnx::attribute a{.name = "value", .type = onnx::attribute_type::t};
  a.tensors.push_back(t);
  return a;
}
// An attribute that a function's node takes from the call.
inline onnx::attribute given(char const* name, onnx::attribute_type type, char const* from) {
  return {.name = name, .type = type, .reference = from};
}

using names = std::vector<std::string>;
inline onnx::node node(char const* op, names const& in, names const& out,
                       std::vector<onnx::attribute> const& attributes = {}, char const* name = "") {
  return {.op_type = op, .name = name, .inputs = in, .outputs = out, .attributes = attributes};
}

struct sample : onnx::model {
  explicit sample(std::int64_t version = 17) { ir_version = 8, opsets = {{"", version}}; }
  // Extents below 0 are open; `symbols` names them, by dimension.
  sample& input(char const* name, std::vector<std::int64_t> const& dims, element type = element::f32,
                std::map<std::size_t, std::string> const& symbols = {}) {
    onnx::value_info v{.name = name, .type = type};
    for (std::int64_t d : dims) v.dims.push_back({d < 0 ? -1 : d});
    for (auto const& [i, s] : symbols) v.dims[i].symbol = s;
    graph.inputs.push_back(v);
    return *this;
  }
  sample& output(char const* name) {
    graph.outputs.push_back({.name = name, .type = element::f32, .has_shape = false});
    return *this;
  }
  template <class T>
  sample& constant(char const* name, std::vector<std::int64_t> const& dims, std::vector<T> const& values) {
    graph.initializers.push_back(tensor(name, dims, values));
    return *this;
  }
  sample& node(char const* op, names const& in, names const& out, std::vector<onnx::attribute> const& attributes = {},
               char const* name = "") {
    graph.nodes.push_back(onnx_models::node(op, in, out, attributes, name));
    return *this;
  }
  // import_onnx, compiled once for all tests (onnx_test.cpp): the importer takes long.
  network import(hone::io::import_options const& o = {}) const;
};

// A model with the input x and the output y.
inline sample with_x(std::vector<std::int64_t> const& dims, std::int64_t version = 17, element type = element::f32) {
  sample s(version);
  s.input("x", dims, type).output("y");
  return s;
}

network lowered(network const& net);  // pass::lower, likewise

// The operations of a kind.
inline int count(network const& net, char const* kind) {
  int n = 0;
  for (hone::op const& o : net.graph.ops) n += std::string(o.kind->name) == kind;
  return n;
}
inline hone::port const& port_of(network const& net, char const* name) {
  for (hone::port const& p : net.graph.ports)
    if (std::string(p.name.c_str()) == name) return p;
  throw std::runtime_error(std::string("there is no port ") + name);
}
inline extents dims_at(network const& net, char const* port = "y") { return dims_of(net.graph, port_of(net, port).op); }

template <class T>
hone::buffer to_buffer(std::vector<T> const& v) {
  hone::buffer b(v.size() * sizeof(T));
  if (!v.empty()) std::memcpy(b.data(), v.data(), b.size());
  return b;
}
// What comes out at a port, as numbers.
inline std::vector<double> evaluate(network const& net, std::vector<hone::buffer> const& inputs,
                                    char const* port = "y") {
  hone::shal::emulator emulator(net.graph, net.weights);
  std::vector<hone::buffer> const& edges = emulator.edges(inputs);
  auto const at = static_cast<std::size_t>(port_of(net, port).op);
  hone::tensor_view const v{edges[at].data(), net.graph.ops[at].type, dims_of(net.graph, static_cast<int>(at))};
  std::vector<double> all;
  for (std::int64_t i = 0; i < v.dims.size(); ++i) all.push_back(hone::io::importing::number_at(v, i));
  return all;
}
inline std::vector<double> evaluate(network const& net, std::vector<float> const& x, char const* port = "y") {
  return evaluate(net, std::vector<hone::buffer>{to_buffer(x)}, port);
}
// 0, 1, 2, ...
inline std::vector<float> counting(std::size_t n) {
  std::vector<float> v(n);
  for (std::size_t i = 0; i < n; ++i) v[i] = static_cast<float>(i);
  return v;
}

}  // namespace onnx_models
