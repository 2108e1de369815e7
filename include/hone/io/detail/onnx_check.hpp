#pragma once
#include <hone/io/detail/place.hpp>
#include <hone/io/onnx_model.hpp>

#include <algorithm>

// What must be true of the values of a model, whether they come from a file or go into one: names are there and not
// given twice. `at` is the place of what is checked. Cost: a sort of the names.
namespace hone::inline HONE_ABI::io::onnx::detail {

using io::detail::place;
using io::detail::quote;

// A graph within `depth` others, as long as it lives.
class nesting {
 public:
  static constexpr int most = 32;
  nesting(int& depth, place const& at) : depth_(depth) {
    if (++depth_ > most)
      at.refuse(
          message("graphs are nested more than ") << most << " deep", "export it without nested branches and loops");
  }
  nesting(nesting const&) = delete;
  nesting& operator=(nesting const&) = delete;
  ~nesting() { --depth_; }

 private:
  int& depth_;
};

// A name, and what has it.
struct naming {
  std::string_view name{};
  char const* label{};
  std::size_t index{};
};
inline message text(naming const& n) { return message(n.label) << "[" << n.index << "]"; }

// Names are given once, except that may_share(label, label) says of two equal ones in the order of `all`.
template <class F>
void check_once(std::vector<naming> all, place const& at, F const& may_share) {
  if (all.size() < 2) return;
  std::stable_sort(all.begin(), all.end(), [](naming const& x, naming const& y) { return x.name < y.name; });
  for (std::size_t i = 1; i < all.size(); ++i)
    if (all[i].name == all[i - 1].name && !may_share(all[i - 1].label, all[i].label))
      at.refuse(message("the name ") << quote(all[i].name).c_str() << " is given twice: " << text(all[i - 1]).c_str()
                                     << " and " << text(all[i]).c_str(),
                "give them different names");
}
inline bool never(char const*, char const*) { return false; }

inline void check_name(std::string const& name, char const* label, std::size_t index, place const& at) {
  if (name.empty()) place{&at, label, index}.refuse("it has no name", "name it");
}

inline void check(std::vector<attribute> const& attributes, char const* label, place const& at) {
  std::vector<naming> names;
  if (attributes.size() > 1) names.reserve(attributes.size());
  for (std::size_t i = 0; i < attributes.size(); ++i) {
    check_name(attributes[i].name, label, i, at);
    if (attributes.size() > 1) names.push_back({attributes[i].name, label, i});
  }
  check_once(std::move(names), at, never);
}

inline void check(node const& n, place const& at) {
  if (n.op_type.empty()) at.refuse("it has no op_type", "name the operator that it calls");
  check(n.attributes, "attribute", at);
}

inline void add_outputs(std::vector<naming>& names, std::vector<node> const& nodes) {
  for (std::size_t i = 0; i < nodes.size(); ++i)
    for (std::string const& o : nodes[i].outputs)
      if (!o.empty()) names.push_back({o, "node", i});
}

inline constexpr char const* input_label = "input";
inline constexpr char const* initializer_label = "initializer";

// Of the graph itself; not of its nodes.
inline void check(graph const& g, place const& at) {
  std::vector<naming> names;
  for (std::size_t i = 0; i < g.inputs.size(); ++i) {
    check_name(g.inputs[i].name, input_label, i, at);
    names.push_back({g.inputs[i].name, input_label, i});
  }
  for (std::size_t i = 0; i < g.initializers.size(); ++i) {
    check_name(g.initializers[i].name, initializer_label, i, at);
    names.push_back({g.initializers[i].name, initializer_label, i});
  }
  if (g.outputs.empty()) at.refuse("it has no outputs", "name what it computes");
  for (std::size_t i = 0; i < g.outputs.size(); ++i) check_name(g.outputs[i].name, "output", i, at);
  add_outputs(names, g.nodes);
  check_once(std::move(names), at, [](char const* first, char const* second) {
    return first == input_label && second == initializer_label;  // the default of an input
  });
}

inline void check(std::vector<opset> const& opsets, place const& at) {
  std::vector<naming> names;
  for (std::size_t i = 0; i < opsets.size(); ++i) {
    if (opsets[i].version < 1)
      place{&at, "opset_import", i}.refuse(
          message("its version is ") << static_cast<long long>(opsets[i].version), "export it again");
    names.push_back({opsets[i].domain, "opset_import", i});
  }
  check_once(std::move(names), at, never);
}

inline void check(function const& f, place const& at) {
  if (f.name.empty()) at.refuse("it has no name", "name the function");
  std::vector<naming> names;
  for (std::size_t i = 0; i < f.inputs.size(); ++i) names.push_back({f.inputs[i], input_label, i});
  add_outputs(names, f.nodes);
  check_once(std::move(names), at, never);
  check(f.defaults, "attribute_proto", at);
  check(f.opsets, at);
}

// Of the model itself; not of its graph and functions.
inline void check(model const& m, place const& at) {
  if (m.ir_version < 1)
    at.refuse(message("its ir_version is ") << static_cast<long long>(m.ir_version), "is this an ONNX file?");
  if (m.opsets.empty()) at.refuse("it imports no set of operators (opset_import)", "export it again");
  check(m.opsets, at);
  std::vector<std::string> called;
  for (function const& f : m.functions)
    called.push_back(f.domain + '.' + f.name + (f.overload.empty() ? "" : ":") + f.overload);
  std::vector<naming> names;
  for (std::size_t i = 0; i < called.size(); ++i) names.push_back({called[i], "function", i});
  check_once(std::move(names), at, never);
}

}  // namespace hone::inline HONE_ABI::io::onnx::detail
