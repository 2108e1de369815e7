#pragma once
#include <hone/pass/tile.hpp>
#include <hone/train/float_form.hpp>

#include <cmath>

namespace hone::inline HONE_ABI::train {

// What one output channel of operation i costs on m, as a share of the whole graph's predicted time: what half of them
// would save, in it and in the linear operations that read it. 0 where nothing linear reads it.
inline double channel_share(dynamic_graph const& g, std::size_t i, profile const& m) {
  auto const time = [&](op o) { return o.t = pass::best_tile(o, m), price(o, m).value; };
  double total = 0, saved = 0;
  for (op const& o : g.ops) total += time(o);
  op half = g.ops[i];
  half.out.c = (half.out.c + 1) / 2;
  for (op const& q : g.ops) {
    if (!q.kind->linear || q.input[0] != static_cast<std::int16_t>(i)) continue;
    op slim = q;
    slim.in.c = half.out.c;
    saved += time(q) - time(slim);
  }
  if (!(saved > 0) || !(total > 0)) return 0;
  saved += time(g.ops[i]) - time(half);
  return std::max(0.0, saved) / total / std::max(1, g.ops[i].out.c - half.out.c);
}

// The variables with `channels` columns and one of these roles that a recipe's node is made from.
template <class T>
void variables_behind(dynamic_graph const& g, variables<T> const& v, int node, int channels, std::span<role const> what,
                      std::vector<int>& out) {
  if (node < 0) return;
  weight const& w = weight_at(g, node);
  int const found = v.find(node);
  bool const wanted = w.cols == channels && std::find(what.begin(), what.end(), w.what) != what.end();
  if (found >= 0 && wanted && std::find(out.begin(), out.end(), found) == out.end()) out.push_back(found);
  if (found < 0)
    for (std::int16_t k : w.in) variables_behind(g, v, k, channels, what, out);
}
// Those that scale the output channels of operation i: the gamma of a batch norm folded into it, else its weights.
template <class T>
std::vector<int> channel_scales(dynamic_graph const& g, variables<T> const& v, std::size_t i) {
  std::vector<int> found;
  for (role what : {role::gamma, role::weight})
    if (found.empty())
      variables_behind<T>(g, v, g.ops[i].param[slot::weight], g.ops[i].out.c, std::span<role const>(&what, 1), found);
  return found;
}

// SHAL's cost as a term of the loss: a group lasso (Yuan and Lin, 2006) over channels, each weighed by its share of the
// machine's time, so that channels which cost more are pressed harder. A group is the channel's gamma where there is a
// batch norm (Liu et al., "Network slimming", arXiv 1708.06519), else the weights that write the channel and those that
// read it: the norm of either alone could shrink without the function changing. Norms are relative to their operation's
// mean at the start: there the term is `weight` times the share of time that channels take.
class cost_term {
 public:
  // g: folded or canonical, as priced; v holds what its weights are made from, and outlives this.
  cost_term(dynamic_graph const& g, variables<float> const& v, profile const& m, double weight) : v_(v) {
    for (std::size_t i = 1; i < g.ops.size() && weight > 0; ++i) {
      if (!g.ops[i].kind->linear) continue;
      std::vector<int> const own = channel_scales(g, v, i);
      double const price = own.empty() ? 0 : weight * channel_share(g, i, m);
      if (!(price > 0)) continue;
      layer here{{}, g.ops[i].out.c, 0};
      for (int k : own) here.parts.push_back(column_block(k, here.channels));
      if (weight_at(g, entry(own[0]).node).what == role::weight) add_readers(g, i, here);
      double sum = 0;
      for (int c = 0; c < here.channels; ++c) sum += norm(here, c);
      here.price = sum > 0 ? price * here.channels / sum : 0;
      layers_.push_back(here);
    }
  }
  // The term's value; its derivatives are added to `gradient`, which lies as v.trained() does.
  double operator()(std::span<float> gradient) const {
    double value = 0;
    for (layer const& l : layers_)
      for (int c = 0; c < l.channels; ++c) {
        double const n = norm(l, c);
        value += l.price * n;
        if (n > 0)
          each(l, c, [&](std::size_t k) { gradient[k] += static_cast<float>(l.price * double(v_.trained()[k]) / n); });
      }
    return value;
  }

 private:
  // The numbers of channel c: `length` of them from at + c * offset on, `repeat` times, `step` apart.
  struct block {
    std::size_t at, offset, length, repeat, step;
  };
  struct layer {
    std::vector<block> parts;
    int channels;
    double price;  // of a channel, for each unit of its norm
  };
  variable const& entry(int v) const { return v_.list()[static_cast<std::size_t>(v)]; }
  block column_block(int v, int channels) const {
    auto const c = static_cast<std::size_t>(channels);
    return {entry(v).at, 1, 1, entry(v).size / c, c};
  }
  // Rows of the channels in the [taps][channels][co] weights of the linear operations that read operation i; depthwise
  // weights and dense layers over several pixels have none.
  void add_readers(dynamic_graph const& g, std::size_t i, layer& here) const {
    for (op const& q : g.ops) {
      if (!q.kind->linear || q.input[0] != static_cast<std::int16_t>(i)) continue;
      auto const taps = static_cast<std::size_t>(q.win.taps()), co = static_cast<std::size_t>(q.out.c);
      auto const c = static_cast<std::size_t>(here.channels);
      for (int v : channel_scales(g, v_, static_cast<std::size_t>(&q - g.ops.data())))
        if (entry(v).size == taps * c * co) here.parts.push_back({entry(v).at, co, co, taps, c * co});
    }
  }
  template <class F>
  static void each(layer const& l, int c, F f) {
    for (block const& b : l.parts)
      for (std::size_t r = 0; r < b.repeat; ++r)
        for (std::size_t k = 0; k < b.length; ++k) f(b.at + static_cast<std::size_t>(c) * b.offset + r * b.step + k);
  }
  double norm(layer const& l, int c) const {
    double sum = 0;
    each(l, c, [&](std::size_t k) { sum += double(v_.trained()[k]) * double(v_.trained()[k]); });
    return std::sqrt(sum);
  }

  variables<float> const& v_;
  std::vector<layer> layers_;
};

}  // namespace hone::inline HONE_ABI::train
