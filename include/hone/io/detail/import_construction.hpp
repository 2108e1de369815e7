#pragma once
#include <hone/core/network.hpp>
#include <hone/io/detail/import_names.hpp>
#include <hone/io/detail/import_value.hpp>
#include <hone/nn/nd/reshape.hpp>

#include <algorithm>

namespace hone::inline HONE_ABI::io::importing {

// A network while it is imported: its operations, and the values that are known already. A value is told by its index; it
// is known, or the result of an operation, or both. Known values become constants of the network where operations read
// them, and get tensors at the end, if those operations are needed.
class construction {
 public:
  known_values store;

  // constant_bytes: what the constants of the file take.
  explicit construction(std::int64_t constant_bytes) : store(constant_bytes) {}

  dynamic_graph& graph() { return net_.graph; }
  dynamic_graph const& graph() const { return net_.graph; }

  int add(tensor_view const& known) { return add(value{known, -1}); }
  // The result of a node, or an input.
  int add_operation(int op) {
    results_.push_back(op);
    return add(value{{}, op});
  }
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

  // The names of the network's inputs on which the value depends, as a text: "a", "b".
  std::string inputs_of(int value) const {
    std::string names;
    for (port const& p : ports_of(value))
      names += (names.empty() ? "" : ", ") + std::string(io::detail::quote(p.name.c_str()).c_str());
    return names;
  }
  // Whether it depends on inputs of one element alone: settings, not data.
  bool depends_on_numbers(int value) const {
    std::vector<port> const all = ports_of(value);
    return std::all_of(all.begin(), all.end(), [&](port const& p) { return op_at(net_.graph, p.op).out.size() == 1; });
  }

  int add_layer(std::string_view own, std::string_view otherwise) {
    auto const position = static_cast<std::int16_t>(net_.graph.layers.size());
    net_.graph.layers.push_back({names_.give(own, otherwise), position});
    return position;
  }
  // Whether n more operations fit: graphs have 16-bit indices.
  bool room_for(std::size_t n) const {
    constexpr std::size_t most = 32000;
    return n <= most && net_.graph.ops.size() + n <= most && net_.graph.layers.size() + n <= most;
  }

  // The network, without operations that no output needs. Inputs stay.
  network finish() {
    for (port const& p : net_.graph.ports) results_.push_back(p.op);
    return finishing(*this).done();
  }

 private:
  struct value {
    tensor_view known{};
    int op{-1};
  };
  value const& at(int i) const { return values_[static_cast<std::size_t>(i)]; }
  std::vector<port> ports_of(int value) const {
    auto const& ops = net_.graph.ops;
    std::vector<bool> reached(ops.size());
    if (at(value).op >= 0) reached[static_cast<std::size_t>(at(value).op)] = true;
    for (std::size_t i = ops.size(); i-- > 0;)
      for (std::int16_t in : ops[i].input)
        if (reached[i] && in >= 0) reached[static_cast<std::size_t>(in)] = true;
    std::vector<port> found;
    for (port const& p : net_.graph.ports)
      if (reached[static_cast<std::size_t>(p.op)]) found.push_back(p);
    return found;
  }
  int add(value const& v) {
    values_.push_back(v);
    return static_cast<int>(values_.size()) - 1;
  }

  int constant_of(tensor_view const& v, int layer) {
    int const op = constant(net_.graph, layer, v.dims, v.type);
    constants_.resize(net_.graph.ops.size());
    constants_.back() = v;
    return op;
  }

  // Copies what is needed: node after node, of each the operations in the order of operands. So the order, and with it the
  // names of constants, does not depend on the order in which a compiler evaluates arguments.
  class finishing {
   public:
    explicit finishing(construction& c)
        : c_(c), from_(c.net_.graph), to_(done_.graph), moved_(from_.ops.size(), -1), layers_(from_.layers.size(), -1),
          constants_in_(from_.layers.size(), 0) {}

    network done() {
      std::vector<bool> const needed = needed_operations();
      for (int op : c_.results_)
        if (needed[static_cast<std::size_t>(op)]) move(op);
      for (port p : from_.ports) {
        p.op = moved_[static_cast<std::size_t>(p.op)];
        to_.ports.push_back(p);
      }
      return static_cast<network&&>(done_);
    }

   private:
    std::vector<bool> needed_operations() const {
      std::vector<bool> needed(from_.ops.size());
      for (port const& p : from_.ports) needed[static_cast<std::size_t>(p.op)] = true;
      for (std::size_t i = from_.ops.size(); i-- > 0;)
        if (needed[i])
          for (std::int16_t in : from_.ops[i].input)
            if (in >= 0) needed[static_cast<std::size_t>(in)] = true;
      return needed;
    }
    // As deep as the operations of one node read each other.
    std::int16_t move(int i) {
      auto const at = static_cast<std::size_t>(i);
      if (moved_[at] >= 0) return moved_[at];
      op o = from_.ops[at];
      for (std::int16_t& in : o.input)
        if (in >= 0) in = move(in);
      to_.forms.push_back(from_.forms[static_cast<std::size_t>(o.form)]);
      o.form = static_cast<std::int16_t>(to_.forms.size() - 1);
      if (is(o, constant_kind))
        store(o, c_.constants_[at]);
      else
        o.layer = move_layer(o.layer);
      to_.ops.push_back(o);
      return moved_[at] = static_cast<std::int16_t>(to_.ops.size() - 1);
    }
    std::int16_t move_layer(std::int16_t from) {
      if (from < 0) return from;
      std::int16_t& moved = layers_[static_cast<std::size_t>(from)];
      return moved >= 0 ? moved : moved = add_layer(from_.layers[static_cast<std::size_t>(from)].name);
    }
    std::int16_t add_layer(label const& name) {
      auto const position = static_cast<std::int16_t>(to_.layers.size());
      to_.layers.push_back({name, position});
      return position;
    }
    // Gives the constant o its parameter, and its tensor. Ordinals have 8 bits: a layer with many constants is continued.
    void store(op& o, tensor_view const& v) {
      constexpr int most = 100;
      weight w = weight_at(from_, o.param[0]);
      auto const owner = static_cast<std::size_t>(o.layer);
      int const ordinal = constants_in_[owner]++ % most;
      if (ordinal == 0 && constants_in_[owner] > most) {
        char const* const name = from_.layers[owner].name.c_str();
        layers_[owner] = add_layer(c_.names_.give(name, name));
      }
      o.layer = w.layer = move_layer(o.layer);
      w.ordinal = static_cast<std::int8_t>(ordinal);
      o.param[0] = emit(to_, w);
      tensor& t = done_.weights.add(tensor_name(to_, w).c_str(), w.type, w.dims);
      std::memcpy(t.data.data(), v.data, static_cast<std::size_t>(v.dims.size() * size_of(v.type)));
    }

    construction& c_;
    network done_{};
    dynamic_graph const& from_;
    dynamic_graph& to_;
    std::vector<std::int16_t> moved_, layers_;
    std::vector<int> constants_in_;  // by layer
  };

  network net_;
  layer_names names_;
  std::vector<value> values_;
  std::vector<int> results_;            // operations, in the order of the nodes
  std::vector<tensor_view> constants_;  // by operation, of those that are constants
};

}  // namespace hone::inline HONE_ABI::io::importing
