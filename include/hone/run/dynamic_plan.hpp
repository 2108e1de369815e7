#pragma once
#include <hone/core/network.hpp>
#include <hone/hw/catalogue.hpp>
#include <hone/hw/supported.hpp>
#include <hone/nn/check.hpp>
#include <hone/pass/partition.hpp>
#include <hone/pass/pipeline.hpp>
#include <hone/pass/prepare.hpp>
#include <hone/run/plan_view.hpp>
#include <hone/shal/prediction.hpp>
#include <hone/simd/dynamic.hpp>
#include <hone/simd/tensor_math.hpp>

namespace hone::inline HONE_ABI {

// The machines of the catalogue that stand for this one in an engine made at run time: for its best instruction set and
// the one under it, if this program has kernels for them.
inline std::vector<profile const*> machines_here() {
  constexpr isa best_first[]{isa::avx512_vnni, isa::avx512, isa::avx2, isa::sse4, isa::neon, isa::scalar};
  std::vector<profile const*> list;
  for (isa const i : best_first) {
    if (!simd::compiled_for(i) || !hw::supported(i) || list.size() == 2) continue;
    for (profile const* p : hw::catalogue_profiles)
      if (p->kind == device::cpu && p->target == i && p->vectors.lanes == max_lanes(i)) {
        list.push_back(p);
        break;
      }
  }
  return list;
}

// A plan made at run time: the same passes and costs as plan<Model, Machine>, with the run-time kernels.
class dynamic_plan {
 public:
  // `lowered`: a graph as a model describes it, or pass::lower made. Raises where it is none, and where options or
  // machines are bad. A machine that this processor or this program has no kernels for is left out, unless none remains.
  dynamic_plan(dynamic_graph const& lowered, options const& o, std::span<profile const* const> machines) {
    refuse_problems(lowered);
    if (machines.empty())
      raise("cannot plan a network", "there is no machine to plan for", "hone::dynamic_plan",
            "name a profile of the catalogue, or leave the choice to machines_here()");
    canonical_ = pass::canonical(lowered, o, *machines[0]);
    for (profile const* m : machines)
      if (simd::compiled_for(m->target) && hw::supported(m->target)) variants_.push_back(make(*m));
    if (variants_.empty())
      raise("cannot plan a network", "this processor runs none of the machines' instruction sets", "hone::dynamic_plan",
            "add hone::hw::any to the machines");
    live_.resize(canonical_.ops.size());
    pass::count_live(canonical_, live_.data());
    for (variant const& v : variants_) views_.push_back(view_of(v));
    view_ = {.plan_id = pass::plan_id(canonical_),
             .ops = static_cast<int>(canonical_.ops.size()),
             .input = op_at(canonical_, input_of(canonical_)).out,
             .output = op_at(canonical_, output_of(canonical_)).out,
             .input_at = op_at(canonical_, input_of(canonical_)).at,
             .output_at = op_at(canonical_, output_of(canonical_)).at,
             .variants = views_,
             .layers = canonical_.layers.data(),
             .forms = canonical_.forms.data(),
             .ports = canonical_.ports,
             .live = live_.data()};
  }
  dynamic_plan(dynamic_plan const&) = delete;
  dynamic_plan& operator=(dynamic_plan const&) = delete;

  plan_view const& view() const { return view_; }
  dynamic_graph const& canonical() const { return canonical_; }
  dynamic_graph const& final_graph(std::size_t variant) const { return variants_[variant].graph; }

 private:
  struct variant {
    profile machine;
    dynamic_graph graph;  // final
    std::vector<dynamic_form> forms;
    std::vector<void const*> form_of;
    std::vector<kernel_entry> entries;
    std::vector<nanoseconds> predicted;
    dynamic_graph const* canonical{};
  };

  static void refuse_problems(dynamic_graph const& g) {
    problem p = g.issue.how != fix::none ? g.issue : misnamed(g);
    if (p.how == fix::none && (g.ops.empty() || g.ops.size() > 32'000))
      raise("cannot plan a network", message() << "it has " << g.ops.size() << " operations", "graph",
            "give a network of 1 to 32000 operations");
    double bytes = 0;
    for (op const& o : g.ops) bytes += o.bytes_out() + 64.0;
    for (weight const& w : g.weights) bytes += 4.0 * w.size();  // packed, padded
    if (p.how == fix::none && bytes > 0x1p31)
      raise("cannot plan a network", message() << "its numbers may take " << static_cast<long long>(bytes) << " bytes",
            "graph", "split the network, or give it a smaller input: less than 2 GiB");
    if (p.how == fix::none) return;
    raise("cannot plan a network",
          message() << (p.kind != nullptr ? p.kind->name : "a layer") << " got " << p.got.h << " x " << p.got.w << " x "
                    << p.got.c << ", wanted " << p.wanted.h << " x " << p.wanted.w << " x " << p.wanted.c,
          p.layer >= 0 ? g.layers[static_cast<std::size_t>(p.layer)].name.c_str() : "graph", advice(p.how));
  }

  // Runs an operation that has no run-time kernel: its form is the operation.
  static void run_by_reference(kernel_args const& a) noexcept {
    simd::run_reference(*static_cast<op const*>(a.form), a);
  }

  variant make(profile const& m) const {
    // Run-time kernels read weights in f32: bf16 halves an artifact, not what is resident.
    variant v{m, pass::widen_bf16(canonical_), {}, {}, {}, {}, &canonical_};
    std::size_t const n = canonical_.ops.size();
    for (op& o : v.graph.ops) o.t = pass::best_tile(o, m, dynamic_tiles);
    v.graph = pass::lay_out(std::move(v.graph), m.vectors.lanes);
    v.forms.resize(n), v.form_of.resize(n), v.entries.resize(n);
    for (std::size_t i = 0; i < n; ++i) bind(v, i);
    v.graph = pass::plan_weights(std::move(v.graph));
    shal::pricer const price(v.graph, m);
    for (op const& o : v.graph.ops) v.predicted.push_back(price.cost(o).time);
    return v;
  }
  void bind(variant& v, std::size_t i) const {
    op& o = v.graph.ops[i];
    if (does_nothing(o)) return;
    v.form_of[i] = &v.forms[i];
    if (o.kind->evaluate) {
      v.entries[i] = &simd::run_tensor;
      return;
    }
    dynamic_kernel const k = bind_dynamic(o, v.machine.vectors.lanes, v.machine.target, v.forms[i]);
    v.entries[i] = k.entry, o.scratch = k.scratch;
    if (k.entry != nullptr) return;
    if (format_of(o) != format::f32 || !o.kind->reference_f32 || pass::has_packing(o))
      raise("cannot plan a network",
            message() << "there is no run-time kernel of " << o.kind->name << " for " << name(o.from),
            o.layer >= 0 ? v.graph.layers[static_cast<std::size_t>(o.layer)].name.c_str() : "graph",
            "give its kind a reference_f32, or compile the network (hone::engine)");
    v.entries[i] = &run_by_reference, v.form_of[i] = &canonical_.ops[i];
  }
  static buffer pack(variant_view const& view, tensor_set const& canonical) {
    auto const& v = *static_cast<variant const*>(view.owner);
    return pass::pack(*v.canonical, v.graph, canonical);
  }
  static variant_view view_of(variant const& v) {
    return {
        .machine = &v.machine,
        .ops = v.graph.ops.data(),
        .weights = v.graph.weights.data(),
        .arena = v.graph.arena,
        .packed = v.graph.packed,
        .entries = v.entries.data(),
        .pack = &pack,
        .predicted = v.predicted.data(),
        .forms = v.form_of.data(),
        .owner = &v,
        .math =
            simd::tensor_math_among<isa::sse4, isa::avx2, isa::avx512, isa::avx512_vnni, isa::neon>(v.machine.target)};
  }

  dynamic_graph canonical_;
  std::vector<variant> variants_;
  std::vector<variant_view> views_;
  std::vector<std::int16_t> live_;
  plan_view view_;
};

}  // namespace hone::inline HONE_ABI
