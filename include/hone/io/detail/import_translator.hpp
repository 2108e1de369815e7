#pragma once
#include <hone/io/detail/import_inputs.hpp>
#include <hone/io/detail/import_loop.hpp>
#include <hone/nn/nd/move.hpp>

namespace hone::inline HONE_ABI::io::importing {

// Translates a model, node by node, producers first.
class translator {
 public:
  translator(onnx::model const& m, import_options const& options)
      : model_(m), options_(options), construction_(bytes_in(m.graph)) {}

  network translate() {
    onnx::graph const& g = model_.graph;
    scope top;
    top.opsets = &model_.opsets;
    if (std::int64_t const version = model_.opset_version(); version < oldest_opset && uses_default_domain())
      raise(what, message("it uses opset ") << static_cast<long long>(version), "the model",
            message("convert it to opset ") << oldest_opset << " or newer (onnx.version_converter)");
    input_maker(construction_, g, options_).make(top.names);
    body(g.nodes, g.initializers, names_of(g.outputs), top);
    for (onnx::value_info const& o : g.outputs) add_output(o.name, top);
    return construction_.finish();
  }

 private:
  friend unroller<translator>;
  static constexpr int oldest_opset = 6, deepest = 32;
  static constexpr std::size_t most_nodes = 200000;

  static std::int64_t bytes_in(onnx::graph const& g) {
    std::int64_t n = 0;
    for (onnx::tensor const& t : g.initializers) n += static_cast<std::int64_t>(t.data.size());
    return n;
  }
  bool uses_default_domain() const {
    for (onnx::node const& n : model_.graph.nodes)
      if (n.domain.empty()) return true;
    return false;
  }
  template <class List>
  static std::vector<std::string_view> names_of(List const& list) {
    std::vector<std::string_view> names;
    for (auto const& item : list) {
      if constexpr (requires { item.name; })
        names.push_back(item.name);
      else
        names.push_back(item);
    }
    return names;
  }

  // Translates the nodes that `wanted` needs; their results get their names in s.
  void body(std::vector<onnx::node> const& nodes, std::vector<onnx::tensor> const& initializers,
            std::vector<std::string_view> const& wanted, scope& s, bool without_constants = false) {
    for (onnx::tensor const& t : initializers) s.initializers.emplace(t.name, &t);
    count_ += nodes.size();
    if (count_ > most_nodes)
      raise(
          what, message("with its functions it has over ") << most_nodes << " nodes", "the model", "split the network");
    node_order const needed(nodes, wanted);
    for (std::size_t i : needed.order())
      if (!without_constants || !is_constant(nodes[i])) translate_node(nodes[i], s);
  }

  // The value of that name.
  int look_up(std::string_view name, scope& s, message const& who) {
    for (scope* at = &s; at != nullptr; at = at->outer) {
      if (auto const found = at->names.find(name); found != at->names.end()) return found->second;
      if (auto const found = at->initializers.find(name); found != at->initializers.end())
        return at->names[name] = construction_.add(view_of(*found->second, name));
    }
    raise(what, message("nothing gives the value ") << io::detail::quote(name).c_str(), who, "export the file again");
  }

  void translate_node(onnx::node const& n, scope& s) {
    if (!construction_.room_for(64 + 4 * (n.inputs.size() + n.outputs.size())))
      raise(what, "the network has over 32000 operations", describe(n), "split the network");
    std::vector<int> operands;
    for (std::string const& in : n.inputs) operands.push_back(in.empty() ? -1 : look_up(in, s, describe(n)));
    if (n.domain.empty() && n.op_type == "If") return translate_if(n, operands, s);
    if (n.domain.empty() && n.op_type == "Loop") return unroller(*this, construction_, n, operands, s).loop();
    if (n.domain.empty() && n.op_type == "Scan") return unroller(*this, construction_, n, operands, s).scan();
    translation_rule const* const rule = rule_of(n);
    if (rule == nullptr)
      if (onnx::function const* const f = function_of(n)) return inline_function(n, *f, operands, s);
    apply(n, rule, operands, s);
  }

  // Evaluates the node, where all its operands are known and it may be, or appends its operations to the network.
  void apply(onnx::node const& n, translation_rule const* rule, std::vector<int> const& operands, scope& s) {
    if (rule == nullptr) refuse_operator(call(construction_, s, n, operands, nullptr));
    bool known = !operands.empty() && rule->folds;
    for (int v : operands) known = known && (v < 0 || construction_.known(v) != nullptr);
    if (known) {
      folding fold;
      call c(construction_, s, n, operands, &fold);
      rule->translate(c);
      if (fold.affordable(construction_.store)) {
        std::vector<tensor_view> const& results = fold.evaluate(construction_.store);
        return name_results(n, c, s, [&](int op) { return construction_.add(results[static_cast<std::size_t>(op)]); });
      }
    }
    call c(construction_, s, n, operands, nullptr);
    rule->translate(c);
    name_results(n, c, s, [&](int op) { return construction_.add_operation(op); });
  }
  template <class F>
  void name_results(onnx::node const& n, call const& c, scope& s, F value_of) {
    for (std::size_t k = 0; k < n.outputs.size(); ++k) {
      call::outcome const o = c.outcomes()[k];
      if (n.outputs[k].empty() || (o.op < 0 && o.value < 0)) continue;
      s.names[n.outputs[k]] = o.value >= 0 ? o.value : value_of(o.op);
    }
  }

  // One pass of a loop's body, whose inputs have their names in `own`; `shared` is for what is the same in all passes.
  void pass(onnx::graph const& g, std::vector<std::string_view> const& wanted, scope& shared, scope& own) {
    if (shared.initializers.empty() && shared.names.empty()) {
      for (onnx::tensor const& t : g.initializers) shared.initializers.emplace(t.name, &t);
      for (onnx::node const& n : g.nodes)
        if (is_constant(n)) translate_node(n, shared);
    }
    count_ += nodes_in(g);
    body(g.nodes, {}, wanted, own, true);
  }
  // With those of graphs inside: what a pass costs at least.
  static std::size_t nodes_in(onnx::graph const& g) {
    std::size_t n = 1;
    for (onnx::node const& inner : g.nodes)
      for (onnx::attribute const& a : inner.attributes)
        for (onnx::graph const& deeper : a.graphs) n += nodes_in(deeper) + deeper.nodes.size();
    return n;
  }
  static bool is_constant(onnx::node const& n) {
    return n.domain.empty() && n.op_type == "Constant" && n.inputs.empty();
  }

  // Of a condition that is known one branch is there. Else both are, and each result is chosen; unless the condition is
  // settled by single numbers that the caller can bind.
  void translate_if(onnx::node const& n, std::vector<int> const& operands, scope& s) {
    call const c(construction_, s, n, operands, nullptr);
    if (c.known(0) != nullptr || construction_.depends_on_numbers(c.value(0))) {
      std::vector<int> const results = branch(c, c.known_number(0) != 0 ? "then_branch" : "else_branch", s);
      for (std::size_t k = 0; k < n.outputs.size(); ++k)
        if (!n.outputs[k].empty()) s.names[n.outputs[k]] = results[k];
      return;
    }
    std::vector<int> const a = branch(c, "then_branch", s), b = branch(c, "else_branch", s);
    for (std::size_t k = 0; k < n.outputs.size(); ++k) {
      if (n.outputs[k].empty()) continue;
      if (a[k] < 0 || b[k] < 0 || construction_.type(a[k]) != construction_.type(b[k]) ||
          !(construction_.dims(a[k]) == construction_.dims(b[k])))
        c.refuse("its condition is known at run time only, and its branches give results of different extents",
                 message("bind what the condition depends on in import_options::constants: ")
                     << construction_.inputs_of(c.value(0)).c_str());
      call choice(construction_, s, n, {operands[0], a[k], b[k]}, nullptr);
      if (choice.dims(0).size() != 1) c.refuse("its condition is not one number", "export the file again");
      dynamic_graph& g = construction_.graph();
      int const layer = choice.layer(), when = nd::reshape(g, choice.operand(0), {}, layer);
      int const y = choice.ok(nd::where(g, when, choice.operand(1), choice.operand(2), layer));
      s.names[n.outputs[k]] = construction_.add_operation(y);
    }
  }
  // The results of one branch; those that the node does not name are -1.
  std::vector<int> branch(call const& c, char const* which, scope& s) {
    onnx::attribute const* const a = c.node.find(which);
    if (a == nullptr || a->graphs.empty() || a->g().outputs.size() < c.node.outputs.size())
      c.refuse(message("it has no ") << which << " with all its results", "export the file again");
    scope inner;
    inner.outer = &s, inner.opsets = s.opsets;
    body(a->g().nodes, a->g().initializers, names_of(a->g().outputs), inner);
    std::vector<int> results(c.node.outputs.size(), -1);
    for (std::size_t k = 0; k < results.size(); ++k)
      if (!c.node.outputs[k].empty()) results[k] = look_up(a->g().outputs[k].name, inner, describe(c.node));
    return results;
  }

  onnx::function const* function_of(onnx::node const& n) const {
    for (onnx::function const& f : model_.functions)
      if (f.domain == n.domain && f.name == n.op_type && f.overload == n.overload) return &f;
    return nullptr;
  }
  void inline_function(onnx::node const& n, onnx::function const& f, std::vector<int> const& operands, scope& s) {
    call const c(construction_, s, n, operands, nullptr);
    if (depth_ == deepest) c.refuse(message("functions call each other over ") << deepest << " deep", "inline them");
    if (operands.size() > f.inputs.size() || n.outputs.size() > f.outputs.size())
      c.refuse("its function has fewer operands or results", "export the file again");
    scope inner;
    inner.opsets = &f.opsets;
    for (std::size_t k = 0; k < f.inputs.size(); ++k) inner.names[f.inputs[k]] = k < operands.size() ? operands[k] : -1;
    for (std::string const& name : f.attributes) inner.attributes.emplace_back(name, c.find(name.c_str()));
    for (onnx::attribute const& a : f.defaults)
      inner.attributes.emplace_back(a.name, c.has(a.name.c_str()) ? c.find(a.name.c_str()) : &a);
    ++depth_;
    body(f.nodes, {}, names_of(f.outputs), inner);
    --depth_;
    for (std::size_t k = 0; k < n.outputs.size(); ++k)
      if (!n.outputs[k].empty()) s.names[n.outputs[k]] = look_up(f.outputs[k], inner, describe(n));
  }

  // An output has an operation of its own: no input, no constant, and no other output's.
  void add_output(std::string const& name, scope& s) {
    message const who = message("output ") << io::detail::quote(name).c_str();
    int const v = look_up(name, s, who);
    if (v < 0) raise(what, "it is the result of nothing", who, "export the file again");
    dynamic_graph& g = construction_.graph();
    bool const known = construction_.known(v) != nullptr;
    int const layer = known ? construction_.add_layer(name, "output") : -1;
    int op = construction_.operation(v, layer);
    if (known || shared(op)) op = nd::copy(g, op, layer >= 0 ? layer : construction_.add_layer(name, "output"));
    nd::output(g, name.c_str(), op);
  }
  bool shared(int op) const {
    dynamic_graph const& g = construction_.graph();
    int const place = place_of(op);
    for (port const& p : g.ports)
      if (place_of(p.op) == place) return true;
    return is(op_at(g, place), input_kind) || is(op_at(g, place), constant_kind);
  }
  // The operation whose memory this one's result has.
  int place_of(int op) const { return holder_of(construction_.graph().ops, op); }

  onnx::model const& model_;
  import_options const& options_;
  construction construction_;
  std::size_t count_{};
  int depth_{};
};

}  // namespace hone::inline HONE_ABI::io::importing
