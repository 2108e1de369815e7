#pragma once
#include <hone/core/tensor_op.hpp>
#include <hone/io/detail/export_graph.hpp>
#include <hone/io/onnx_file.hpp>
#include <hone/nn/activation.hpp>
#include <hone/nn/batch_norm.hpp>
#include <hone/nn/concat.hpp>
#include <hone/nn/conv2d.hpp>
#include <hone/nn/dense.hpp>
#include <hone/nn/depthwise_conv2d.hpp>
#include <hone/nn/flatten.hpp>
#include <hone/nn/int8_edges.hpp>
#include <hone/nn/pooling.hpp>
#include <hone/nn/quantize.hpp>
#include <hone/nn/residual.hpp>

namespace hone::inline HONE_ABI::io {

namespace exporting {

// Translates a canonical graph, operation by operation. Values are [1][c][h][w] in ONNX; a quantised one is the result of
// a QuantizeLinear whose step is 1 where Hone does not know it: an operation's scales hold quotients of steps alone.
class exporter {
 public:
  exporter(dynamic_graph const& g, tensor_set const& tensors) : g_(g), tensors_(tensors) {
    for (std::size_t i = 0; i < g_.ops.size(); ++i) {
      op const& o = g_.ops[i];
      if (o.kind->evaluate || is(o, constant_kind))
        raise(what, message() << o.kind->name << " works on tensors", layer_of(o).c_str(),
              "export networks of image operations; keep the file that this one came from");
      step_.push_back(1.f);
      value_.push_back(translate(static_cast<int>(i), o));
    }
    if (g_.ports.empty()) output("output", static_cast<int>(g_.ops.size()) - 1);
    for (port const& p : g_.ports)
      if (p.output) output(p.name.c_str(), p.op);
  }
  onnx::graph take() { return std::move(w_.out); }

 private:
  using strings = std::vector<std::string>;
  using sizes = std::vector<std::int64_t>;

  std::string layer_of(op const& o) const {
    return o.layer < 0 ? o.kind->name : g_.layers[static_cast<std::size_t>(o.layer)].name.c_str();
  }
  std::string const& value(int i) const { return value_[static_cast<std::size_t>(i)]; }
  tensor const& param(op const& o, int slot) const {
    std::int16_t const p = o.param[static_cast<std::size_t>(slot)];
    if (p < 0)
      raise(what, message() << o.kind->name << " lacks a parameter", layer_of(o).c_str(), "export a canonical graph");
    tensor const& t = tensors_.at(tensor_name(g_, weight_at(g_, p)).c_str());
    if (t.type != weight_at(g_, p).type || t.dims != weight_at(g_, p).dims)
      raise(what, "a tensor has another type or other extents than the graph says", t.name.data(),
            "give the canonical tensors of this very graph");
    return t;
  }
  std::vector<float> floats(op const& o, int slot) const {
    tensor const& t = param(o, slot);
    if (t.type == dtype::f32) return {t.values<float>().begin(), t.values<float>().end()};
    std::vector<float> v;
    for (std::uint16_t const b : t.values<std::uint16_t>()) v.push_back(from_bf16(b));
    return v;
  }

  // [1][c][h][w] as one vector in Hone's order, and back.
  std::string flat(std::string x, shape s, sizes dims) {
    if (s.c > 1 && s.pixels() > 1) x = w_.node("Transpose", {x}, {}, {w_.ints("perm", {0, 2, 3, 1})});
    return w_.node("Reshape", {x, w_.list(dims)});
  }
  std::string image(std::string const& x, shape s) {
    if (s.c == 1 || s.pixels() == 1) return w_.node("Reshape", {x, w_.list({1, s.c, s.h, s.w})});
    std::string const rows = w_.node("Reshape", {x, w_.list({1, s.h, s.w, s.c})});
    return w_.node("Transpose", {rows}, {}, {w_.ints("perm", {0, 3, 1, 2})});
  }
  sizes dims(int i) const {
    extents const e = dims_of(g_, i);
    return {e.begin(), e.end()};
  }
  void output(char const* name, int i) {
    op const& o = op_at(g_, i);
    if (o.type != dtype::f32)
      raise(what, message() << "output " << name << " is " << hone::name(o.type), name, "dequantise outputs");
    std::string const flattened = flat(value(i), o.out, dims(i));
    w_.node("Identity", {flattened}, name);
    w_.out.outputs.push_back(info(name, i));
  }
  onnx::value_info info(std::string const& name, int i) const {
    onnx::value_info v;
    v.name = name, v.type = onnx::element::f32;
    for (std::int64_t const d : dims(i)) v.dims.push_back({d, {}});
    return v;
  }

  std::string translate(int i, op const& o) {
    if (is(o, input_kind)) return input(i, o);
    if (o.from == dtype::u8 || is(o, quantize_kind)) return int8(i, o);
    std::string const x = value(o.input[0]);
    if (is(o, flatten_kind)) return image(flat(x, o.in, {1, o.out.size()}), o.out);
    if (o.kind->linear) return apply(w_, o.act, residual(o, linear(o, x, filter(o), bias(o))));
    if (is(o, max_pool_kind) || is(o, avg_pool_kind)) return apply(w_, o.act, pool(o, x));
    if (is(o, add_kind)) return apply(w_, o.act, w_.node("Add", {x, value(o.input[1])}, named(o)));
    if (is(o, concat_kind))
      return apply(w_, o.act, w_.node("Concat", {x, value(o.input[1])}, named(o), {w_.integer("axis", 1)}));
    if (is(o, softmax_kind)) return apply(w_, o.act, w_.node("Softmax", {x}, named(o), {w_.integer("axis", 1)}));
    if (is(o, batch_norm_kind)) return batch_norm(o, x);
    if (o.kind->pointwise) return apply(w_, o.act, x);
    raise(what, message() << "there is no translation of " << o.kind->name, layer_of(o).c_str(),
          "leave the operation out, or write it as ones that are in the library");
  }
  std::string input(int i, op const& o) {
    std::string name = "input";
    for (port const& p : g_.ports)
      if (p.op == i && !p.output) name = p.name.c_str();
    if (o.type != dtype::f32)
      raise(
          what, message() << "input " << name.c_str() << " is " << hone::name(o.type), name.c_str(), "give it as f32");
    w_.out.inputs.push_back(info(name, i));
    return image(name, o.out);
  }
  std::string named(op const& o) { return w_.fresh(layer_of(o)); }

  // ---- f32

  // Hone's [kh][kw][ci][co] as ONNX's [co][ci][kh][kw]; dense layers keep [in][out].
  template <class T>
  std::vector<T> turned(op const& o, std::vector<T> const& from) const {
    if (is(o, dense_kind)) return from;
    int const taps = o.win.taps(), ci = is(o, conv2d_kind) ? o.in.c : 1, co = o.out.c;
    std::vector<T> to(from.size());
    for (int t = 0; t < taps; ++t)
      for (int i = 0; i < ci; ++i)
        for (int k = 0; k < co; ++k)
          to[static_cast<std::size_t>((k * ci + i) * taps + t)] = from[static_cast<std::size_t>((t * ci + i) * co + k)];
    return to;
  }
  sizes filter_dims(op const& o) const {
    if (is(o, dense_kind)) return {o.in.size(), o.out.c};
    return {o.out.c, is(o, conv2d_kind) ? o.in.c : 1, o.win.kh, o.win.kw};
  }
  std::string filter(op const& o) {
    return w_.constant(
        onnx::element::f32, filter_dims(o), turned(o, floats(o, slot::weight)), w_.fresh(layer_of(o) + ".weight"));
  }
  std::string bias(op const& o) {
    std::vector<float> const b =
        o.param[slot::bias] >= 0 ? floats(o, slot::bias) : std::vector<float>(static_cast<std::size_t>(o.out.c), 0.f);
    return w_.constant(onnx::element::f32, {o.out.c}, b, w_.fresh(layer_of(o) + ".bias"));
  }
  std::string linear(op const& o, std::string const& x, std::string const& filter, std::string const& bias) {
    if (!is(o, dense_kind)) {
      std::vector<onnx::attribute> a{
          w_.ints("kernel_shape", {o.win.kh, o.win.kw}), w_.ints("strides", {o.win.sh, o.win.sw}), pads(o)};
      if (!is(o, conv2d_kind)) a.push_back(w_.integer("group", o.in.c));
      return w_.node("Conv", {x, filter, bias}, named(o), std::move(a));
    }
    std::string const y = w_.node("Gemm", {flat(x, o.in, {1, o.in.size()}), filter, bias}, named(o));
    return w_.node("Reshape", {y, w_.list({1, o.out.c, 1, 1})});
  }
  static onnx::attribute pads(op const& o) {
    return graph_writer::ints("pads", {o.win.top, o.win.left, o.win.bottom, o.win.right});
  }
  std::string residual(op const& o, std::string const& y) {
    return o.addend < 0 ? y : w_.node("Add", {y, value(o.input[static_cast<std::size_t>(o.addend)])});
  }
  std::string pool(op const& o, std::string const& x) {
    return w_.node(is(o, max_pool_kind) ? "MaxPool" : "AveragePool", {x}, named(o),
                   {w_.ints("kernel_shape", {o.win.kh, o.win.kw}), w_.ints("strides", {o.win.sh, o.win.sw}), pads(o)});
  }
  std::string batch_norm(op const& o, std::string const& x) {
    sizes const dims{1, o.out.c, 1, 1};
    std::string const scale = w_.constant(onnx::element::f32, dims, floats(o, slot::weight));
    std::string const shift = w_.constant(onnx::element::f32, dims, floats(o, slot::bias));
    return apply(w_, o.act, w_.node("Add", {w_.node("Mul", {x, scale}), shift}, named(o)));
  }

  // ---- int8

  float& step(int i) { return step_[static_cast<std::size_t>(i)]; }
  // Input k as real numbers in units of `step`.
  std::string real(op const& o, std::size_t k, float step) {
    std::uint8_t const zero = k == 0 ? o.from_zero : o.addend_zero;
    return w_.node("DequantizeLinear", {value(o.input[k]), w_.scalar(step), w_.scalar(zero)});
  }
  std::string quantized(op const& o, std::string const& y, float step) {
    std::string const q = w_.node("QuantizeLinear", {y, w_.scalar(step), w_.scalar(o.zero)}, named(o));
    if (o.least == 0 && o.most == 255) return q;
    return w_.node("Min", {w_.node("Max", {q, w_.scalar(o.least)}), w_.scalar(o.most)});
  }

  std::string int8(int i, op const& o) {
    if (is(o, quantize_kind)) {
      step(i) = 1 / floats(o, slot::scale)[0];
      return quantized(o, value(o.input[0]), step(i));
    }
    if (is(o, dequantize_kind)) return real(o, 0, floats(o, slot::scale)[0]);
    if (is(o, flatten_kind)) {
      step(i) = step(o.input[0]);
      return image(flat(value(o.input[0]), o.in, {1, o.out.size()}), o.out);
    }
    if (o.kind->linear) return int8_linear(i, o);
    if (is(o, max_pool_kind)) {
      step(i) = step(o.input[0]);
      return pool(o, value(o.input[0]));
    }
    if (is(o, avg_pool_kind)) {
      // In units of the input's step: the means of whole numbers, ties among them, are exact then.
      float const ratio = 1 / (floats(o, slot::scale)[0] * static_cast<float>(o.win.taps()));
      float const to = ratio > 0.999999f && ratio < 1.000001f ? 1.f : ratio;
      step(i) = step(o.input[0]) * to;
      return quantized(o, pool(o, real(o, 0, 1)), to);
    }
    if (is(o, add_kind)) return sum(o);
    if (is(o, concat_kind)) return joined(o);
    if (is(o, qadd_kind) || is(o, qmul_kind)) {
      std::vector<float> const s = floats(o, slot::scale);
      step(i) = 1 / s[2];
      return quantized(o, w_.node(is(o, qadd_kind) ? "Add" : "Mul", {real(o, 0, s[0]), real(o, 1, s[1])}), step(i));
    }
    if (is(o, table_kind)) return looked_up(o);
    raise(
        what, message() << "there is no int8 translation of " << o.kind->name, layer_of(o).c_str(), "export it in f32");
  }
  // acc * scale[c], acc in units of (step of the input) * (step of column c): the columns' steps are scale / step of the
  // input, and 1 the step of the result.
  std::string int8_linear(int i, op const& o) {
    float const in = step(o.input[0]);
    std::vector<float> scale = floats(o, slot::scale), columns(scale.size()), biases(scale.size());
    if (scale.size() == 1) scale.resize(static_cast<std::size_t>(o.out.c), scale[0]);
    columns.resize(scale.size()), biases.resize(scale.size());
    for (std::size_t c = 0; c < scale.size(); ++c) columns[c] = scale[c] / in, biases[c] = in * columns[c];
    auto const stored = param(o, slot::weight).values<std::int8_t>();
    auto const sums = param(o, slot::bias).values<std::int32_t>();
    std::int64_t const co = o.out.c;
    std::string const steps = w_.constant(onnx::element::f32, {co}, columns);
    std::string const filter = w_.node(
        "DequantizeLinear",
        {w_.constant(
             onnx::element::i8, filter_dims(o), turned(o, std::vector<std::int8_t>(stored.begin(), stored.end()))),
         steps},
        w_.fresh(layer_of(o) + ".weight"), {w_.integer("axis", is(o, dense_kind) ? 1 : 0)});
    std::string const bias = w_.node(
        "DequantizeLinear",
        {w_.constant(onnx::element::i32, {co}, std::vector<std::int32_t>(sums.begin(), sums.end())),
         w_.constant(onnx::element::f32, {co}, biases)},
        w_.fresh(layer_of(o) + ".bias"), {w_.integer("axis", 0)});
    std::string y = linear(o, real(o, 0, in), filter, bias);
    if (o.addend >= 0) {
      auto const multiplier = param(o, slot::addend).values<std::int32_t>();
      std::vector<float> by(scale);
      for (std::size_t c = 0; c < by.size(); ++c) by[c] *= static_cast<float>(multiplier[c]);
      std::string const r = w_.node(
          "DequantizeLinear",
          {value(o.input[static_cast<std::size_t>(o.addend)]), w_.constant(onnx::element::f32, {co}, by),
           w_.constant(onnx::element::u8, {co}, std::vector<std::uint8_t>(by.size(), o.addend_zero))},
          {}, {w_.integer("axis", 1)});
      y = w_.node("Add", {y, r});
    }
    step(i) = 1;
    return o.type == dtype::f32 ? y : quantized(o, y, 1);
  }
  std::string sum(op const& o) {
    float const scale = floats(o, slot::scale)[0];
    auto const m = param(o, slot::addend).values<std::int32_t>();
    std::string const a = real(o, 0, scale * static_cast<float>(m[0])),
                      b = real(o, 1, scale * static_cast<float>(m[1]));
    return quantized(o, w_.node("Add", {a, b}), 1);
  }
  // Each input is brought to the result's step by itself.
  std::string joined(op const& o) {
    std::vector<float> const scale = floats(o, slot::scale);
    op plain = o;
    plain.least = 0, plain.most = 255;
    std::string const a = quantized(plain, real(o, 0, scale[0]), 1), b = quantized(plain, real(o, 1, scale[1]), 1);
    return w_.node("Concat", {a, b}, named(o), {w_.integer("axis", 1)});
  }
  std::string looked_up(op const& o) {
    auto const table = param(o, slot::weight).values<std::uint8_t>();
    std::string const index = w_.node("Cast", {value(o.input[0])}, {}, {w_.integer("to", 6)});  // INT32
    std::string const entries =
        w_.constant(onnx::element::u8, {256}, std::vector<std::uint8_t>(table.begin(), table.end()));
    return w_.node("Gather", {entries, index}, named(o), {w_.integer("axis", 0)});
  }

  dynamic_graph const& g_;
  tensor_set const& tensors_;
  graph_writer w_;
  std::vector<std::string> value_;  // by operation
  std::vector<float> step_;         // of quantised results; 1 where it is not known
};

}  // namespace exporting

// A specialised network as an ONNX model (opset 13): in f32 (weights in bf16 are widened), or in QDQ form where it
// computes in int8. `canonical`: a graph of image operations; `tensors`: its canonical tensors, as an artifact holds them.
// Inputs and outputs keep names, types and Hone's order (rows, columns, channels); the rest is in ONNX's. Results are
// those of the network: f32 in another order of sums, int8 but for near-ties of roundings. Raises for operations on
// tensors, for kinds of the user's, and where a tensor does not fit the graph.
inline onnx::model to_onnx(dynamic_graph const& canonical, tensor_set const& tensors, std::string name = "network") {
  onnx::model m;
  m.ir_version = 8, m.opsets = {{"", 13}}, m.producer_name = "hone";
  m.graph = exporting::exporter(canonical, tensors).take();
  m.graph.name = std::move(name);
  return m;
}
// The same for a specialisation, written to a file: `io::save_onnx<digits_int8>("digits.onnx", artifact.weights)`.
template <class Specialized>
void save_onnx(std::string const& path, tensor_set const& tensors) {
  onnx::write_file(to_onnx(thaw(Specialized::canonical), tensors), path);
}

}  // namespace hone::inline HONE_ABI::io
