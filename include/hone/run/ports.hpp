#pragma once
#include <hone/core/tensor_op.hpp>
#include <hone/run/plan_view.hpp>

#include <string>
#include <string_view>

namespace hone::inline HONE_ABI {

// A named input or output of an engine, and where its numbers are: row major, `dims` of `type`. An input is written before
// a run, and may hold anything after it unless the engine carries a state to it; an output is valid until the next run.
struct port_view {
  char const* name{""};
  dtype type{dtype::f32};
  extents dims{};
  bool output{};
  std::byte* data{};
  std::size_t bytes{};

  // The numbers as T. Raises where their type has another size.
  template <class T>
  std::span<T> values() const {
    if (sizeof(T) != static_cast<std::size_t>(size_of(type)))
      raise("cannot look at a port so", message() << "its numbers are " << hone::name(type) << ", of another size",
            name, "ask for the type that the port has");
    return {reinterpret_cast<T*>(data), bytes / sizeof(T)};
  }
};

// The ports of an engine: a network's own, or "input" and "output" of one that has none by name.
class port_table {
 public:
  port_table() = default;
  // `place(i)` is where the result of operation i lies.
  template <class Place>
  port_table(plan_view const& plan, Place place) {
    auto const add = [&](char const* name, int i, bool output) {
      op const& o = plan.variants[0].ops[i];
      ports_.push_back(
          {name, o.type, dims_of(o, plan.forms), output, place(i), static_cast<std::size_t>(o.bytes_out())});
    };
    for (port const& p : plan.ports)
      if (!p.output) add(p.name.c_str(), p.op, false);
    if (plan.ports.empty()) add("input", 0, false);
    inputs_ = ports_.size();
    for (port const& p : plan.ports)
      if (p.output) add(p.name.c_str(), p.op, true);
    if (plan.ports.empty()) add("output", plan.ops - 1, true);
  }

  std::span<port_view const> inputs() const { return {ports_.data(), inputs_}; }
  std::span<port_view const> outputs() const { return {ports_.data() + inputs_, ports_.size() - inputs_}; }
  // The one of that name; the name may be left out where there is one. Raises where there is none such.
  port_view const& input(std::string_view name = {}) const { return find(inputs(), name, "input"); }
  port_view const& output(std::string_view name = {}) const { return find(outputs(), name, "output"); }

 private:
  static port_view const& find(std::span<port_view const> among, std::string_view name, char const* what) {
    if (name.empty() && among.size() == 1) return among[0];
    for (port_view const& p : among)
      if (p.name == name) return p;
    message why;
    why << "the network has no " << what << " ";
    why << std::string(name.substr(0, 255)).c_str() << (name.empty() ? "without a name; it has" : "; it has");
    for (port_view const& p : among) why << " " << p.name;
    raise("cannot find a port", why, what, "use one of these names");
  }

  std::vector<port_view> ports_;
  std::size_t inputs_{};
};

}  // namespace hone::inline HONE_ABI
