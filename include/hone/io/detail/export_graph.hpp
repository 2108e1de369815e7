#pragma once
#include <hone/core/quantized.hpp>
#include <hone/core/tensor.hpp>
#include <hone/io/onnx_model.hpp>

#include <cstring>
#include <string>
#include <vector>

namespace hone::inline HONE_ABI::io::exporting {

inline constexpr char const* what = "cannot export the network to ONNX";

// Appends nodes and constants to an ONNX graph.
class graph_writer {
 public:
  onnx::graph out;

  // A node of one result; returns the result's name, which is also the node's.
  std::string node(char const* op_type, std::vector<std::string> inputs, std::string name = {},
                   std::vector<onnx::attribute> attributes = {}) {
    if (name.empty()) name = fresh(op_type);
    onnx::node n;
    n.op_type = op_type, n.name = name, n.inputs = std::move(inputs), n.outputs = {name};
    n.attributes = std::move(attributes);
    out.nodes.push_back(std::move(n));
    return name;
  }
  std::string fresh(std::string const& of) { return of + "_" + std::to_string(next_++); }

  // A constant; returns its name.
  template <class T>
  std::string constant(onnx::element type, std::vector<std::int64_t> dims, std::vector<T> const& values,
                       std::string name = {}) {
    onnx::tensor t;
    t.name = name.empty() ? fresh("constant") : std::move(name), t.type = type, t.dims = std::move(dims);
    t.data = buffer(values.size() * sizeof(T));
    if (!values.empty()) std::memcpy(t.data.data(), values.data(), t.data.size());
    out.initializers.push_back(std::move(t));
    return out.initializers.back().name;
  }
  std::string scalar(float v) { return constant<float>(onnx::element::f32, {}, {v}); }
  std::string scalar(std::uint8_t v) { return constant<std::uint8_t>(onnx::element::u8, {}, {v}); }
  std::string list(std::vector<std::int64_t> const& v) {
    return constant(onnx::element::i64, {static_cast<std::int64_t>(v.size())}, v);
  }

  static onnx::attribute ints(char const* name, std::vector<std::int64_t> v) {
    onnx::attribute a;
    a.name = name, a.type = onnx::attribute_type::ints, a.ints = std::move(v);
    return a;
  }
  static onnx::attribute integer(char const* name, std::int64_t v) {
    onnx::attribute a;
    a.name = name, a.type = onnx::attribute_type::i, a.i = v;
    return a;
  }

 private:
  int next_{};
};

// The elementwise function f of value x, as ONNX nodes.
inline std::string apply(graph_writer& w, pointwise const& f, std::string const& x) {
  if (f.empty()) return x;
  if (f == functions::relu()) return w.node("Relu", {x});
  if (f == functions::sigmoid()) return w.node("Sigmoid", {x});
  std::vector<std::string> r;
  for (int i = 0; i < f.n; ++i) {
    pw_step const s = f.code[static_cast<std::size_t>(i)];
    auto const binary = [&](char const* op_type) {
      return w.node(op_type, {r[static_cast<std::size_t>(s.a)], r[static_cast<std::size_t>(s.b)]});
    };
    auto const unary = [&](char const* op_type) { return w.node(op_type, {r[static_cast<std::size_t>(s.a)]}); };
    switch (s.what) {
      case pw::x: r.push_back(x); break;
      case pw::constant: r.push_back(w.scalar(s.value)); break;
      case pw::add: r.push_back(binary("Add")); break;
      case pw::sub: r.push_back(binary("Sub")); break;
      case pw::mul: r.push_back(binary("Mul")); break;
      case pw::div: r.push_back(binary("Div")); break;
      case pw::max: r.push_back(binary("Max")); break;
      case pw::min: r.push_back(binary("Min")); break;
      case pw::tanh: r.push_back(unary("Tanh")); break;
      case pw::sigmoid: r.push_back(unary("Sigmoid")); break;
      case pw::exp: r.push_back(unary("Exp")); break;
      case pw::log: r.push_back(unary("Log")); break;
      case pw::elu: r.push_back(unary("Elu")); break;
      case pw::softplus: r.push_back(unary("Softplus")); break;
      case pw::erf: r.push_back(unary("Erf")); break;
      case pw::sqrt: r.push_back(unary("Sqrt")); break;
    }
  }
  return r.back();
}

}  // namespace hone::inline HONE_ABI::io::exporting
