#pragma once
#include <hone/pass/prune.hpp>
#include <hone/train/cost_term.hpp>

namespace hone::inline HONE_ABI::train {

// Channels that pruning will remove, faded out while the whole network trains on: nothing is left of them when they go.
class thinning {
 public:
  // `whole` and `slim` are the folded graphs without and with pruning (operation by operation the same); v holds the
  // parameters of the model, `values` those of whole's nodes. How many channels go is what differs between the graphs,
  // which ones is for pass::prune to say.
  thinning(dynamic_graph const& whole, dynamic_graph const& slim, variables<float>& v,
           std::vector<buffer> const& values)
      : v_(v) {
    for (std::size_t i = 0; i < whole.ops.size(); ++i) {
      op const& o = whole.ops[i];
      if (!o.kind->linear || slim.ops[i].out.c >= o.out.c) continue;
      fading f{{}, removed(whole, o, values, slim.ops[i].out.c), o.out.c};
      std::vector<int> const scales = channel_scales(whole, v, i);
      bool const normed =
          !scales.empty() && weight_at(whole, v.list()[static_cast<std::size_t>(scales[0])].node).what == role::gamma;
      role const with_norm[]{role::gamma, role::beta}, plain[]{role::weight, role::bias};
      for (int k : {slot::weight, slot::bias})
        variables_behind<float>(
            whole, v, o.param[static_cast<std::size_t>(k)], o.out.c, normed ? with_norm : plain, f.variables);
      fading_.push_back(f);
    }
  }
  bool empty() const { return fading_.empty(); }

  // After step `at` of `total`: what is left of the channels falls evenly, to nothing after the last step.
  void operator()(int at, int total) {
    auto const factor = static_cast<float>(static_cast<double>(total - at - 1) / (total - at));
    for (fading const& f : fading_)
      for (int k : f.variables) {
        std::span<float> const x = v_.of(k);
        for (std::size_t r = 0; r < x.size(); r += static_cast<std::size_t>(f.channels))
          for (int c : f.leaving) x[r + static_cast<std::size_t>(c)] *= factor;
      }
  }

 private:
  struct fading {
    std::vector<int> variables, leaving;
    int channels;
  };
  // The columns of o's weights that pass::prune removes where it keeps so many.
  static std::vector<int> removed(dynamic_graph const& g, op const& o, std::vector<buffer> const& values, int keep) {
    std::vector<std::int32_t> kept(static_cast<std::size_t>(keep));
    weight strongest{};
    strongest.rows = 1, strongest.cols = keep;
    weight_args a{};
    std::int16_t const columns = o.param[slot::weight];
    a.node[0] = &weight_at(g, columns), a.in[0] = values[static_cast<std::size_t>(columns)].data();
    a.out = kept.data();
    pass::strongest_columns_kind.run(strongest, a);
    std::vector<int> gone;
    for (int c = 0; c < o.out.c; ++c)
      if (!std::binary_search(kept.begin(), kept.end(), c)) gone.push_back(c);
    return gone;
  }

  variables<float>& v_;
  std::vector<fading> fading_;
};

}  // namespace hone::inline HONE_ABI::train
