#pragma once
#include <hone/core/extents.hpp>
#include <hone/core/op.hpp>
#include <hone/core/weight.hpp>

#include <cstddef>
#include <vector>

namespace hone::inline HONE_ABI {

// A vector of fixed capacity that can be a constexpr variable. Capacity is not checked at run time: describe() counts.
template <class T, int N>
struct fixed_vector {
  std::array<T, N == 0 ? 1 : N> items{};
  int count{};

  constexpr std::size_t size() const { return static_cast<std::size_t>(count); }
  constexpr bool empty() const { return count == 0; }
  constexpr void push_back(T const& v) { items[static_cast<std::size_t>(count++)] = v; }
  constexpr void clear() { count = 0; }
  // Not items[i]: there g++ 14 at -O3 sees subscripts of 2^63 in loops beside a vector<bool>.
  constexpr T& operator[](std::size_t i) { return items.data()[i]; }
  constexpr T const& operator[](std::size_t i) const { return items.data()[i]; }
  constexpr T& back() { return items[static_cast<std::size_t>(count - 1)]; }
  constexpr T const& back() const { return items[static_cast<std::size_t>(count - 1)]; }
  constexpr T* begin() { return items.data(); }
  constexpr T* end() { return items.data() + count; }
  constexpr T const* begin() const { return items.data(); }
  constexpr T const* end() const { return items.data() + count; }
};

// Working memory of a pass. clang 14 rejects libstdc++ 12's vector<T>(n) in constant expressions.
template <class T>
class scratch {
 public:
  constexpr explicit scratch(std::size_t n, T value = T{}) : data_(new T[n]{}) {
    for (std::size_t i = 0; i < n; ++i) data_[i] = value;
  }
  constexpr ~scratch() { delete[] data_; }
  scratch(scratch const&) = delete;
  scratch& operator=(scratch const&) = delete;
  constexpr T& operator[](std::size_t i) { return data_[i]; }
  constexpr T const& operator[](std::size_t i) const { return data_[i]; }

 private:
  T* data_;
};

// A short text as a structural value: layer names. What does not fit is cut off.
struct label {
  std::array<char, 64> text{};

  constexpr label() = default;
  constexpr label(char const* s) { append(s); }  // NOLINT: a literal is a label
  constexpr label& append(char const* s) {
    std::size_t n = size();
    for (; *s != 0 && n + 1 < text.size(); ++s) text[n++] = *s;
    return *this;
  }
  constexpr label& append(int v) {
    char digits[12]{};
    int n = 11;
    do digits[--n] = static_cast<char>('0' + v % 10);
    while ((v /= 10) != 0);
    return append(digits + n);
  }
  constexpr std::size_t size() const {
    std::size_t n = 0;
    while (n < text.size() && text[n] != 0) ++n;
    return n;
  }
  constexpr char const* c_str() const { return text.data(); }
  constexpr bool operator==(label const&) const = default;
};

// The longest path of a layer; "<path>.variance" fits a label, and a tensor's name.
inline constexpr std::size_t longest_layer_name = 54;

// A layer of the model as it was written: its path ("residual_3.conv2d_0") and its position in the outermost sequence.
struct layer {
  label name{};
  std::int16_t position{-1};
  constexpr bool operator==(layer const&) const = default;
};

// Why a composition of layers is not a network.
struct problem {
  op_kind const* kind{};
  std::int16_t layer{-1};
  fix how{fix::none};  // none: there is no problem
  shape wanted{}, got{};
};

// What a tensor operation's result is (core/tensor_op.hpp): extents, and the operation's attributes, whose meaning
// belongs to its kind.
struct tensor_form {
  extents dims{};
  std::array<std::int32_t, 32> i{};
  std::array<float, 4> f{};
  constexpr bool operator==(tensor_form const&) const = default;
};

// The name of an input or output, as files give it: longer than a layer's. What does not fit is cut off.
struct port_name {
  std::array<char, 256> text{};

  constexpr port_name() = default;
  constexpr port_name(char const* s) {  // NOLINT: a literal is a name
    for (std::size_t n = 0; s[n] != 0 && n + 1 < text.size(); ++n) text[n] = s[n];
  }
  constexpr port_name(label const& l) : port_name(l.c_str()) {}  // NOLINT: so is a layer's
  constexpr char const* c_str() const { return text.data(); }
  constexpr bool operator==(port_name const&) const = default;
};

// A named input or output of a network. Inputs are the first operations. A graph without ports has one of each: its
// first operation and its last.
struct port {
  port_name name{};
  std::int16_t op{-1};
  bool output{};
  constexpr bool operator==(port const&) const = default;
};

// A network as a value: operations and the recipe of their weights, both in SSA order (producers first).
template <int Ops, int Weights, int Layers, int Forms = 0, int Ports = 0>
struct graph {
  fixed_vector<op, Ops> ops;
  fixed_vector<weight, Weights> weights;
  fixed_vector<layer, Layers> layers;
  fixed_vector<tensor_form, Forms> forms;
  fixed_vector<port, Ports> ports;
  std::int32_t arena{};   // bytes of activations, after memory planning
  std::int32_t packed{};  // bytes of packed weights, after memory planning
  problem issue{};
};
struct dynamic_graph {
  std::vector<op> ops;
  std::vector<weight> weights;
  std::vector<layer> layers;
  std::vector<tensor_form> forms;
  std::vector<port> ports;
  std::int32_t arena{}, packed{};
  problem issue{};
};

template <class G>
constexpr dynamic_graph thaw(G const& g) {
  return {{g.ops.begin(), g.ops.end()},
          {g.weights.begin(), g.weights.end()},
          {g.layers.begin(), g.layers.end()},
          {g.forms.begin(), g.forms.end()},
          {g.ports.begin(), g.ports.end()},
          g.arena,
          g.packed,
          g.issue};
}
template <class Fixed>
constexpr Fixed freeze(dynamic_graph const& d) {
  Fixed g{};
  for (op const& o : d.ops) g.ops.push_back(o);
  for (weight const& w : d.weights) g.weights.push_back(w);
  for (layer const& l : d.layers) g.layers.push_back(l);
  for (tensor_form const& f : d.forms) g.forms.push_back(f);
  for (port const& p : d.ports) g.ports.push_back(p);
  g.arena = d.arena, g.packed = d.packed, g.issue = d.issue;
  return g;
}

// Signed access, for the SSA indices of ops.
template <class G>
constexpr auto& op_at(G& g, int i) {
  return g.ops[static_cast<std::size_t>(i)];
}
template <class G>
constexpr auto& weight_at(G& g, int i) {
  return g.weights[static_cast<std::size_t>(i)];
}

// The operation that is the network's input, or output; of several the first.
template <class G>
constexpr int input_of(G const& g) {
  for (port const& p : g.ports)
    if (!p.output) return p.op;
  return 0;
}
template <class G>
constexpr int output_of(G const& g) {
  for (port const& p : g.ports)
    if (p.output) return p.op;
  return static_cast<int>(g.ops.size()) - 1;
}

// The largest activation or parameter: sizes in bytes, and sums of a few of them, fit 32 bits.
inline constexpr std::int32_t most_elements = 1 << 27;

// Whether an array of these extents has more than most_elements, computed without overflow. None is negative.
constexpr bool too_large(std::array<std::int32_t, 4> extents) {
  std::int64_t n = 1;
  for (std::int32_t d : extents)
    if ((n *= d) > most_elements) return true;
  return false;
}
template <class G>
constexpr void note(G& g, problem p) {
  if (g.issue.how == fix::none) g.issue = p;
}

// Appends o, whose inputs are already in g: infers its shape, and notes the first misfit in g.issue. Returns its index.
// An elementwise operation's result has the form of its input.
template <class G>
constexpr std::int16_t emit(G& g, op o) {
  shape in[max_inputs]{};
  for (int i = 0; i < max_inputs; ++i)
    if (o.input[static_cast<std::size_t>(i)] >= 0) in[i] = op_at(g, o.input[static_cast<std::size_t>(i)]).out;
  o.in = o.input[0] >= 0 ? in[0] : o.out;
  inferred const r = o.kind->infer(o, in);
  o.out = r.out;
  if (r.how != fix::none)
    note(g, {o.kind, o.layer, r.how, r.wanted, r.got});
  else if (too_large({o.out.h, o.out.w, o.out.c, 1}))
    note(g, {o.kind, o.layer, fix::use_smaller_extents, {1, 1, most_elements}, o.out}), o.out = {};
  if (o.kind->pointwise && o.form < 0) o.form = op_at(g, o.input[0]).form;
  g.ops.push_back(o);
  return static_cast<std::int16_t>(g.ops.size() - 1);
}
template <class G>
constexpr std::int16_t emit(G& g, weight const& w) {
  g.weights.push_back(w);
  return static_cast<std::int16_t>(g.weights.size() - 1);
}
// A leaf: a parameter of layer `layer` with the dimensions d, seen as [product of the first][last]. Notes in g.issue
// where it is too large.
template <class G>
constexpr std::int16_t parameter(G& g, int layer, role what, std::array<int, 4> d, dtype type = dtype::f32) {
  weight w{};
  w.layer = static_cast<std::int16_t>(layer), w.what = what, w.type = type;
  if (too_large(d)) {
    note(g, {nullptr, w.layer, fix::use_smaller_extents, {1, 1, most_elements}, {d[0] * d[1], d[2], d[3]}});
    d = {1, 1, 1, 1};
  }
  w.rows = d[0] * d[1] * d[2], w.cols = d[3];
  for (std::size_t i = 0; i < 4; ++i) w.dims[i] = d[i];
  return emit(g, w);
}

// How many operations read each result; whoever reads a network's output counts as one.
template <class G>
constexpr void count_uses(G const& g, scratch<std::int16_t>& uses) {
  for (op const& o : g.ops)
    for (std::int16_t i : o.input)
      if (i >= 0) ++uses[static_cast<std::size_t>(i)];
  for (port const& p : g.ports)
    if (p.output) ++uses[static_cast<std::size_t>(p.op)];
}

}  // namespace hone::inline HONE_ABI
