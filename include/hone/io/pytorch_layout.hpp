#pragma once
#include <hone/io/array.hpp>
#include <hone/nn/batch_norm.hpp>
#include <hone/nn/concat.hpp>
#include <hone/nn/conv2d.hpp>
#include <hone/nn/dense.hpp>
#include <hone/nn/depthwise_conv2d.hpp>
#include <hone/nn/flatten.hpp>
#include <hone/nn/residual.hpp>

// Where PyTorch keeps the numbers of a network's parameters. It has images as NCHW, Hone as NHWC; so its convolutions
// are [out][in][kh][kw] (Conv1d [out][in][k], depthwise ones [c][1][kh][kw]) where Hone's are [kh][kw][in][out], its
// linear layers [out][in] where Hone's are [in][out], and its flattened images begin with the whole first channel where
// Hone's begin with the first pixel: that concerns whatever reads features, up to the next layer that mixes them.
namespace hone::inline HONE_ABI::io {

// The features of a vector as PyTorch orders them: those of these images, one image after the other. None: as Hone
// does.
using feature_order = std::vector<shape>;

// Where a parameter's numbers are in PyTorch's tensor: the one at (row, column) of Hone's matrix [rows][cols]
// (core/weight.hpp) is element column_at[column] * rows + row_at[row].
struct pytorch_place {
  std::vector<std::vector<std::int64_t>> dims{};  // that the tensor may have
  std::vector<std::int32_t> row_at{}, column_at{};
  std::string unknown{};  // what there is of which this is not known; empty where it is
};

namespace detail {

// PyTorch's index of each of Hone's features.
inline std::vector<std::int32_t> places_of(feature_order const& order) {
  std::vector<std::int32_t> at;
  std::int32_t first = 0;
  for (shape const& s : order) {
    for (std::int32_t pixel = 0; pixel < s.pixels(); ++pixel)
      for (std::int32_t c = 0; c < s.c; ++c) at.push_back(first + c * s.pixels() + pixel);
    first += s.size();
  }
  return at;
}
inline feature_order order_or(feature_order const& order, shape const& otherwise) {
  return order.empty() ? feature_order{otherwise} : order;
}

// The order of each operation's features in PyTorch. Where it cannot be told, `unknown` of the operation says why.
struct orders {
  std::vector<feature_order> of;
  std::vector<std::string> unknown;

  template <class G>
  explicit orders(G const& g) : of(g.ops.size()), unknown(g.ops.size()) {
    for (std::size_t i = 0; i < g.ops.size(); ++i) follow(g.ops[i], i);
  }

 private:
  feature_order const& at(int i) const { return of[static_cast<std::size_t>(i)]; }

  void follow(op const& o, std::size_t i) {
    if (o.input[0] < 0) return;
    for (std::int16_t from : o.input)
      if (from >= 0 && unknown[i].empty()) unknown[i] = unknown[static_cast<std::size_t>(from)];
    feature_order const& in = at(o.input[0]);
    bool const mixes = is(o, conv2d_kind) || is(o, dense_kind);
    if (is(o, flatten_kind)) {
      of[i] = in.empty() && o.in.pixels() > 1 && o.in.c > 1 ? feature_order{o.in} : in;
    } else if (is(o, concat_kind)) {
      feature_order const& second = at(o.input[1]);
      if (in.empty() && second.empty()) return;
      of[i] = order_or(in, {1, 1, o.in.c});
      for (shape const& s : order_or(second, {1, 1, o.out.c - o.in.c})) of[i].push_back(s);
    } else {
      if (!mixes) of[i] = in;
      if (!mixes && !in.empty() && (o.out != o.in || o.kind->evaluate)) unknown[i] = o.kind->name;
      int const summand = is(o, add_kind) ? 1 : o.addend;
      if (summand >= 0 && at(o.input[static_cast<std::size_t>(summand)]) != of[i])
        unknown[i] = "a sum of flattened images and of other features";
    }
  }
};

// The dimensions that PyTorch gives a convolution's weight: those of Conv2d, and of Conv1d where one extent is 1.
inline std::vector<std::vector<std::int64_t>> convolution_dims(std::int64_t out, std::int64_t in, std::int64_t kh,
                                                               std::int64_t kw) {
  std::vector<std::vector<std::int64_t>> all{{out, in, kh, kw}};
  if (kh == 1 || kw == 1) all.push_back({out, in, kh * kw});
  return all;
}

// Where the leaf w of operation o is, whose features are ordered so.
inline pytorch_place place_in_pytorch(op const& o, weight const& w, feature_order const& order) {
  pytorch_place p;
  std::int32_t const kh = w.dims[0], kw = w.dims[1], in = w.dims[2], out = w.dims[3];
  bool const dense = is(o, dense_kind), conv = is(o, conv2d_kind), each = is(o, depthwise_conv2d_kind);
  bool const by_feature = each || is(o, batch_norm_kind), matrix = w.what == role::weight && o.kind->linear;
  if (!dense && !conv && !by_feature) p.unknown = o.kind->name;
  if (conv && !order.empty() && o.win.taps() > 1) p.unknown = "a convolution over flattened images";
  if (!matrix)
    p.dims = {{w.cols}};
  else if (dense)
    p.dims = {{out, in}};
  else
    p.dims = convolution_dims(out, in, kh, kw);
  p.row_at =
      places_of(matrix && !each ? order_or(order, dense ? o.in : shape{kh, kw, in}) : feature_order{{w.rows, 1, 1}});
  p.column_at = places_of(by_feature ? order_or(order, {1, 1, w.cols}) : feature_order{{1, 1, w.cols}});
  if (p.row_at.size() != static_cast<std::size_t>(w.rows) || p.column_at.size() != static_cast<std::size_t>(w.cols))
    p.unknown = o.kind->name;
  return p;
}

}  // namespace detail

// Where PyTorch keeps every leaf of a model's description, by node. (Not of a graph that passes rewrote.)
template <class G>
std::vector<pytorch_place> places_in_pytorch(G const& g) {
  detail::orders const orders(g);
  std::vector<pytorch_place> places(g.weights.size());
  std::vector<bool> found(g.weights.size(), false);
  for (std::size_t i = 0; i < g.ops.size(); ++i) {
    op const& o = g.ops[i];
    std::vector<std::int16_t> nodes(o.param.begin(), o.param.end());
    while (!nodes.empty()) {
      std::int16_t const n = nodes.back();
      nodes.pop_back();
      if (n < 0 || found[static_cast<std::size_t>(n)]) continue;
      found[static_cast<std::size_t>(n)] = true;
      weight const& w = weight_at(g, n);
      if (!w.leaf()) {
        nodes.insert(nodes.end(), w.in.begin(), w.in.end());
        continue;
      }
      pytorch_place& p = places[static_cast<std::size_t>(n)];
      std::size_t const from = static_cast<std::size_t>(o.input[0]);
      p = detail::place_in_pytorch(o, w, orders.of[from]);
      if (p.unknown.empty()) p.unknown = orders.unknown[from];
    }
  }
  return places;
}

}  // namespace hone::inline HONE_ABI::io
