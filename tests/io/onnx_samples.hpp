#pragma once
// ONNX files of a few bytes, also those that no honest writer makes.
#include <hone/io/detail/protobuf_writer.hpp>
#include <hone/io/onnx_file.hpp>

#include <fstream>
#include <iterator>

namespace onnx_samples {

namespace onnx = hone::io::onnx;
using bytes = std::vector<std::byte>;
using fields = hone::io::detail::wire_writer;

inline char const* const corpus = "tests/io/corpus/onnx";

inline bytes contents(std::string const& path) {
  std::ifstream file(path, std::ios::binary);
  std::string const text{std::istreambuf_iterator<char>(file), {}};
  auto const* const p = reinterpret_cast<std::byte const*>(text.data());
  return {p, p + text.size()};
}

// A model; graph(w) writes the fields of its graph, which has the output "y".
template <class F>
bytes model_of(F const& graph) {
  fields w;
  w.integer(1, 8);
  w.message(7, [&] {
    graph(w);
    w.message(12, [&] { w.text(1, "y"); });
  });
  w.message(8, [&] { w.integer(2, 17); });
  return w.take();
}

// A model with the initializer "t"; tensor(w) writes the rest of its fields.
template <class F>
bytes model_with_tensor(F const& tensor) {
  return model_of([&](fields& w) {
    w.message(5, [&] {
      w.text(8, "t");
      tensor(w);
    });
  });
}

// A model with one node "n" of the operator Op; node(w) writes the rest of its fields.
template <class F>
bytes model_with_node(F const& node) {
  return model_of([&](fields& w) {
    w.message(1, [&] {
      w.text(3, "n");
      w.text(4, "Op");
      node(w);
    });
  });
}

// A field of numbers, packed.
inline void packed(fields& w, std::uint32_t number, std::vector<std::uint64_t> const& values) {
  bytes out;
  for (std::uint64_t v : values) {
    for (; v >= 0x80; v >>= 7) out.push_back(static_cast<std::byte>(v | 0x80));
    out.push_back(static_cast<std::byte>(v));
  }
  w.bytes(number, out);
}
template <class T>
void packed_fixed(fields& w, std::uint32_t number, std::vector<T> const& values) {
  w.bytes(number, std::as_bytes(std::span(values)));
}

template <class T>
onnx::tensor tensor_of(std::string name, onnx::element type, std::vector<std::int64_t> dims,
                       std::vector<T> const& values) {
  onnx::tensor t;
  t.name = std::move(name), t.type = type, t.dims = std::move(dims);
  t.data = hone::buffer(values.size() * sizeof(T));
  if (!values.empty()) std::memcpy(t.data.data(), values.data(), t.data.size());
  return t;
}

// y = If(c) { x * w } else { x }, with everything that write() writes somewhere in it.
inline onnx::model everything() {
  auto const value = [](char const* name, std::vector<onnx::dim> dims) {
    return onnx::value_info{.name = name, .type = onnx::element::f32, .dims = std::move(dims)};
  };
  onnx::graph multiply;
  multiply.name = "multiply";
  multiply.nodes = {{.op_type = "Mul", .name = "m", .inputs = {"x", "w"}, .outputs = {"z"}}};
  multiply.outputs = {value("z", {{3}})};
  onnx::graph pass = multiply;
  pass.nodes = {{.op_type = "Identity", .inputs = {"x"}, .outputs = {"z"}}};

  onnx::node choose{.op_type = "If", .name = "choose", .inputs = {"c"}, .outputs = {"y"}};
  for (auto const& [name, branch] : {std::pair{"then_branch", multiply}, std::pair{"else_branch", pass}}) {
    onnx::attribute a{.name = name, .type = onnx::attribute_type::g};
    a.graphs.push_back(branch);
    choose.attributes.push_back(a);
  }
  onnx::model m;
  m.ir_version = 8, m.opsets = {{"", 17}, {"own", 1}};
  m.producer_name = "hone", m.producer_version = "1", m.domain = "d", m.model_version = 3, m.doc = "words";
  m.metadata = {{"author", "nobody"}, {"empty", ""}};
  m.graph.name = "g";
  m.graph.nodes = {choose};
  m.graph.inputs = {value("x", {{3}}), value("c", {})};
  m.graph.inputs[1].type = onnx::element::boolean;
  m.graph.outputs = {value("y", {{-1, "batch"}})};
  m.graph.initializers = {tensor_of<float>("w", onnx::element::f32, {3}, {1, -2, 0.5F})};
  m.graph.value_infos = {value("between", {{-1, ""}, {7, ""}})};
  m.graph.value_infos[0].has_shape = true;

  onnx::function f{.domain = "own", .name = "Twice", .inputs = {"a"}, .outputs = {"b"}, .attributes = {"must"}};
  f.opsets = {{"", 17}};
  f.defaults = {{.name = "by", .type = onnx::attribute_type::f, .f = 2}};
  f.nodes = {{.op_type = "Add", .inputs = {"a", "a"}, .outputs = {"b"}}};
  f.nodes[0].attributes = {{.name = "unused", .type = onnx::attribute_type::ints, .reference = "must"}};
  m.functions = {f};
  return m;
}

}  // namespace onnx_samples
