#pragma once
#include <hone/core/network.hpp>
#include <hone/nn/nd/reshape.hpp>

#include "networks.hpp"

#include <cstring>
#include <vector>

// Networks of operations on tensors, built by hand.
namespace lowered {

using namespace hone;

// A network under construction: `graph` is for the builders of nd, each call of layer() begins a new layer.
class builder_of {
 public:
  network n{};
  dynamic_graph& graph = n.graph;
  networks::noise noise;

  explicit builder_of(std::uint32_t seed = 1) : noise(seed) {}
  int layer(char const* name = "node") {
    hone::layer l{};
    l.name.append(name).append("_").append(static_cast<int>(graph.layers.size()));
    graph.layers.push_back(l);
    return static_cast<int>(graph.layers.size()) - 1;
  }
  int input(char const* name, extents const& d, dtype t = dtype::f32) {
    return nd::input(graph, name, d, t, layer(name));
  }
  void output(char const* name, int x) { nd::output(graph, name, x); }
  template <class T>
  int constant(extents const& d, dtype t, std::vector<T> const& v) {
    int const l = layer("constant"), at = hone::constant(graph, l, d, t);
    weight const& w = graph.weights.back();
    tensor& to = n.weights.add(tensor_name(graph, w).c_str(), t, w.dims);
    if (!v.empty()) std::memcpy(to.data.data(), v.data(), v.size() * sizeof(T));
    return at;
  }
  std::vector<float> numbers(std::int64_t count, float scale = 1, float middle = 0) {
    std::vector<float> v(static_cast<std::size_t>(count));
    for (float& x : v) x = middle + scale * noise();
    return v;
  }
  int weights(extents const& d, float scale = 1, float middle = 0) {
    return constant(d, dtype::f32, numbers(d.size(), scale, middle));
  }
  int scalar(float v) { return constant<float>({}, dtype::f32, {v}); }
};

}  // namespace lowered
