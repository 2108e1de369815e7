#pragma once
#include <hone/core/network.hpp>
#include <hone/io/detail/import_names.hpp>
#include <hone/io/detail/import_value.hpp>
#include <hone/nn/nd/reshape.hpp>

namespace hone::inline HONE_ABI::io::importing {

// A network while it is imported: its operations, and the values that are known already. A value is told by its index; it
// is known, or the result of an operation, or both. Known values become constants of the network where operations read
// them, and get tensors at the end, if those operations are needed.
class construction {
 public:
  known_values store;

  dynamic_graph& graph() { return net_.graph; }
  dynamic_graph const& graph() const { return net_.graph; }

  int add(tensor_view const& known) { return add(value{known, -1}); }
  int add_operation(int op) { return add(value{{}, op}); }
  // Null where the value is not known.
  tensor_view const* known(int value) const { return at(value).known.present() ? &at(value).known : nullptr; }
  dtype type(int value) const { return known(value) ? at(value).known.type : op_at(net_.graph, at(value).op).type; }
  extents dims(int value) const { return known(value) ? at(value).known.dims : dims_of(net_.graph, at(value).op); }

  // The operation that has the value; a known one becomes a constant of layer `layer`.
  int operation(int value, int layer) {
    if (at(value).op < 0) {
      int const op = constant_of(at(value).known, layer);
      values_[static_cast<std::size_t>(value)].op = op;
    }
    return at(value).op;
  }

  int add_layer(std::string_view own, std::string_view otherwise) {
    auto const position = static_cast<std::int16_t>(net_.graph.layers.size());
    net_.graph.layers.push_back({names_.give(own, otherwise), position});
    constants_in_.push_back(0);
    return position;
  }
  // Whether n more operations fit: graphs have 16-bit indices.
  bool room_for(std::size_t n) const {
    constexpr std::size_t most = INT16_MAX - 64;
    return n <= most && net_.graph.ops.size() + n <= most && net_.graph.layers.size() + n <= most;
  }

  // The network, without operations that no output needs. Inputs stay.
  network finish() {
    network done;
    dynamic_graph& from = net_.graph;
    dynamic_graph& to = done.graph;
    std::vector<std::int16_t> moved(from.ops.size(), -1), layers(from.layers.size(), -1);
    std::vector<bool> const needed = needed_operations();
    for (std::size_t i = 0; i < from.ops.size(); ++i) {
      if (!needed[i]) continue;
      op o = from.ops[i];
      if (o.layer >= 0) o.layer = move_layer(to, layers, o.layer);
      for (std::int16_t& in : o.input)
        if (in >= 0) in = moved[static_cast<std::size_t>(in)];
      to.forms.push_back(from.forms[static_cast<std::size_t>(o.form)]);
      o.form = static_cast<std::int16_t>(to.forms.size() - 1);
      if (is(o, constant_kind)) store_constant(done, o, constants_[i]);
      moved[i] = static_cast<std::int16_t>(to.ops.size());
      to.ops.push_back(o);
    }
    for (port p : from.ports) {
      p.op = moved[static_cast<std::size_t>(p.op)];
      to.ports.push_back(p);
    }
    return done;
  }

 private:
  struct value {
    tensor_view known{};
    int op{-1};
  };
  value const& at(int i) const { return values_[static_cast<std::size_t>(i)]; }
  int add(value const& v) {
    values_.push_back(v);
    return static_cast<int>(values_.size()) - 1;
  }

  int constant_of(tensor_view const& v, int layer) {
    constexpr int most = 100;  // of one layer: ordinals have 8 bits
    std::string const owner = net_.graph.layers[static_cast<std::size_t>(layer)].name.c_str();
    if (constants_in_[static_cast<std::size_t>(layer)] == most) layer = add_layer(owner, owner);
    int const op = constant(net_.graph, layer, v.dims, v.type, constants_in_[static_cast<std::size_t>(layer)]++);
    constants_.resize(net_.graph.ops.size());
    constants_.back() = v;
    return op;
  }

  std::vector<bool> needed_operations() const {
    auto const& ops = net_.graph.ops;
    std::vector<bool> needed(ops.size());
    for (port const& p : net_.graph.ports) needed[static_cast<std::size_t>(p.op)] = true;
    for (std::size_t i = ops.size(); i-- > 0;)
      if (needed[i])
        for (std::int16_t in : ops[i].input)
          if (in >= 0) needed[static_cast<std::size_t>(in)] = true;
    return needed;
  }
  std::int16_t move_layer(dynamic_graph& to, std::vector<std::int16_t>& layers, std::int16_t from) const {
    std::int16_t& moved = layers[static_cast<std::size_t>(from)];
    if (moved < 0) {
      moved = static_cast<std::int16_t>(to.layers.size());
      to.layers.push_back({net_.graph.layers[static_cast<std::size_t>(from)].name, moved});
    }
    return moved;
  }
  // Gives the constant o its parameter in `to`, and its tensor.
  void store_constant(network& to, op& o, tensor_view const& v) const {
    weight w = weight_at(net_.graph, o.param[0]);
    w.layer = o.layer;
    o.param[0] = emit(to.graph, w);
    tensor& t = to.weights.add(tensor_name(to.graph, w).c_str(), w.type, w.dims);
    std::memcpy(t.data.data(), v.data, static_cast<std::size_t>(v.dims.size() * size_of(v.type)));
  }

  network net_;
  layer_names names_;
  std::vector<value> values_;
  std::vector<tensor_view> constants_;  // by operation, of those that are constants
  std::vector<int> constants_in_;       // by layer
};

}  // namespace hone::inline HONE_ABI::io::importing
