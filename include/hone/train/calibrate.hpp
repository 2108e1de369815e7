#pragma once
#include <hone/train/fit.hpp>
#include <hone/train/float_form.hpp>

namespace hone::inline HONE_ABI::train {

// Sets the ranges of a quantised graph's edges, which v holds beside its masters, from what the network computes on d in
// floating point: the magnitude that the share `percentile` of an edge's values stays under (1: the largest). Ranges that
// an activation fixes are that. `keep` is the weight of the ranges that v had (0: none), for moving averages.
inline void calibrate(dynamic_graph const& canonical, variables<float>& v, data_set const& d, crew& hands,
                      double percentile = 0.9999, double keep = 0) {
  constexpr std::size_t bins = 2048;
  dynamic_graph const form = float_form(canonical);
  numerics<float> n(form, v);
  n.refresh();
  tape<float> t(n, hands, 128, 8);
  struct edge {
    std::size_t op;
    int range;
    float largest{};
    std::vector<std::size_t> count{};
  };
  std::vector<edge> edges;
  for (std::size_t i = 1; i < canonical.ops.size(); ++i)
    if (clips(canonical, static_cast<int>(i))) edges.push_back({i, range_of(canonical, static_cast<int>(i))});
  auto const over_data = [&](auto look) {
    std::size_t const pixels = static_cast<std::size_t>(d.image_shape().size());
    for (std::size_t first = 0; first < d.size(); first += 128) {
      t.forward(
          d.images.data() + first * pixels, static_cast<int>(std::min<std::size_t>(128, d.size() - first)), false);
      hands(static_cast<int>(edges.size()), [&](int e) {
        edge& at = edges[static_cast<std::size_t>(e)];
        for (float x : t.results(at.op)) look(at, std::abs(x));
      });
    }
  };
  over_data([](edge& e, float x) { e.largest = std::max(e.largest, x); });
  for (edge& e : edges) e.count.assign(bins, 0);
  over_data([](edge& e, float x) {
    bool const inside = x < e.largest;  // not, if it is the largest, or none at all
    auto const bin = inside ? static_cast<std::size_t>(x / e.largest * static_cast<float>(bins)) : bins - 1;
    if (e.largest > 0) ++e.count[std::min(bin, bins - 1)];
  });
  for (edge& e : edges) {
    float& range = v.of(v.find(e.range))[0];
    std::size_t total = 0, above = 0, bin = bins;
    for (std::size_t c : e.count) total += c;
    auto const allowed = static_cast<std::size_t>((1 - percentile) * static_cast<double>(total));
    while (bin > 1 && above + e.count[bin - 1] <= allowed) above += e.count[--bin];
    float const found = e.largest > 0 ? e.largest * static_cast<float>(bin) / static_cast<float>(bins) : 1.f;
    float const fixed = fixed_range(weight_at(canonical, e.range));
    range = fixed > 0 ? fixed : static_cast<float>(keep * double(range) + (1 - keep) * double(found));
  }
}

}  // namespace hone::inline HONE_ABI::train
