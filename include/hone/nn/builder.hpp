#pragma once
#include <hone/nn/model.hpp>
#include <hone/nn/nd/reshape.hpp>

namespace hone::inline HONE_ABI {

// The numbers of an int8 operation that is quantised already: zero points of input, result and residual addend, clips,
// and what is proved of its weights (op::convert, op::pairs_fit). With f32_result the result is real numbers.
struct int8_numbers {
  int from_zero{}, zero{}, addend_zero{};
  int least{0}, most{255};  // what a stored result is clipped to
  bool convert{true}, pairs_fit{false}, f32_result{false};
};

// Builds a graph step by step, for networks that are no sequence of layers (graph_model): each call appends an operation
// of a layer of its own and returns the index of its result, for later calls to read.
template <class G>
class builder {
 public:
  constexpr explicit builder(G& g) : g_(g) {}
  // For the builders of nn/nd, which append to a graph.
  constexpr G& graph() { return g_; }

  constexpr int input(port_name const& name, extents const& dims, dtype type = dtype::f32) {
    return nd::input(g_, name, dims, type, layer_of(shortened(name)));
  }
  // An input that image operations read: rows, columns and channels.
  constexpr int image(port_name const& name, shape s, dtype type = dtype::f32) {
    op o{};
    o.kind = &input_kind, o.out = s, o.type = o.from = type, o.layer = layer_of(shortened(name));
    int const at = emit(g_, o);
    g_.ports.push_back({name, static_cast<std::int16_t>(at), false});
    return at;
  }
  constexpr void output(port_name const& name, int x) { nd::output(g_, name, x); }

  constexpr int conv2d(label const& name, int x, int channels, window w) {
    return linear(conv2d_kind, name, x, channels, w, {w.kh, w.kw, op_at(g_, x).out.c, channels});
  }
  constexpr int conv2d(label const& name, int x, int channels, window w, int8_numbers q) {
    return linear(conv2d_kind, name, x, channels, w, {w.kh, w.kw, op_at(g_, x).out.c, channels}, &q);
  }
  constexpr int depthwise_conv2d(label const& name, int x, window w) {
    int const c = op_at(g_, x).out.c;
    return linear(depthwise_conv2d_kind, name, x, c, w, {w.kh, w.kw, 1, c});
  }
  constexpr int depthwise_conv2d(label const& name, int x, window w, int8_numbers q) {
    int const c = op_at(g_, x).out.c;
    return linear(depthwise_conv2d_kind, name, x, c, w, {w.kh, w.kw, 1, c}, &q);
  }
  constexpr int dense(label const& name, int x, int units) {
    return linear(dense_kind, name, x, units, {}, {1, 1, op_at(g_, x).out.size(), units});
  }
  constexpr int dense(label const& name, int x, int units, int8_numbers q) {
    return linear(dense_kind, name, x, units, {}, {1, 1, op_at(g_, x).out.size(), units}, &q);
  }

  // An elementwise operation; its layer is its input's where no name is given.
  constexpr int apply(op_kind const& kind, int x, pointwise const& f) {
    op o = nn::reading(kind, x, op_at(g_, x).layer);
    o.act = f;
    return emit(g_, o);
  }
  constexpr int relu(int x) { return apply(relu_kind, x, functions::relu()); }
  constexpr int relu6(int x) { return apply(relu6_kind, x, functions::relu6()); }
  constexpr int add(label const& name, int a, int b) {
    op o = nn::reading(add_kind, a, layer_of(name));
    o.input[1] = static_cast<std::int16_t>(b);
    return emit(g_, o);
  }
  constexpr int concat(label const& name, int a, int b) {
    op o = nn::reading(concat_kind, a, layer_of(name));
    o.input[1] = static_cast<std::int16_t>(b);
    return emit(g_, o);
  }
  constexpr int max_pool(label const& name, int x, window w) { return pool(max_pool_kind, name, x, w); }
  constexpr int avg_pool(label const& name, int x, window w) { return pool(avg_pool_kind, name, x, w); }
  constexpr int softmax(label const& name, int x) { return emit(g_, nn::reading(softmax_kind, x, layer_of(name))); }
  constexpr int flatten(int x) { return emit(g_, nn::reading(flatten_kind, x, op_at(g_, x).layer)); }

  // Any operation on images: `o` has kind, win, act, out.c, types and zero points; inputs and parameters are given here.
  // Parameters in the order of their slots; role and dims of each.
  struct slot_of {
    int at{};
    role what{};
    std::array<int, 4> dims{};
    dtype type{dtype::f32};
    int ordinal{0};
  };
  constexpr int operation(label const& name, op o, std::initializer_list<int> inputs,
                          std::initializer_list<slot_of> params = {}) {
    return emit(g_, filled(name, o, inputs, params));
  }
  // Any operation on tensors; its result's type, extents and attributes.
  constexpr int tensor(label const& name, op_kind const& kind, std::initializer_list<int> inputs, dtype type,
                       extents const& dims, std::initializer_list<std::int32_t> i = {},
                       std::initializer_list<float> f = {}, std::int32_t scratch = 0, std::int32_t macs = 0) {
    op o{};
    o.kind = &kind, o.scratch = scratch, o.macs = macs, o.type = type;
    tensor_form form{.dims = dims};
    std::size_t k = 0;
    for (std::int32_t v : i) form.i[k++] = v;
    k = 0;
    for (float v : f) form.f[k++] = v;
    return emit_tensor(g_, filled(name, o, inputs, {}), form);
  }
  // A parameter of any extents; a layer's further ones are told apart by `ordinal`.
  constexpr int constant(label const& name, extents const& dims, dtype type = dtype::f32, int ordinal = 0) {
    return hone::constant(g_, layer_of(name), dims, type, ordinal);
  }
  // The extents that tensor operations and ports see, where they are not [1][h][w][c].
  constexpr int shaped(int x, extents const& dims) {
    g_.forms.push_back({.dims = dims});
    op_at(g_, x).form = static_cast<std::int16_t>(g_.forms.size() - 1);
    return x;
  }
  // Rows, columns and channels that image operations see, where tensor operations see other extents.
  constexpr int image_of(int x, shape s) {
    op& o = op_at(g_, x);
    if (s.size() != o.out.size())
      note(g_, {o.kind, o.layer, fix::keep_the_number_of_elements, o.out, s});
    else
      o.out = s;
    return x;
  }
  constexpr int reshape(int x, extents const& dims) { return nd::reshape(g_, x, dims, op_at(g_, x).layer); }

 private:
  constexpr int pool(op_kind const& kind, label const& name, int x, window w) {
    op o = nn::reading(kind, x, layer_of(name));
    o.win = w;
    return emit(g_, o);
  }
  // A layer's name for an input.
  static constexpr label shortened(port_name const& name) {
    label l;
    for (std::size_t n = 0; n < longest_layer_name; ++n) l.text[n] = name.text[n];
    return l;
  }
  // The layer of that name, which the last operations may have begun.
  constexpr std::int16_t layer_of(label const& name) {
    if (g_.layers.size() == 0 || !(g_.layers.back().name == name))
      g_.layers.push_back({name, static_cast<std::int16_t>(g_.layers.size())});
    return static_cast<std::int16_t>(g_.layers.size() - 1);
  }
  constexpr op filled(label const& name, op o, std::initializer_list<int> inputs,
                      std::initializer_list<slot_of> params) {
    o.layer = layer_of(name);
    std::size_t k = 0;
    for (int x : inputs) o.input[k++] = static_cast<std::int16_t>(x);
    for (slot_of const& p : params) {
      std::int16_t const at = parameter(g_, o.layer, p.what, p.dims, p.type);
      weight_at(g_, at).ordinal = static_cast<std::int8_t>(p.ordinal);
      o.param[static_cast<std::size_t>(p.at)] = at;
    }
    return o;
  }
  constexpr int linear(op_kind const& kind, label const& name, int x, int channels, window w, std::array<int, 4> dims,
                       int8_numbers const* q = nullptr) {
    op o{};
    o.kind = &kind, o.out.c = channels, o.win = w;
    if (q == nullptr)
      return operation(
          name, o, {x}, {{slot::weight, role::weight, dims}, {slot::bias, role::bias, {1, 1, 1, channels}}});
    o.from = dtype::u8, o.type = q->f32_result ? dtype::f32 : dtype::u8, o.weights = dtype::i8;
    o.from_zero = static_cast<std::uint8_t>(q->from_zero), o.zero = static_cast<std::uint8_t>(q->zero);
    o.least = static_cast<std::uint8_t>(q->least), o.most = static_cast<std::uint8_t>(q->most);
    o.addend_zero = static_cast<std::uint8_t>(q->addend_zero), o.convert = q->convert, o.pairs_fit = q->pairs_fit;
    return operation(name, o, {x},
                     {{slot::weight, role::weight, dims, dtype::i8},
                      {slot::bias, role::bias, {1, 1, 1, channels}, dtype::i32},
                      {slot::scale, role::scale, {1, 1, 1, channels}}});
  }

  G& g_;
};

// A network as a type, given by a function: for those that are no sequence of layers, with several inputs or outputs, or
// with operations on tensors; hone-import writes them. A struct of its own builds the graph:
//
//   struct kws_graph {
//     static constexpr void build(auto& net) {
//       int x = net.image("input", {49, 10, 1});
//       x = net.relu(net.conv2d("stem", x, 64, {.kh = 10, .kw = 4, .sh = 2, .sw = 2, .top = 4, .left = 1, ...}));
//       net.output("output", net.dense("logits", x, 12));
//     }
//   };
//   struct kws : hone::graph_model<kws_graph> {};
template <class Build>
struct graph_model {
  template <class G>
  static constexpr G describe() {
    G g{};
    builder<G> net(g);
    Build::build(net);
    return g;
  }

 private:
  struct counts {
    int ops, weights, layers, forms, ports;
  };
  static constexpr counts count() {
    auto const g = describe<dynamic_graph>();
    return {static_cast<int>(g.ops.size()), static_cast<int>(g.weights.size()), static_cast<int>(g.layers.size()),
            static_cast<int>(g.forms.size()), static_cast<int>(g.ports.size())};
  }
  static constexpr counts counted = count();

 public:
  static constexpr int op_count = counted.ops, weight_count = counted.weights, layer_count = counted.layers,
                       form_count = counted.forms, port_count = counted.ports;
  static constexpr auto description = describe<graph<op_count, weight_count, layer_count, form_count, port_count>>();
  static constexpr shape input_shape = op_at(description, input_of(description)).out;
  static constexpr shape output_shape = op_at(description, output_of(description)).out;

  // True, or a compile-time error that names the misfit.
  static constexpr bool shapes_fit() {
    constexpr problem p = description.issue.how != fix::none ? description.issue : misnamed(description);
    if constexpr (p.how == fix::none) {
      return true;
    } else {
      using where = in_layer<description.layers[static_cast<std::size_t>(p.layer < 0 ? 0 : p.layer)].name>;
      if constexpr (!about_shapes(p.how))
        return check<not_a_network<Build, where, to_fix<p.how>>>();
      else
        return check<shape_mismatch<p.kind, Build, where, wanted<p.wanted.h, p.wanted.w, p.wanted.c>,
                                    got<p.got.h, p.got.w, p.got.c>, to_fix<p.how>>>();
    }
  }
};

}  // namespace hone::inline HONE_ABI
