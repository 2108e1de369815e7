#pragma once
#include <hone/core/network.hpp>
#include <hone/nn/int8_edges.hpp>
#include <hone/nn/nd/cast.hpp>
#include <hone/nn/nd/move.hpp>
#include <hone/nn/nd/reshape.hpp>
#include <hone/nn/nd/unary.hpp>
#include <hone/pass/lower_layout.hpp>

namespace hone::inline HONE_ABI::pass::lowering {

// Whether o's result is its operand, element by element, in row-major order.
inline bool repeats(dynamic_graph const& g, op const& o) {
  if (is(o, flatten_kind)) return o.act.empty();
  if (is(o, nd::cast_kind)) return o.type == op_at(g, o.input[0]).type;
  if (is(o, nd::unary_kind)) return g.forms[static_cast<std::size_t>(o.form)].i[0] == int(nd::unary_fn::identity);
  return false;
}

// The network that is lowered, and the one that it becomes. A value of the old network (the result of one of its
// operations) lies in the new one in one or more layouts; asking for another one appends what rearranges it.
class context {
 public:
  // `weights` are the graph's; they are read as long as this is used.
  context(dynamic_graph g, tensor_set const& weights)
      : old(static_cast<dynamic_graph&&>(g)), weights_(weights), root_(old.ops.size()), uses_(old.ops.size()),
        live_(old.ops.size()), known_(old.ops.size()), values_(old.ops.size()), places_(old.ops.size()) {
    out.graph.layers = old.layers;
    names_.resize(old.layers.size() + 1);
    for (std::size_t i = 0; i < root_.size(); ++i) {
      op const& o = old.ops[i];
      root_[i] = repeats(old, o) ? root(o.input[0]) : static_cast<int>(i);
      known_[i] = is(o, constant_kind) ? 1 : depth(o);
    }
    count_readers();
  }
  context(context const&) = delete;
  context& operator=(context const&) = delete;

  dynamic_graph old;
  network out{};

  // ---- the old network
  op const& at(int i) const { return op_at(old, i); }
  int ops() const { return static_cast<int>(root_.size()); }
  extents dims(int i) const { return dims_of(old, i); }
  tensor_form const& form(op const& o) const { return old.forms[static_cast<std::size_t>(o.form)]; }
  // The operation that computes i's elements: i, or what it only gives other extents.
  int root(int i) const { return root_[static_cast<std::size_t>(i)]; }
  // How many live operations and outputs read it, by any extents.
  int uses(int i) const { return uses_[static_cast<std::size_t>(root(i))]; }
  bool live(int i) const { return live_[static_cast<std::size_t>(i)] != 0; }
  // Whether it depends on constants alone. An absent operand (-1) does not.
  bool is_known(int i) const { return i >= 0 && known_[static_cast<std::size_t>(root(i))] != 0; }
  // Its value where it is known (computed where it is asked for first); else there is no data.
  tensor_view known(int i) {
    if (!is_known(i)) return {};
    auto const r = static_cast<std::size_t>(root(i));
    if (values_[r] == nullptr) values_[r] = is(at(root(i)), constant_kind) ? constant_data(r) : computed(root(i));
    return {values_[r], at(i).type, dims(i)};
  }

  // ---- the new network
  dynamic_graph& graph() { return out.graph; }
  // Says where a value lies. `flipped`: an i8 value that is stored as u8, 128 higher.
  void define(int i, int op, layout const& l, bool flipped = false) {
    places_[static_cast<std::size_t>(root(i))].push_back({op, l, flipped});
  }
  bool defined(int i) const { return !places_[static_cast<std::size_t>(root(i))].empty(); }
  // The layout that costs nothing to read: of what was defined first.
  layout natural(int i) const {
    return defined(i) ? places_[static_cast<std::size_t>(root(i))][0].where : rows_of(at(i).out.size());
  }
  // All places of a value, for its transposes.
  struct place {
    int op{};
    layout where{};
    bool flipped{};
  };
  std::vector<place> const& places(int i) const { return places_[static_cast<std::size_t>(root(i))]; }

  // The operation of the new network that holds value i in layout l, in its own type.
  int stored(int i, layout const& l) { return find_or_make(root(i), l, false); }
  // The same of a quantised edge as int8 operations take it: u8, an i8 value 128 higher.
  int stored_u8(int i, layout const& l) { return find_or_make(root(i), l, at(i).type == dtype::i8); }
  // Value i as ONNX has it: row major, of its own extents.
  int plain(int i) { return shaped(stored(i, rows_of(at(i).out.size())), dims(i)); }

  // New operation x with these extents, for operations on tensors to read.
  int shaped(int x, extents const& d) {
    dynamic_graph& g = graph();
    op& o = op_at(g, x);
    if (o.form < 0) {  // nobody has read it as a tensor before
      g.forms.push_back({.dims = d});
      o.form = static_cast<std::int16_t>(g.forms.size() - 1);
    }
    if (dims_of(g, x) == d) return x;
    return nd::reshape(g, is(o, flatten_kind) ? o.input[0] : x, d, o.layer);
  }
  // New operation x as an image of these extents.
  int image(int x, shape s) {
    op& o = op_at(graph(), x);
    if (o.out == s) return x;
    bool const free = is(o, input_kind) || is(o, constant_kind) || o.kind->evaluate;
    if (free && o.out == shape{1, 1, s.size()}) {  // nobody has read it as an image before
      o.out = s;
      return x;
    }
    op view = nn::reading(flatten_kind, is(o, flatten_kind) ? o.input[0] : x, o.layer);
    view.type = view.from = o.type, view.out = s;
    return emit(graph(), view);
  }
  // A parameter of the new network, filled with `data`.
  std::int16_t leaf(int layer, role what, std::array<int, 4> d, dtype type, buffer data) {
    std::int8_t const ordinal = next_ordinal(layer, what);
    std::int16_t const node = parameter(graph(), layer, what, d, type);
    weight& w = weight_at(graph(), node);
    w.ordinal = ordinal;
    out.weights.add(tensor_name(graph(), w).c_str(), type, w.dims).data = static_cast<buffer&&>(data);
    return node;
  }
  // One number a column.
  template <class T>
  std::int16_t vector_leaf(int layer, role what, dtype type, std::vector<T> const& v) {
    buffer b(v.size() * sizeof(T));
    if (!v.empty()) std::memcpy(b.data(), v.data(), b.size());
    return leaf(layer, what, {1, 1, 1, static_cast<int>(v.size())}, type, static_cast<buffer&&>(b));
  }
  // A constant of the new network.
  int constant(int layer, extents const& d, dtype type, buffer data) {
    op o{};
    o.kind = &constant_kind, o.layer = static_cast<std::int16_t>(layer), o.type = o.from = type;
    int const n = static_cast<int>(d.size());
    o.param[0] = leaf(layer, role::constant, {1, 1, 1, n > 0 ? n : 1}, type, static_cast<buffer&&>(data));
    return emit_tensor(graph(), o, {.dims = d});
  }

 private:
  // How many operations deep it can be computed from constants; 0: it cannot, or that is too deep for recursion.
  char depth(op const& o) const {
    if (!o.kind->evaluate && !is(o, flatten_kind)) return 0;
    char most = 1;
    for (std::int16_t k : o.input) {
      if (k < 0) continue;
      char const d = known_[static_cast<std::size_t>(k)];
      if (d == 0 || d == 100) return 0;
      most = d >= most ? static_cast<char>(d + 1) : most;
    }
    return most;
  }
  void const* constant_data(std::size_t i) const {
    op const& o = old.ops[i];
    label const key = tensor_name(old, weight_at(old, o.param[0]));
    tensor const& t = weights_.at(key.c_str());
    std::size_t const bytes = static_cast<std::size_t>(o.bytes_out());
    if (t.type != o.type || t.data.size() < bytes)
      raise("cannot lower a network",
            message() << key.c_str() << " is " << name(t.type) << " of " << t.data.size() << " bytes, the graph wants "
                      << name(o.type) << " of " << bytes,
            key.c_str(), "give each constant the type and the extents of its operation");
    return t.data.data();
  }
  void const* computed(int i) {
    op const& o = at(i);
    buffer result(static_cast<std::size_t>(o.bytes_out())), scratch(static_cast<std::size_t>(o.scratch));
    tensor_args a{o.kind, &form(o), {}, result.data(), o.type, scratch.data()};
    for (std::size_t k = 0; k < max_inputs; ++k)
      if (o.input[k] >= 0) a.in[k] = known(o.input[k]);
    o.kind->evaluate(a);
    computed_.push_back(static_cast<buffer&&>(result));
    return computed_.back().data();
  }
  void count_readers() {
    for (port const& p : old.ports)
      if (p.output) live_[static_cast<std::size_t>(p.op)] = 1, ++uses_[static_cast<std::size_t>(root(p.op))];
    if (old.ports.empty() && ops() > 0) live_.back() = 1, ++uses_[static_cast<std::size_t>(root(ops() - 1))];
    for (int i = ops(); i-- > 0;) {
      if (!live(i)) continue;
      for (std::int16_t k : at(i).input)
        if (k >= 0) {
          live_[static_cast<std::size_t>(k)] = 1;
          if (root(i) == i) ++uses_[static_cast<std::size_t>(root(k))];
        }
    }
  }

  int find_or_make(int i, layout const& l, bool flipped) {
    for (place const& p : places(i))
      if (p.where == l && p.flipped == flipped) return p.op;
    if (tensor_view const v = known(i); v.present()) return constant_in(i, v, l, flipped);
    for (place const& p : places(i))
      if (p.where == l) return flip(i, p);
    if (!defined(i))
      raise("cannot lower a network", message() << at(i).kind->name << " is read before it is computed",
            at(i).kind->name, "give operations in order, producers first");
    place p = places(i)[0];
    rearrangement r = rearrange(p.where, l);
    if (r.dims.rank < 0) {
      p = {stored_as(i, rows_of(at(i).out.size()), p.flipped), rows_of(at(i).out.size()), p.flipped};
      r = rearrange(p.where, l);
    }
    int const layer = op_at(graph(), p.op).layer;
    p = {nd::transpose(graph(), shaped(p.op, r.dims), r.perm, layer), l, p.flipped};
    define(i, p.op, l, p.flipped);
    return p.flipped == flipped ? p.op : flip(i, p);
  }
  int stored_as(int i, layout const& l, bool flipped) { return find_or_make(i, l, flipped); }

  int constant_in(int i, tensor_view const& v, layout const& l, bool flipped) {
    std::size_t const size = static_cast<std::size_t>(size_of(v.type));
    std::int64_t const n = v.dims.size();
    buffer b(static_cast<std::size_t>(n > 0 ? n : 1) * size);
    auto const* from = static_cast<std::byte const*>(v.data);
    if (n > 0) {
      std::size_t to = 0;
      for (std::int32_t k : indices_of(l))
        std::memcpy(b.data() + to++ * size, from + static_cast<std::size_t>(k) * size, size);
    }
    if (flipped)
      for (std::size_t k = 0; k < b.size(); ++k) b.data()[k] ^= std::byte{0x80};
    int const made =
        constant(at(i).layer, {static_cast<std::int32_t>(n)}, flipped ? dtype::u8 : v.type, static_cast<buffer&&>(b));
    define(i, made, l, flipped);
    return made;
  }
  // The other form of an i8 value: its sign bit turned.
  int flip(int i, place const& p) {
    op o = nn::reading(table_kind, p.op, op_at(graph(), p.op).layer);
    o.from = dtype::u8, o.type = p.flipped ? dtype::i8 : dtype::u8;
    o.form = op_at(graph(), p.op).form;
    std::vector<std::uint8_t> table(256);
    for (std::size_t k = 0; k < 256; ++k) table[k] = static_cast<std::uint8_t>(k ^ 0x80);
    o.param[slot::weight] = vector_leaf(o.layer, role::weight, dtype::u8, table);
    int const made = emit(graph(), o);
    define(i, made, p.where, !p.flipped);
    return made;
  }

  // The first number that tells a new tensor of this layer and role from the others.
  std::int8_t next_ordinal(int& layer, role what) {
    auto const slot_of = [](int l) { return static_cast<std::size_t>(l + 1); };
    while (names_[slot_of(layer)][static_cast<std::size_t>(what)] == 127) {  // a layer for the rest
      if (more_.size() <= slot_of(layer)) more_.resize(slot_of(layer) + 1, -1);
      int& next = more_[slot_of(layer)];
      if (next < 0) {
        hone::layer l{};
        l.name.append("parameters_").append(static_cast<int>(graph().layers.size()));
        graph().layers.push_back(l);
        names_.emplace_back();
        next = static_cast<int>(graph().layers.size()) - 1;
      }
      layer = next;
    }
    return names_[slot_of(layer)][static_cast<std::size_t>(what)]++;
  }

  tensor_set const& weights_;
  std::vector<int> root_, uses_;
  std::vector<char> live_, known_;
  std::vector<void const*> values_;  // of what is known, where it was asked for
  std::vector<buffer> computed_;
  std::vector<std::vector<place>> places_;             // by root
  std::vector<std::array<std::int8_t, roles>> names_;  // of each layer and role, tensors so far; first: of no layer
  std::vector<int> more_;
};

}  // namespace hone::inline HONE_ABI::pass::lowering
