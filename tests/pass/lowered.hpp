#pragma once
#include <hone/nn/nd.hpp>
#include <hone/pass/prepare.hpp>

#include "tests/pass/tensor_builder.hpp"

#include <cmath>
#include <cstring>
#include <string>
#include <vector>

// What networks of operations on tensors compute before and after lowering.
namespace lowered {

using namespace hone;

inline std::vector<buffer> inputs_of(dynamic_graph const& g, networks::noise& noise) {
  std::vector<buffer> in;
  for (op const& o : g.ops) {
    if (!is(o, input_kind)) continue;
    buffer b(static_cast<std::size_t>(o.bytes_out()));
    for (int i = 0; i < o.out.size(); ++i)
      if (o.type == dtype::f32)
        b.as<float>()[i] = 2 * noise();
      else
        b.as<std::uint8_t>()[i] = static_cast<std::uint8_t>(static_cast<int>(128 * noise()));
    in.push_back(b);
  }
  return in;
}
// What takes long to compile is compiled once, in lower_test.cpp: pass::lower, and the outputs of a network.
network lower(network const& n);
std::vector<buffer> outputs_of(network const& n, std::vector<buffer> const& in);
inline std::vector<op> ports_of(network const& n) {
  std::vector<op> list;
  for (port const& p : n.graph.ports)
    if (p.output) list.push_back(n.graph.ops[static_cast<std::size_t>(p.op)]);
  return list;
}

// How many operations of a kind there are.
inline int count(network const& n, op_kind const& kind) {
  int found = 0;
  for (op const& o : n.graph.ops) found += is(o, kind);
  return found;
}

// Empty, or what is wrong with `low`, which n became: other ports, other results for some input.
inline std::string complaint(network const& n, network const& low, std::uint32_t seed, double tolerance = 1e-5) {
  if (low.graph.issue.how != fix::none) return std::string("it has an issue: ") + advice(low.graph.issue.how);
  if (low.graph.ports.size() != n.graph.ports.size()) return "another number of ports";
  for (std::size_t k = 0; k < n.graph.ports.size(); ++k) {
    port const &p = n.graph.ports[k], &q = low.graph.ports[k];
    if (!(p.name == q.name) || p.output != q.output) return "another port";
    if (!(dims_of(n.graph, p.op) == dims_of(low.graph, q.op))) return std::string("other extents of ") + p.name.c_str();
    if (op_at(n.graph, p.op).type != op_at(low.graph, q.op).type)
      return std::string("another type of ") + p.name.c_str();
  }
  for (std::size_t i = 0; i < low.graph.ops.size(); ++i)
    for (std::int16_t k : low.graph.ops[i].input)
      if (k >= static_cast<int>(i)) return "a result is read before it is there";
  networks::noise noise(seed);
  std::vector<buffer> const in = inputs_of(n.graph, noise), want = outputs_of(n, in), got = outputs_of(low, in);
  std::vector<op> const ports = ports_of(n);
  for (std::size_t k = 0; k < want.size(); ++k) {
    if (ports[k].type != dtype::f32) {
      if (want[k].size() != got[k].size() || std::memcmp(want[k].data(), got[k].data(), want[k].size()) != 0)
        return "output " + std::to_string(k) + " differs";
      continue;
    }
    double largest = 1;
    for (int i = 0; i < ports[k].out.size(); ++i)
      largest = std::max(largest, static_cast<double>(std::abs(want[k].as<float>()[i])));
    for (int i = 0; i < ports[k].out.size(); ++i) {
      float const a = want[k].as<float>()[i], b = got[k].as<float>()[i];
      if (!(std::abs(static_cast<double>(a) - static_cast<double>(b)) <= tolerance * largest))
        return "output " + std::to_string(k) + " has " + std::to_string(b) + " at " + std::to_string(i) +
               " instead of " + std::to_string(a);
    }
  }
  return {};
}

}  // namespace lowered
