#pragma once
#include <hone/nn/derivatives.hpp>
#include <hone/pass/prepare.hpp>
#include <hone/shal/oracle.hpp>
#include <hone/train/variables.hpp>

namespace hone::inline HONE_ABI::train {

// The node whose number a stored one rounds: the f32 node before steps that change the format. Derivatives pass such
// steps unchanged (straight-through: Bengio, Leonard and Courville, arXiv 1308.3432).
inline int master_of(dynamic_graph const& g, int node) {
  while (node >= 0 && weight_at(g, node).type != dtype::f32) node = weight_at(g, node).in[0];
  return node;
}

// What each operation of a network computes while it is trained, and where derivatives go. This one takes the kinds at
// their word: references, gradients, and the recipes of weights for operands that are not variables themselves.
template <class T>
class numerics {
 public:
  using operands = std::array<T const*, max_params>;
  using destinations = std::array<int, max_params>;  // variables, -1: none

  // g and v outlive this.
  numerics(dynamic_graph const& g, variables<T>& v)
      : graph_(g), variables_(v), operands_(g.ops.size()), to_(g.ops.size()), leaves_(g.ops.size()),
        derivatives_(g.ops.size()) {
    for (std::size_t i = 1; i < g.ops.size(); ++i) wire(i);
  }
  virtual ~numerics() = default;
  numerics(numerics const&) = delete;
  numerics& operator=(numerics const&) = delete;

  dynamic_graph const& graph() const { return graph_; }
  variables<T>& state() const { return variables_; }
  operands const& params(std::size_t i) const { return operands_[i]; }
  destinations const& destination(std::size_t i) const { return to_[i]; }
  // By role, the variables that operation i's training form works on; all -1: it has none, or is not trained by it.
  std::array<int, roles> const& leaves(std::size_t i) const { return leaves_[i]; }
  bool has_form(std::size_t i) const {
    for (int v : leaves_[i])
      if (v >= 0) return true;
    return false;
  }
  training_form<T> const* form(std::size_t i) const { return derivatives_[i].form; }

  // Makes the operands anew; call it when variables have changed.
  virtual void refresh() {
    std::vector<bool> needed(graph_.weights.size(), false), given(graph_.weights.size(), false);
    for (variable const& v : variables_.list()) given[static_cast<std::size_t>(v.node)] = true;
    for (op const& o : graph_.ops)
      for (std::int16_t p : o.param)
        if (p >= 0 && variables_.find(p) < 0) needed[static_cast<std::size_t>(p)] = true;
    pass::need_inputs(graph_, needed, given);
    nodes_ = pass::evaluate_nodes(graph_, needed, given, [&](weight const& w) { return stored(w); });
    widened_.assign(graph_.weights.size(), {});
    for (std::size_t i = 0; i < graph_.ops.size(); ++i)
      for (std::size_t k = 0; k < max_params; ++k)
        if (int const p = graph_.ops[i].param[k]; p >= 0) operands_[i][k] = value_of(p);
  }
  // Result of operation i for a slice of the batch.
  virtual void forward(std::size_t i, args<T> const& a) const { shal::run_reference(graph_.ops[i], a); }
  // Adds derivatives to a.din and a.dparam.
  virtual void backward(std::size_t i, grad_args<T> const& a) const { derivatives_[i].gradient(graph_.ops[i], a); }

 protected:
  // Nodes evaluated by the last refresh, in their own formats; empty for variables and nodes that nothing needs.
  buffer const& node(int n) const { return nodes_[static_cast<std::size_t>(n)]; }

 private:
  void wire(std::size_t i) {
    op const& o = graph_.ops[i];
    derivatives_[i] = nn::derivatives_of<T>(*o.kind);
    if (derivatives_[i].gradient == nullptr && o.from == dtype::f32 && o.type == dtype::f32)
      raise("cannot train a network", message() << "operation " << o.kind->name << " has no gradient",
            graph_.layers[static_cast<std::size_t>(o.layer)].name.c_str(), "give its kind a gradient");
    to_[i].fill(-1), leaves_[i].fill(-1);
    for (std::size_t k = 0; k < max_params; ++k)
      if (int const p = o.param[k]; p >= 0) {
        to_[i][k] = k == slot::weight || k == slot::bias ? variables_.find(master_of(graph_, p)) : variables_.find(p);
        if (to_[i][k] < 0 && form(i) != nullptr) find_leaves(p, leaves_[i]);
      }
    if ((o.param[slot::weight] >= 0 && to_[i][slot::weight] < 0) && !has_form(i))
      raise("cannot train a network", message() << "the weights of " << o.kind->name << " come from a recipe",
            graph_.layers[static_cast<std::size_t>(o.layer)].name.c_str(), "give its kind a training form");
  }
  void find_leaves(int node, std::array<int, roles>& out) const {
    weight const& w = weight_at(graph_, node);
    if (w.leaf()) out[static_cast<std::size_t>(w.what)] = variables_.find(node);
    for (std::int16_t k : w.in)
      if (k >= 0) find_leaves(k, out);
  }
  // The value of a variable, or of a leaf that nobody trains, in the format of recipes.
  buffer stored(weight const& w) const {
    buffer b(static_cast<std::size_t>(w.rows) * static_cast<std::size_t>(w.cols) * sizeof(float));
    int const v = variables_.find(static_cast<int>(&w - graph_.weights.data()));
    if (v < 0)
      raise("cannot train a network", "a weight that its recipe needs has no value", tensor_name(graph_, w).c_str(),
            "make variables of all leaves");
    std::transform(
        variables_.of(v).begin(), variables_.of(v).end(), b.as<float>(), [](T x) { return static_cast<float>(x); });
    return b;
  }
  T const* value_of(int p) {
    if (int const v = variables_.find(p); v >= 0) return variables_.of(v).data();
    auto& copy = widened_[static_cast<std::size_t>(p)];
    if (copy.empty()) copy = shal::widened<T>(weight_at(graph_, p), nodes_[static_cast<std::size_t>(p)]);
    return copy.data();
  }

  dynamic_graph const& graph_;
  variables<T>& variables_;
  std::vector<operands> operands_;
  std::vector<destinations> to_;
  std::vector<std::array<int, roles>> leaves_;
  std::vector<nn::derivatives<T>> derivatives_;
  pass::node_values nodes_;
  std::vector<std::vector<T>> widened_;
};

// bf16 mixed precision: weights and results of operations are rounded to bf16, sums and the variables stay f32. bf16 has
// the exponents of f32, so that losses need no scaling.
class mixed_bf16 : public numerics<float> {
 public:
  using numerics::numerics;

  void refresh() override {
    numerics::refresh();
    rounded_.assign(state().size(), 0);
    for (std::size_t v = 0, at = 0; v < state().list().size(); at += state().list()[v++].size)
      for (std::size_t k = 0; k < state().list()[v].size; ++k)
        rounded_[at + k] = from_bf16(to_bf16(state().of(static_cast<int>(v))[k]));
  }
  void forward(std::size_t i, args<float> const& a) const override {
    args<float> b = a;
    if (int const v = destination(i)[slot::weight]; v >= 0 && state().find(graph().ops[i].param[slot::weight]) == v)
      b.param[slot::weight] = rounded_.data() + state().list()[static_cast<std::size_t>(v)].at;
    numerics::forward(i, b);
    int const n = a.batch * graph().ops[i].out.size();
    for (int k = 0; k < n; ++k) a.out[k] = from_bf16(to_bf16(a.out[k]));
  }
  void backward(std::size_t i, grad_args<float> const& a) const override {
    grad_args<float> b = a;
    if (int const v = destination(i)[slot::weight]; v >= 0 && state().find(graph().ops[i].param[slot::weight]) == v)
      b.param[slot::weight] = rounded_.data() + state().list()[static_cast<std::size_t>(v)].at;
    numerics::backward(i, b);
  }

 private:
  std::vector<float> rounded_;
};

}  // namespace hone::inline HONE_ABI::train
