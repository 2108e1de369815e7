#pragma once
#include <hone/train/cost_term.hpp>

#include <numeric>

namespace hone::inline HONE_ABI::train {

// Channels that pruning will remove, faded out while the whole network trains on: nothing is left of them when they go.
class thinning {
 public:
  // `whole` and `slim` are the folded graphs without and with pruning (operation by operation the same); v holds the
  // parameters of the model, `values` those of whole's nodes. How many channels go is what differs between the graphs, the
  // weakest by the sum of their absolute folded weights: those that pass::prune removes.
  thinning(dynamic_graph const& whole, dynamic_graph const& slim, variables<float>& v,
           std::vector<buffer> const& values)
      : v_(v) {
    for (std::size_t i = 0; i < whole.ops.size(); ++i) {
      op const& o = whole.ops[i];
      if (!o.kind->linear || slim.ops[i].out.c >= o.out.c) continue;
      fading f{{}, weakest(whole, o, values, o.out.c - slim.ops[i].out.c), o.out.c};
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
  static std::vector<int> weakest(dynamic_graph const& g, op const& o, std::vector<buffer> const& values, int n) {
    weight const& w = weight_at(g, o.param[slot::weight]);
    float const* x = values[static_cast<std::size_t>(o.param[slot::weight])].as<float>();
    std::vector<double> norm(static_cast<std::size_t>(w.cols), 0.0);
    for (int k = 0; k < w.rows * w.cols; ++k) norm[static_cast<std::size_t>(k % w.cols)] += std::abs(double(x[k]));
    std::vector<int> order(norm.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
      return norm[static_cast<std::size_t>(a)] < norm[static_cast<std::size_t>(b)];
    });
    order.resize(static_cast<std::size_t>(n));
    return order;
  }

  variables<float>& v_;
  std::vector<fading> fading_;
};

}  // namespace hone::inline HONE_ABI::train
