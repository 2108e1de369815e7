#pragma once
#include <hone/run/engine_impl.hpp>
#include <hone/run/float_control.hpp>
#include <hone/run/measure.hpp>
#include <hone/shal/fit.hpp>

#include <string>

namespace hone::inline HONE_ABI::calibration {

// Parameters for timing: small numbers of both signs for every leaf of g, ranges that cover them.
template <class G>
tensor_set plausible_parameters(G const& g) {
  tensor_set out;
  std::uint32_t seed = 1;
  for (weight const& w : g.weights) {
    if (!w.leaf()) continue;
    tensor& t = out.add(tensor_name(g, w).c_str(), w.type, w.dims);
    for (float& v : t.values<float>()) {
      seed = seed * 1664525u + 1013904223u;
      v = w.what == role::range      ? 4.0f
          : w.what == role::variance ? 1.0f
                                     : static_cast<float>(static_cast<std::int32_t>(seed)) * 0x1p-34f;
    }
  }
  return out;
}

// A compiled plan laid open for timing: operation by operation, and whole.
class kernel_bench {
 public:
  kernel_bench(char const* name, dynamic_graph g, std::vector<kernel_entry> entries, buffer packed)
      : name_(name), graph_(static_cast<dynamic_graph&&>(g)), packed_(static_cast<buffer&&>(packed)),
        arena_(static_cast<std::size_t>(graph_.arena)) {
    for (std::size_t i = 0; i < graph_.ops.size(); ++i) calls_.push_back({entries[i], bind(graph_.ops[i])});
    auto* const x = reinterpret_cast<float*>(arena_.data() + graph_.ops[0].at);
    for (int i = 0; i < graph_.ops[0].out.size(); ++i) x[i] = static_cast<float>(i % 17) * 0.125f - 1;
    all(1);
  }
  kernel_bench(kernel_bench&&) = default;  // vectors and buffers keep their places: bound calls stay valid

  char const* name() const { return name_; }
  dynamic_graph const& graph() const { return graph_; }
  std::size_t size() const { return calls_.size(); }
  bool runs(std::size_t i) const { return calls_[i].entry != nullptr; }
  // Which operation i is: its kind and the layer it came from.
  std::string layer(std::size_t i) const {
    op const& o = graph_.ops[i];
    return std::string(o.kind->name) + " of " +
           (o.layer >= 0 ? graph_.layers[static_cast<std::size_t>(o.layer)].name.c_str() : "the network");
  }
  kernel_entry entry(std::size_t i) const { return calls_[i].entry; }
  kernel_args const& operands(std::size_t i) const { return calls_[i].args; }

  // Runs operation i, or all of them, n times.
  void one(std::size_t i, int n) const {
    float_control const control;
    call const c = calls_[i];
    for (int k = 0; k < n; ++k) c.entry(c.args);
  }
  void all(int n) const {
    float_control const control;
    for (int k = 0; k < n; ++k)
      for (call const& c : calls_)
        if (c.entry != nullptr) c.entry(c.args);
  }

  // What a timing of operation i, or of all of them, measures.
  shal::measurement of_one(std::size_t i, nanoseconds time) const {
    op const& o = graph_.ops[i];
    shal::measurement m{};
    m.graph.ops.push_back(o), m.time = time;
    m.graph.arena = o.bytes_out() + o.in.size() * size_of(o.from);
    for (std::int16_t p : o.param)
      if (p >= 0) m.graph.packed += weight_at(graph_, p).size();
    return m;
  }
  shal::measurement of_all(nanoseconds time) const { return {graph_, time, false}; }

 private:
  struct call {
    kernel_entry entry{};
    kernel_args args{};
  };
  kernel_args bind(op const& o) {
    kernel_args a{};
    for (std::size_t k = 0; k < max_kernel_inputs; ++k)
      if (o.input[k] >= 0) a.in[k] = arena_.data() + op_at(graph_, o.input[k]).at;
    for (std::size_t k = 0; k < max_params; ++k)
      if (o.param[k] >= 0) a.param[k] = packed_.data() + weight_at(graph_, o.param[k]).at;
    a.out = arena_.data() + o.at;
    if (o.scratch > 0) a.scratch = arena_.data() + o.scratch_at;
    return a;
  }

  char const* name_;
  dynamic_graph graph_;
  buffer packed_, arena_;
  std::vector<call> calls_;
};

// The bench of model (or specialisation) M on a machine; entries are null where this program was not compiled for it.
template <class M, hw::machine Machine>
kernel_bench make_bench(char const* name) {
  using spec = specialization_of<M>;
  using compiled = compiled_plan<spec, Machine>;
  tensor_set const canonical = pass::canonical_tensors(spec::canonical, plausible_parameters(spec::canonical));
  return {
      name, thaw(compiled::graph), {compiled::entries.begin(), compiled::entries.end()}, compiled::pack({}, canonical)};
}

}  // namespace hone::inline HONE_ABI::calibration
