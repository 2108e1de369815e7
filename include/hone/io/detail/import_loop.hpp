#pragma once
#include <hone/io/detail/import_rules.hpp>

// Loop and Scan, whose passes are known in number: their body is translated once a pass.
namespace hone::inline HONE_ABI::io::importing {

// T is the translator: body(), look_up(), apply().
template <class T>
class unroller {
 public:
  unroller(T& t, construction& c, onnx::node const& n, std::vector<int> const& operands, scope& s)
      : t_(t), construction_(c), node_(n), operands_(operands), outer_(s), call_(c, s, n, operands, nullptr) {
    onnx::attribute const* const body = n.find("body");
    if (body == nullptr || body->graphs.empty()) call_.refuse("it has no body", "export the file again");
    body_ = &body->g();
    shared_.outer = &s, shared_.opsets = s.opsets;
    for (onnx::value_info const& o : body_->outputs) wanted_.push_back(o.name);
  }

  // Operands: how often at most, whether at all (both may be absent), then what passes from one pass to the next. The
  // body takes the pass's number, the condition and those; gives the next condition, those, and what is collected.
  void loop() {
    std::size_t const carried = operands_.size() < 2 ? 0 : operands_.size() - 2;
    check(carried + 2, carried + 1);
    std::int64_t const most = call_.given(0) ? call_.known_integer(0) : INT64_MAX;
    bool on = !call_.given(1) || call_.known_number(1) != 0;
    std::vector<int> values(
        operands_.begin() + static_cast<std::ptrdiff_t>(operands_.size() - carried), operands_.end());
    collected_.resize(body_->outputs.size() - carried - 1);
    for (std::int64_t i = 0; on && i < most; ++i) {
      std::vector<int> in{number(dtype::i64, i), number(dtype::boolean, 1)};
      in.insert(in.end(), values.begin(), values.end());
      std::vector<int> const out = pass(in);
      on = condition(out[0]);
      values.assign(out.begin() + 1, out.begin() + 1 + static_cast<std::ptrdiff_t>(carried));
      for (std::size_t k = 0; k < collected_.size(); ++k) collected_[k].push_back(out[1 + carried + k]);
    }
    finish(values, {}, {});
  }

  // Operands: what passes from one pass to the next, then tensors of which each pass gets a slice.
  void scan() {
    if (call_.opset < 9) call_.refuse("it is Scan of opset 8", "convert the model to opset 9 or newer");
    std::int64_t const sliced = call_.integer("num_scan_inputs", 0), all = call_.operands();
    if (sliced < 1 || sliced > all) call_.refuse("its num_scan_inputs is wrong", "export the file again");
    auto const carried = static_cast<std::size_t>(all - sliced);
    check(operands_.size(), carried);
    std::vector<std::int64_t> const axes = call_.integers("scan_input_axes"),
                                    ways = call_.integers("scan_input_directions");
    std::vector<int> along;
    int passes = -1;
    for (std::size_t k = 0; k < static_cast<std::size_t>(sliced); ++k) {
      int const operand = static_cast<int>(carried + k);
      along.push_back(call_.axis(k < axes.size() ? axes[k] : 0, call_.rank(operand)));
      int const n = call_.dims(operand)[along.back()];
      if (passes >= 0 && n != passes) call_.refuse("its sequences differ in length", "give sequences of one length");
      passes = n;
    }
    std::vector<int> values(operands_.begin(), operands_.begin() + static_cast<std::ptrdiff_t>(carried));
    collected_.resize(body_->outputs.size() - carried);
    for (int i = 0; i < passes; ++i) {
      std::vector<int> in = values;
      for (std::size_t k = 0; k < along.size(); ++k) {
        bool const back = k < ways.size() && ways[k] != 0;
        in.push_back(made("Gather", {operands_[carried + k], number(dtype::i64, back ? passes - 1 - i : i)}, along[k]));
      }
      std::vector<int> const out = pass(in);
      values.assign(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(carried));
      for (std::size_t k = 0; k < collected_.size(); ++k) collected_[k].push_back(out[carried + k]);
    }
    finish(values, call_.integers("scan_output_axes"), call_.integers("scan_output_directions"));
  }

 private:
  void check(std::size_t inputs, std::size_t least_outputs) const {
    if (body_->inputs.size() != inputs || body_->outputs.size() < least_outputs ||
        node_.outputs.size() > body_->outputs.size())
      call_.refuse("its body has other inputs or outputs than the node", "export the file again");
    for (std::size_t k = 0; k < operands_.size(); ++k)
      if (operands_[k] < 0 && (node_.op_type != "Loop" || k >= 2)) call_.value(static_cast<int>(k));
  }
  bool condition(int v) const {
    tensor_view const* const known = construction_.known(v);
    if (known == nullptr || known->dims.size() != 1)
      call_.refuse("whether it goes on depends on what it computes", "give it a number of passes that is known");
    return number_at(*known, 0) != 0;
  }
  int number(dtype type, std::int64_t v) {
    if (!construction_.store.afford(8, 1)) call_.refuse("it takes too many passes", "split the network");
    known_values::writable const w = construction_.store.make(type, {});
    if (type == dtype::boolean)
      w.data[0] = std::byte{1};
    else
      std::memcpy(w.data, &v, 8);
    return construction_.add(w.view);
  }

  // One pass. What the body holds itself is the same in all.
  std::vector<int> pass(std::vector<int> const& in) {
    scope own;
    own.outer = &shared_, own.opsets = shared_.opsets;
    for (std::size_t k = 0; k < in.size(); ++k) own.names[body_->inputs[k].name] = in[k];
    t_.pass(*body_, wanted_, shared_, own);
    std::vector<int> out;
    for (std::string_view name : wanted_) {
      out.push_back(t_.look_up(name, own, describe(node_)));
      if (out.back() < 0) call_.refuse("its body gives nothing for a result", "export the file again");
    }
    return out;
  }
  // The result of an operator, with one attribute "axis".
  int made(char const* op, std::vector<int> const& operands, std::int64_t axis) {
    onnx::node n;
    n.op_type = op, n.name = node_.name, n.inputs.resize(operands.size()), n.outputs = {"made"};
    n.attributes.push_back({.name = "axis", .type = onnx::attribute_type::i, .i = axis});
    scope own;
    own.outer = &outer_, own.opsets = outer_.opsets;
    t_.apply(n, rule_of(n), operands, own);
    return own.names["made"];
  }
  void finish(std::vector<int> const& values, std::vector<std::int64_t> const& axes,
              std::vector<std::int64_t> const& ways) {
    for (std::size_t k = 0; k < node_.outputs.size(); ++k) {
      std::string const& name = node_.outputs[k];
      if (name.empty()) continue;
      if (k < values.size()) {
        outer_.names[name] = values[k];
        continue;
      }
      std::size_t const c = k - values.size();
      if (c >= collected_.size()) call_.refuse("it has more results than its body", "export the file again");
      outer_.names[name] = joined(c, c < axes.size() ? axes[c] : 0, c < ways.size() && ways[c] != 0);
    }
  }
  // What was collected, along a new dimension.
  int joined(std::size_t which, std::int64_t axis, bool back) {
    std::vector<int> parts = collected_[which];
    if (parts.empty()) call_.refuse("it collects the results of no pass", "give it a pass or more");
    int const at = call_.axis(axis, construction_.dims(parts[0]).rank + 1);
    for (int p : parts)
      if (!(construction_.dims(p) == construction_.dims(parts[0])))
        call_.refuse("what it collects changes its extents", "give it results of one form");
    for (int& p : parts) p = with_dimension(p, at);
    if (back) std::reverse(parts.begin(), parts.end());
    return parts.size() == 1 ? parts[0] : made("Concat", parts, at);
  }
  int with_dimension(int v, int at) {
    extents const d = construction_.dims(v);
    if (d.rank == max_rank) call_.refuse("what it collects has the rank 8", "use fewer dimensions");
    onnx::node n;
    n.op_type = "Reshape", n.name = node_.name, n.inputs.resize(2), n.outputs = {"made"};
    if (!construction_.store.afford(8 * (d.rank + 1), d.rank))
      call_.refuse("it takes too many passes", "split the network");
    known_values::writable const to = construction_.store.make(dtype::i64, {d.rank + 1});
    for (int i = 0; i <= d.rank; ++i) {
      std::int64_t const extent = i < at ? d[i] : i == at ? 1 : d[i - 1];
      std::memcpy(to.data + 8 * i, &extent, 8);
    }
    scope own;
    own.outer = &outer_, own.opsets = outer_.opsets;
    t_.apply(n, rule_of(n), {v, construction_.add(to.view)}, own);
    return own.names["made"];
  }

  T& t_;
  construction& construction_;
  onnx::node const& node_;
  std::vector<int> const& operands_;
  scope& outer_;
  scope shared_{};  // initialisers and constants of the body
  call call_;
  onnx::graph const* body_{};
  std::vector<std::string_view> wanted_;
  std::vector<std::vector<int>> collected_;
};

}  // namespace hone::inline HONE_ABI::io::importing
