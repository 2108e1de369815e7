#pragma once
#include <hone/nn/conv2d.hpp>
#include <hone/nn/dense.hpp>
#include <hone/pass/options.hpp>
#include <hone/pass/tile.hpp>

namespace hone::inline HONE_ABI::pass {

// The n.cols columns of w with the largest sums of absolute values, as ascending indices (i32 [1][n.cols]); in: w.
inline constexpr weight_kind strongest_columns_kind{
    "strongest_columns", [](weight const& n, weight_args const& a) {
      auto const* w = static_cast<float const*>(a.in[0]);
      int const rows = a.node[0]->rows, cols = a.node[0]->cols;
      std::vector<double> norm(static_cast<std::size_t>(cols), 0.0);
      for (int i = 0; i < rows * cols; ++i) norm[static_cast<std::size_t>(i % cols)] += w[i] < 0 ? -w[i] : w[i];
      std::vector<bool> kept(static_cast<std::size_t>(cols), false);
      for (int k = 0; k < n.cols; ++k) {
        std::size_t best = 0;
        while (kept[best]) ++best;
        for (std::size_t c = best; c < kept.size(); ++c)
          if (!kept[c] && norm[c] > norm[best]) best = c;
        kept[best] = true;
      }
      int k = 0;
      for (int c = 0; c < cols; ++c)
        if (kept[static_cast<std::size_t>(c)]) static_cast<std::int32_t*>(a.out)[k++] = c;
    }};
// Columns of w by index; in: w, indices.
inline constexpr weight_kind take_columns_kind{
    "take_columns", [](weight const& n, weight_args const& a) {
      auto const* w = static_cast<float const*>(a.in[0]);
      auto const* index = static_cast<std::int32_t const*>(a.in[1]);
      for (int r = 0; r < n.rows; ++r)
        for (int c = 0; c < n.cols; ++c) static_cast<float*>(a.out)[r * n.cols + c] = w[r * a.node[0]->cols + index[c]];
    }};
// Input channels of w by index, in every tap; in: w ([taps * channels][cols]), indices.
inline constexpr weight_kind take_channels_kind{
    "take_channels", [](weight const& n, weight_args const& a) {
      auto const* w = static_cast<float const*>(a.in[0]);
      auto const* index = static_cast<std::int32_t const*>(a.in[1]);
      int const keep = a.node[1]->cols, taps = n.rows / keep, channels = a.node[0]->rows / taps;
      for (int t = 0; t < taps; ++t)
        for (int k = 0; k < keep; ++k)
          for (int c = 0; c < n.cols; ++c)
            static_cast<float*>(a.out)[(t * keep + k) * n.cols + c] = w[(t * channels + index[k]) * n.cols + c];
    }};

// True if o's output channels are private to one convolution (or dense layer) that reads nothing else of it.
template <class G>
constexpr int sole_consumer(G const& g, std::size_t producer, scratch<std::int16_t> const& uses) {
  op const& p = g.ops[producer];
  if (!is(p, conv2d_kind) || p.addend >= 0 || uses[producer] != 1) return -1;
  for (std::size_t i = producer + 1; i < g.ops.size(); ++i) {
    op const& q = g.ops[i];
    if (q.input[0] != static_cast<std::int16_t>(producer)) continue;
    bool const one_pixel = q.in.pixels() == 1;
    return is(q, conv2d_kind) || (is(q, dense_kind) && one_pixel) ? static_cast<int>(i) : -1;
  }
  return -1;
}

// Time of a producer with `channels` outputs and of its consumer.
constexpr nanoseconds pair_price(op p, op q, int channels, profile const& m) {
  p.out.c = channels, q.in.c = channels;
  p.t = best_tile(p, m), q.t = best_tile(q, m);
  return price(p, m) + price(q, m);
}
// How many of the producer's channels to keep: the fewest that still save time on m, at least half as much of it as of
// the arithmetic; all of them where that never pays.
constexpr int channels_worth_keeping(op const& p, op const& q, float most, profile const& m) {
  nanoseconds const full = pair_price(p, q, p.out.c, m);
  int best = p.out.c;
  nanoseconds least = full;
  for (int eighths = 7; eighths >= 1; --eighths) {
    int const keep = p.out.c * eighths / 8;
    double const removed = 1.0 - double(keep) / p.out.c;
    if (keep < 1 || removed > double(most) + 1e-6) break;
    nanoseconds const t = pair_price(p, q, keep, m);
    if (t < 0.98 * least && 1.0 - t / full >= 0.5 * removed) best = keep, least = t;
  }
  return best;
}

// Structured pruning: removes output channels where machine m gains by it (options.prune is the most it may take). How
// many comes from m and the options alone; which ones, from the weights (DESIGN.md, decision 1).
template <class G>
constexpr G prune(G g, options const& o, profile const& m) {
  if (!(o.prune > 0)) return g;
  scratch<std::int16_t> uses(g.ops.size());
  count_uses(g, uses);
  for (std::size_t i = 0; i < g.ops.size(); ++i) {
    int const consumer = sole_consumer(g, i, uses);
    if (consumer < 0) continue;
    op& p = g.ops[i];
    op& q = op_at(g, consumer);
    int const keep = channels_worth_keeping(p, q, o.prune, m), before = p.out.c;
    if (keep == before) continue;
    p.out.c = keep, q.in.c = keep;
    weight const w = weight_at(g, p.param[slot::weight]), b = weight_at(g, p.param[slot::bias]);
    weight const next = weight_at(g, q.param[slot::weight]);
    auto with_shape = [](weight n, int rows, int cols) { return n.rows = rows, n.cols = cols, n; };
    weight strongest = step(strongest_columns_kind, w, {p.param[slot::weight], -1, -1, -1});
    strongest.type = dtype::i32;
    std::int16_t const index = emit(g, with_shape(strongest, 1, keep));
    weight slim = step(take_columns_kind, w, {p.param[slot::weight], index, -1, -1});
    slim.dims[3] = keep;
    p.param[slot::weight] = emit(g, with_shape(slim, w.rows, keep));
    weight bias = step(take_columns_kind, b, {p.param[slot::bias], index, -1, -1});
    bias.dims[3] = keep;
    p.param[slot::bias] = emit(g, with_shape(bias, 1, keep));
    weight reader = step(take_channels_kind, next, {q.param[slot::weight], index, -1, -1});
    reader.dims[2] = keep;
    q.param[slot::weight] = emit(g, with_shape(reader, next.rows / before * keep, next.cols));
  }
  return g;
}

}  // namespace hone::inline HONE_ABI::pass
