#pragma once
#include <hone/core/network.hpp>
#include <hone/nn/builder.hpp>

#include <charconv>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace hone::inline HONE_ABI::io {

namespace detail {

// C++ text of values.
class cpp_text {
 public:
  static std::string number(double v) {
    if (v != v) return "__builtin_nanf(\"\")";
    if (v - v != 0) return v < 0 ? "-__builtin_inff()" : "__builtin_inff()";
    char digits[32];
    return {digits, std::to_chars(digits, digits + sizeof digits, static_cast<float>(v)).ptr};
  }
  static std::string literal(float v) {
    std::string const s = number(v);
    bool const whole = s.find_first_not_of("-0123456789") == std::string::npos;
    return v - v != 0 ? s : s + (whole ? ".f" : "f");
  }
  static std::string quoted(std::string_view s) {
    std::string out = "\"";
    for (char const c : s) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    return out + '"';
  }
  template <class List, class F>
  static std::string braced(List const& list, F text) {
    std::string out = "{";
    for (auto const& v : list) out += (out.size() > 1 ? ", " : "") + text(v);
    return out + "}";
  }
  static std::string list(extents const& e) {
    return braced(e, [](int v) { return std::to_string(v); });
  }
  static std::string type(dtype t) {
    constexpr char const* names[]{
        "f32", "bf16", "i8", "u8", "i32", "f64", "f16", "i64", "i16", "u16", "u32", "u64", "boolean"};
    static_assert(std::size(names) == dtypes);
    return std::string("hone::dtype::") + names[static_cast<int>(t)];
  }
  static std::string flag(bool v) { return v ? "true" : "false"; }

  // .a = 1, .b = 2, for members that differ from 0.
  template <class... V>
  static std::string members(std::initializer_list<std::pair<char const*, int>> list) {
    std::string out;
    for (auto const& [name, v] : list)
      if (v != 0) out += (out.empty() ? "." : ", .") + std::string(name) + " = " + std::to_string(v);
    return out;
  }
  static std::string window_of(window const& w) {
    std::string out = "{.kh = " + std::to_string(w.kh) + ", .kw = " + std::to_string(w.kw);
    if (w.sh != 1 || w.sw != 1) out += ", .sh = " + std::to_string(w.sh) + ", .sw = " + std::to_string(w.sw);
    std::string const pads = members({{"top", w.top}, {"left", w.left}, {"bottom", w.bottom}, {"right", w.right}});
    return out + (pads.empty() ? "" : ", ") + pads + "}";
  }
  static std::string function(pointwise const& f) {
    if (f == functions::relu()) return "hone::functions::relu()";
    if (f == functions::relu6()) return "hone::functions::relu6()";
    if (f == functions::leaky_relu()) return "hone::functions::leaky_relu()";
    if (f == functions::tanh()) return "hone::functions::tanh()";
    if (f == functions::sigmoid()) return "hone::functions::sigmoid()";
    std::string out = "{{{";
    for (int i = 0; i < f.n; ++i) {
      pw_step const s = f.code[static_cast<std::size_t>(i)];
      out += std::string(i > 0 ? ", " : "") + "{hone::pw{" + std::to_string(static_cast<int>(s.what)) + "}, " +
             std::to_string(s.a) + ", " + std::to_string(s.b) + ", " + literal(s.value) + "}";
    }
    return out + "}}, " + std::to_string(f.n) + "}";
  }
};

// Writes a lowered network as the body of a build function.
class model_writer {
 public:
  explicit model_writer(dynamic_graph const& g) : g_(g) {
    for (std::size_t i = 0; i < g_.ops.size(); ++i) write(static_cast<int>(i));
    for (port const& p : g_.ports)
      if (p.output) text += "    net.output(" + t::quoted(p.name.c_str()) + ", " + value(p.op) + ");\n";
    if (g_.ports.empty()) text += "    net.output(\"output\", " + value(static_cast<int>(g_.ops.size()) - 1) + ");\n";
  }
  std::string text;

 private:
  using t = cpp_text;

  std::string const& value(int i) const { return values_[static_cast<std::size_t>(i)]; }
  std::string layer_of(op const& o) const {
    return o.layer < 0 ? "layer" : g_.layers[static_cast<std::size_t>(o.layer)].name.c_str();
  }
  // A new C++ identifier that says where the value comes from.
  std::string fresh(op const& o) {
    std::string base;
    for (char const c : layer_of(o))
      base += (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ? c : '_';
    while (base.find("__") != std::string::npos) base.erase(base.find("__"), 1);
    if (base.empty() || (base[0] >= '0' && base[0] <= '9')) base = "x" + base;
    if (base[0] == '_') base.erase(0, 1);
    base += base == "net" || base.empty() || reserved(base) ? "_" : "";
    std::string name = base;
    for (int k = 1; !taken_.insert(name).second; ++k) name = base + "_" + std::to_string(k);
    return name;
  }
  static bool reserved(std::string_view s) {
    for (char const* const word :
         {"and",     "or",     "not",   "xor",    "new",    "delete",   "int",    "float",   "double", "char",
          "bool",    "long",   "short", "class",  "struct", "union",    "enum",   "default", "switch", "case",
          "for",     "while",  "do",    "if",     "else",   "return",   "this",   "true",    "false",  "operator",
          "private", "public", "const", "static", "auto",   "template", "export", "register"})
      if (s == word) return true;
    return false;
  }
  std::string inputs(op const& o) const {
    std::string out = "{";
    int last = -1;
    for (int k = 0; k < max_inputs; ++k)
      if (o.input[static_cast<std::size_t>(k)] >= 0) last = k;
    for (int k = 0; k <= last; ++k) {
      int const i = o.input[static_cast<std::size_t>(k)];
      out += std::string(k > 0 ? ", " : "") + (i >= 0 ? value(i) : "-1");
    }
    return out + "}";
  }

  void write(int i) {
    op const& o = op_at(g_, i);
    std::string call = is(o, input_kind) ? input(i) : expression(o);
    bool const has_form = o.form >= 0 && !o.kind->evaluate && !is(o, constant_kind) && !is(o, input_kind) &&
                          !is(o, flatten_kind) && !(o.kind->pointwise && form_of_input(o));
    bool const flat =
        o.kind->evaluate || is(o, constant_kind) || (o.form >= 0 && (is(o, input_kind) || is(o, flatten_kind)));
    if (flat && !(o.out == shape{1, 1, o.out.size()}))
      call = "net.image_of(" + call + ", {" + std::to_string(o.out.h) + ", " + std::to_string(o.out.w) + ", " +
             std::to_string(o.out.c) + "})";
    if (has_form) call = "net.shaped(" + call + ", " + t::list(dims_of(g_, i)) + ")";
    std::string const name = fresh(o);
    extents const dims = dims_of(g_, i);
    std::string comment;
    for (int d : dims) comment += (comment.empty() ? "" : " x ") + std::to_string(d);
    text += "    int const " + name + " = " + call + ";  // " + comment + "\n";
    values_.push_back(name);
  }
  bool form_of_input(op const& o) const { return o.form == op_at(g_, o.input[0]).form; }

  std::string input(int i) const {
    op const& o = op_at(g_, i);
    port_name name = "input";
    for (port const& p : g_.ports)
      if (p.op == i && !p.output) name = p.name;
    std::string const type = o.type == dtype::f32 ? "" : ", " + t::type(o.type);
    if (o.form >= 0) return "net.input(" + t::quoted(name.c_str()) + ", " + t::list(dims_of(g_, i)) + type + ")";
    return "net.image(" + t::quoted(name.c_str()) + ", {" + std::to_string(o.out.h) + ", " + std::to_string(o.out.w) +
           ", " + std::to_string(o.out.c) + "}" + type + ")";
  }

  std::string expression(op const& o) const {
    if (is(o, flatten_kind) && o.form >= 0)
      return "net.reshape(" + value(o.input[0]) + ", " + t::list(g_.forms[static_cast<std::size_t>(o.form)].dims) + ")";
    if (is(o, constant_kind)) {
      int const ordinal = weight_at(g_, o.param[0]).ordinal;
      return "net.constant(" + t::quoted(layer_of(o)) + ", " +
             t::list(g_.forms[static_cast<std::size_t>(o.form)].dims) + ", " + t::type(o.type) +
             (ordinal != 0 ? ", " + std::to_string(ordinal) : "") + ")";
    }
    if (o.kind->evaluate) return tensor(o);
    if (std::string const s = linear(o); !s.empty()) return s;
    if (o.kind->pointwise && o.from == dtype::f32 && o.type == dtype::f32) {
      if (is(o, relu_kind) && o.act == functions::relu()) return "net.relu(" + value(o.input[0]) + ")";
      if (is(o, relu6_kind) && o.act == functions::relu6()) return "net.relu6(" + value(o.input[0]) + ")";
      return "net.apply(hone::" + std::string(o.kind->name) + "_kind, " + value(o.input[0]) + ", " +
             t::function(o.act) + ")";
    }
    bool const plain = o.from == dtype::f32 && o.type == dtype::f32 && o.act.empty();
    std::string const read = "(" + t::quoted(layer_of(o)) + ", " + value(o.input[0]);
    if (plain && (is(o, add_kind) || is(o, concat_kind)))
      return std::string("net.") + o.kind->name + read + ", " + value(o.input[1]) + ")";
    if (plain && (is(o, max_pool_kind) || is(o, avg_pool_kind)))
      return std::string("net.") + o.kind->name + read + ", " + t::window_of(o.win) + ")";
    if (plain && is(o, softmax_kind)) return "net.softmax" + read + ")";
    bool const a_row = o.out == shape{1, 1, o.out.size()};
    if (plain && a_row && is(o, flatten_kind)) return "net.flatten(" + value(o.input[0]) + ")";
    return operation(o);
  }

  // The object that describes a tensor operation: its name says more where an operation on images has the short one.
  static std::string kind_of(op const& o) {
    std::string_view name = o.kind->name;
    if (name.starts_with("tensor_")) name.remove_prefix(7);
    if (name.ends_with("_nd")) name.remove_suffix(3);
    return std::string(name) + "_kind";
  }
  std::string tensor(op const& o) const {
    tensor_form const& f = g_.forms[static_cast<std::size_t>(o.form)];
    auto const used = [](auto const& list) {
      std::size_t n = list.size();
      while (n > 0 && list[n - 1] == 0) --n;
      return n;
    };
    std::vector<std::int32_t> const i(f.i.begin(), f.i.begin() + static_cast<std::ptrdiff_t>(used(f.i)));
    std::vector<float> const r(f.f.begin(), f.f.begin() + static_cast<std::ptrdiff_t>(used(f.f)));
    std::vector<std::string> rest{
        t::braced(i, [](std::int32_t v) { return std::to_string(v); }),
        t::braced(r, [](float v) { return t::literal(v); }), std::to_string(o.scratch), std::to_string(o.macs)};
    std::size_t const count = o.macs != 0 ? 4 : o.scratch != 0 ? 3 : !r.empty() ? 2 : !i.empty() ? 1 : 0;
    std::string out = "net.tensor(" + t::quoted(layer_of(o)) + ", hone::nd::" + kind_of(o) + ", " + inputs(o) + ", " +
                      t::type(o.type) + ", " + t::list(f.dims);
    for (std::size_t k = 0; k < count; ++k) out += ", " + rest[k];
    return out + ")";
  }

  bool plain_leaf(op const& o, int slot, role what) const {
    std::int16_t const p = o.param[static_cast<std::size_t>(slot)];
    return p >= 0 && weight_at(g_, p).what == what && weight_at(g_, p).ordinal == 0 &&
           weight_at(g_, p).layer == o.layer;
  }
  // The short forms of convolutions and dense layers; empty where one does not say everything.
  std::string linear(op const& o) const {
    bool const conv = is(o, conv2d_kind), depthwise = is(o, depthwise_conv2d_kind), dense = is(o, dense_kind);
    bool const int8 = o.from == dtype::u8;
    if ((!conv && !depthwise && !dense) || !o.act.empty() || o.addend >= 0 ||
        !plain_leaf(o, slot::weight, role::weight) || !plain_leaf(o, slot::bias, role::bias) ||
        (int8 && !plain_leaf(o, slot::scale, role::scale)) ||
        (int8 ? o.type != dtype::u8 && o.type != dtype::f32 : o.from != dtype::f32 || o.type != dtype::f32))
      return {};
    std::string out = std::string("net.") + o.kind->name + "(" + t::quoted(layer_of(o)) + ", " + value(o.input[0]);
    if (conv || dense) out += ", " + std::to_string(o.out.c);
    if (conv || depthwise) out += ", " + t::window_of(o.win);
    if (!int8) return out + ")";
    std::string numbers = t::members({{"from_zero", o.from_zero}, {"zero", o.zero}, {"addend_zero", o.addend_zero}});
    if (o.most != 255 || o.least != 0) numbers += (numbers.empty() ? "" : ", ") + clips(o);
    auto const add = [&](std::string const& s) { numbers += (numbers.empty() ? "" : ", ") + s; };
    if (!o.convert) add(".convert = false");
    if (o.pairs_fit) add(".pairs_fit = true");
    if (o.type == dtype::f32) add(".f32_result = true");
    return out + ", {" + (numbers.empty() ? ".convert = true" : numbers) + "})";
  }

  static std::string clips(op const& o) {
    return ".least = " + std::to_string(o.least) + ", .most = " + std::to_string(o.most);
  }
  // Everything about an operation on images.
  std::string operation(op const& o) const {
    std::string out = "net.operation(" + t::quoted(layer_of(o)) + ", {.kind = &hone::" + o.kind->name + "_kind";
    if (o.kind->linear) out += ", .out = {1, 1, " + std::to_string(o.out.c) + "}";
    if (is(o, flatten_kind) && !(o.out == shape{1, 1, o.out.size()}))
      out += ", .out = {" + std::to_string(o.out.h) + ", " + std::to_string(o.out.w) + ", " + std::to_string(o.out.c) +
             "}";
    if (!(o.win == window{})) out += ", .win = " + t::window_of(o.win);
    if (!o.act.empty()) out += ", .act = " + t::function(o.act);
    if (o.from != dtype::f32) out += ", .from = " + t::type(o.from);
    if (o.type != dtype::f32) out += ", .type = " + t::type(o.type);
    if (o.weights != dtype::f32) out += ", .weights = " + t::type(o.weights);
    std::string const zeros =
        t::members({{"from_zero", o.from_zero}, {"addend_zero", o.addend_zero}, {"zero", o.zero}});
    if (!zeros.empty()) out += ", " + zeros;
    if (o.most != 255 || o.least != 0) out += ", " + clips(o);
    if (o.convert) out += ", .convert = true";
    if (o.pairs_fit) out += ", .pairs_fit = true";
    if (o.addend >= 0) out += ", .addend = " + std::to_string(o.addend);
    out += "}, " + inputs(o);
    std::string params;
    for (std::size_t k = 0; k < max_params; ++k) {
      if (o.param[k] < 0) continue;
      weight const& w = weight_at(g_, o.param[k]);
      params += std::string(params.empty() ? "{" : ", {") + std::to_string(k) + ", hone::role::" + name(w.what) + ", " +
                t::braced(w.dims, [](int v) { return std::to_string(v); }) + ", " + t::type(w.type) + ", " +
                std::to_string(w.ordinal) + "}";
    }
    return out + (params.empty() ? "" : ", {" + params + "}") + ")";
  }

  dynamic_graph const& g_;
  std::vector<std::string> values_;
  std::set<std::string> taken_;
};

}  // namespace detail

// Gives every run of operations a layer of its own, as a builder does, and renames the tensors accordingly: what
// model_header writes then has the names of the result's weights. Elementwise operations and reshapes belong to the layer
// of their input.
inline network with_own_layers(network n) {
  dynamic_graph& g = n.graph;
  std::vector<layer> layers;
  std::set<std::string> taken;
  std::vector<std::int16_t> owner(g.weights.size(), -1);
  int last = -1;  // the old layer of the run
  for (op& o : g.ops) {
    bool const follows = o.kind->pointwise || is(o, flatten_kind);
    if (follows) {
      o.layer = op_at(g, o.input[0]).layer;
      continue;
    }
    if (o.layer != last || layers.empty()) {
      last = o.layer;
      label const base = o.layer >= 0 ? g.layers[static_cast<std::size_t>(o.layer)].name : label("layer");
      label name = base;
      for (int k = 2; !taken.insert(name.c_str()).second; ++k) name = label(base).append("_").append(k);
      layers.push_back({name, static_cast<std::int16_t>(layers.size())});
    }
    o.layer = static_cast<std::int16_t>(layers.size() - 1);
    for (std::int16_t const p : o.param)
      if (p >= 0 && owner[static_cast<std::size_t>(p)] < 0) owner[static_cast<std::size_t>(p)] = o.layer;
  }
  struct {
    std::vector<layer> const& layers;
  } const named{layers};
  tensor_set weights;
  for (std::size_t i = 0; i < g.weights.size(); ++i) {
    weight& w = g.weights[i];
    if (owner[i] < 0) continue;
    tensor const& from = n.weights.at(tensor_name(g, w).c_str());
    w.layer = owner[i];
    weights.add(tensor_name(named, w).c_str(), from.type, from.dims).data = from.data;
  }
  g.layers = layers, n.weights = std::move(weights);
  return n;
}

// What a written header says about itself.
struct header_options {
  std::string name{"model"};  // of the model type, a C++ identifier
  std::string source{};       // where the network comes from, for the comment
};

// C++ that describes the network as a model type `name`: a function that builds the graph, layer by layer, with the names
// that its parameters have in n.weights. `lowered`: a network as pass::lower leaves it, whose weights are leaves. The text
// needs <hone/hone.hpp>, and where there are operations on tensors their headers, which it includes.
inline std::string model_header(dynamic_graph const& lowered, header_options const& o) {
  for (weight const& w : lowered.weights)
    if (!w.leaf())
      raise("cannot write a model header", message() << "the graph computes a weight by " << w.kind->name,
            o.name.c_str(), "write it before the passes that specialise it");
  bool tensors = false;
  for (op const& p : lowered.ops) tensors = tensors || p.kind->evaluate;
  std::string out = "// Written by hone-import" + (o.source.empty() ? "" : " from " + o.source) + ".\n#pragma once\n" +
                    "#include <hone/hone.hpp>\n#include <hone/nn/builder.hpp>\n" +
                    (tensors ? "#include <hone/nn/nd.hpp>\n" : "") + "\n";
  out += "struct " + o.name + "_graph {\n  static constexpr void build(auto& net) {\n";
  out += detail::model_writer(lowered).text;
  out += "  }\n};\nstruct " + o.name + " : hone::graph_model<" + o.name + "_graph> {};\n";
  return out;
}

}  // namespace hone::inline HONE_ABI::io
