#pragma once
#include <hone/io/detail/import_value.hpp>

#include <string_view>
#include <unordered_map>
#include <vector>

namespace hone::inline HONE_ABI::io::importing {

// "node "conv1" (Conv)": a node as errors show it; one without a name by its first result.
inline message describe(onnx::node const& n) {
  message m = n.name.empty() ? message("the node that gives ") : message("node ");
  std::string_view const name =
      !n.name.empty()     ? std::string_view(n.name)
      : n.outputs.empty() ? std::string_view()
                          : std::string_view(n.outputs.front());
  m << io::detail::quote(name).c_str() << " (";
  if (!n.domain.empty()) m << io::detail::quote(n.domain).c_str() << " ";
  std::string const kind = printable(n.op_type);
  return m << kind.c_str() << ")";
}

// The nodes of a list that certain values need, producers first, otherwise in the order of the file.
class node_order {
 public:
  // Raises where nodes wait for each other. Cost: linear in the file.
  node_order(std::vector<onnx::node> const& nodes, std::vector<std::string_view> const& wanted) : nodes_(nodes) {
    for (std::size_t i = 0; i < nodes.size(); ++i)
      for (std::string const& o : nodes[i].outputs)
        if (!o.empty()) producers_.emplace(o, i);
    state_.assign(nodes.size(), unseen);
    for (std::string_view w : wanted) need(w);
    while (!pending_.empty()) {
      std::size_t const i = pending_.back();
      pending_.pop_back();
      each_read(nodes_[i], [this](std::string_view name) { need(name); });
    }
    for (std::size_t i = 0; i < nodes.size(); ++i)
      if (state_[i] == needed) visit(i);
  }
  std::vector<std::size_t> const& order() const { return order_; }

 private:
  enum state : std::uint8_t { unseen, needed, entered, done };
  struct step {
    std::size_t node{};
    std::vector<std::size_t> reads{};  // producers not yet asked for
  };

  // All names that a node reads, also from within its subgraphs (where some are of the subgraph itself).
  template <class F>
  static void each_read(onnx::node const& n, F const& f) {
    for (std::string const& in : n.inputs)
      if (!in.empty()) f(in);
    for (onnx::attribute const& a : n.attributes)
      for (onnx::graph const& g : a.graphs) {
        for (onnx::node const& inner : g.nodes) each_read(inner, f);
        for (onnx::value_info const& o : g.outputs) f(o.name);
      }
  }
  void need(std::string_view name) {
    auto const found = producers_.find(name);
    if (found == producers_.end() || state_[found->second] != unseen) return;
    state_[found->second] = needed;
    pending_.push_back(found->second);
  }

  step enter(std::size_t i) {
    state_[i] = entered;
    step s{i, {}};
    each_read(nodes_[i], [&](std::string_view name) {
      if (auto const found = producers_.find(name); found != producers_.end()) s.reads.push_back(found->second);
    });
    return s;
  }
  void visit(std::size_t first) {
    std::vector<step> path;
    path.push_back(enter(first));
    while (!path.empty()) {
      step& s = path.back();
      if (s.reads.empty()) {
        state_[s.node] = done;
        order_.push_back(s.node);
        path.pop_back();
        continue;
      }
      std::size_t const next = s.reads.back();
      s.reads.pop_back();
      if (state_[next] == entered)
        raise(what, "it waits for its own result: there is a cycle", describe(nodes_[next]), "export the file again");
      if (state_[next] != done) path.push_back(enter(next));
    }
  }

  std::vector<onnx::node> const& nodes_;
  std::unordered_map<std::string_view, std::size_t> producers_;
  std::vector<std::uint8_t> state_;
  std::vector<std::size_t> pending_, order_;
};

}  // namespace hone::inline HONE_ABI::io::importing
