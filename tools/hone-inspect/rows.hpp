#pragma once
// What hone-inspect shows of a network, operation by operation.
#include <hone/core/network.hpp>
#include <hone/core/tensor_op.hpp>
#include <hone/io/array.hpp>
#include <hone/pass/pipeline.hpp>
#include <hone/shal/prediction.hpp>

#include <set>
#include <string>
#include <vector>

namespace tools {

// One operation. Costs in the order of the profiles asked for.
struct row {
  std::string layer, kind, result, numbers;
  double parameters{}, macs{};
  std::vector<hone::nanoseconds> cost;
  std::vector<int> inputs;
  bool constant{};     // known before the call
  std::string output;  // the name of the output that it is
};
// An input or output.
struct named_result {
  std::string name, numbers, dims;
  bool output{};
};
struct inspection {
  std::vector<row> rows;
  std::vector<named_result> ports;
  std::vector<hone::shal::prediction> totals;  // by profile
  double parameters{}, macs{};
  int arena{};
};

// What it computes with: "f32", "uint8 -> f32", ...
inline std::string numbers_of(hone::op const& o) {
  std::string const result = name(o.type);
  std::string s = o.from == o.type || is(o, hone::constant_kind) ? result : std::string(name(o.from)) + " -> " + result;
  return o.weights == hone::dtype::f32 || o.weights == o.type ? s : s + ", weights " + name(o.weights);
}

inline inspection inspect(hone::dynamic_graph const& canonical, std::vector<hone::profile const*> const& machines) {
  inspection all;
  all.arena = canonical.arena;
  std::set<int> counted;
  for (std::size_t i = 0; i < canonical.ops.size(); ++i) {
    hone::op const& o = canonical.ops[i];
    row r;
    r.layer = o.layer < 0 ? "" : canonical.layers[static_cast<std::size_t>(o.layer)].name.c_str();
    hone::extents const dims = hone::dims_of(canonical, static_cast<int>(i));
    r.result = hone::io::text_of(std::vector<std::int64_t>(dims.begin(), dims.end()));
    r.kind = o.kind->name, r.numbers = numbers_of(o);
    for (std::int16_t const p : o.param)
      if (p >= 0 && counted.insert(p).second) {
        hone::weight const& w = weight_at(canonical, p);
        r.parameters += double(w.rows) * w.cols;
      }
    r.macs = o.kind->count(o, hone::vector_shape{}).macs;
    for (std::int16_t const k : o.input)
      if (k >= 0) r.inputs.push_back(k);
    r.constant = is(o, hone::constant_kind) ||
                 (is(o, hone::flatten_kind) && all.rows[static_cast<std::size_t>(o.input[0])].constant);
    all.parameters += r.parameters, all.macs += r.macs;
    all.rows.push_back(std::move(r));
  }
  for (hone::port const& p : canonical.ports) {
    row& r = all.rows[static_cast<std::size_t>(p.op)];
    all.ports.push_back({p.name.c_str(), name(hone::op_at(canonical, p.op).type), r.result, p.output});
    if (p.output) r.output = p.name.c_str();
  }
  for (hone::profile const* m : machines) {
    hone::dynamic_graph const final_graph = hone::pass::finalize(canonical, *m);
    hone::shal::pricer const price(final_graph, *m);
    for (std::size_t i = 0; i < all.rows.size(); ++i) all.rows[i].cost.push_back(price.cost(final_graph.ops[i]).time);
    all.totals.push_back(hone::shal::predict(final_graph, *m));
  }
  return all;
}

}  // namespace tools
