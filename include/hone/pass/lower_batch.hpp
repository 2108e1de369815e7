#pragma once
#include <hone/core/network.hpp>
#include <hone/nn/nd/binary.hpp>
#include <hone/nn/nd/cast.hpp>
#include <hone/nn/nd/concat.hpp>
#include <hone/nn/nd/conv.hpp>
#include <hone/nn/nd/conv_transpose.hpp>
#include <hone/nn/nd/lrn.hpp>
#include <hone/nn/nd/move.hpp>
#include <hone/nn/nd/norm.hpp>
#include <hone/nn/nd/pad.hpp>
#include <hone/nn/nd/pool.hpp>
#include <hone/nn/nd/qlinear.hpp>
#include <hone/nn/nd/quantize.hpp>
#include <hone/nn/nd/reduce.hpp>
#include <hone/nn/nd/reshape.hpp>
#include <hone/nn/nd/resize.hpp>
#include <hone/nn/nd/select.hpp>
#include <hone/nn/nd/softmax.hpp>
#include <hone/nn/nd/unary.hpp>

namespace hone::inline HONE_ABI::pass::lowering {

// Tuned operations work on one image. A small batch is that many images, each with operations of its own: from where the
// first window slides over it to where something looks at several of them.
class batch_splitter {
 public:
  // A batch of more, or one that would multiply the weights beyond this, stays together.
  static constexpr int most = 16;
  static constexpr std::int64_t most_bytes = std::int64_t{1} << 27, most_ops = 12'000;

  explicit batch_splitter(dynamic_graph const& g)
      : old_(g), g_(g), known_(g.ops.size()), split_(g.ops.size()), whole_(g.ops.size(), -1), parts_(g.ops.size()) {
    g_.ops.clear(), g_.forms.clear();
  }

  dynamic_graph run() {
    n_ = batch();
    if (n_ == 0) return old_;
    mark();
    for (std::size_t i = 0; i < old_.ops.size(); ++i) {
      if (split_[i] != 0) {
        for (int k = 0; k < n_; ++k) parts_[i].push_back(part_of(static_cast<int>(i), k));
      } else {
        op o = old_.ops[i];
        for (std::int16_t& k : o.input)
          if (k >= 0) k = static_cast<std::int16_t>(whole(k));
        whole_[i] = append_formed(g_, o, form(o));
      }
    }
    for (port& p : g_.ports) p.op = static_cast<std::int16_t>(whole(p.op));
    return static_cast<dynamic_graph&&>(g_);
  }

 private:
  op const& at(int i) const { return op_at(old_, i); }
  extents dims(int i) const { return dims_of(old_, i); }
  tensor_form form(op const& o) const {
    return o.form >= 0 ? old_.forms[static_cast<std::size_t>(o.form)] : tensor_form{};
  }
  template <class... Kinds>
  static bool any_of(op const& o, Kinds const&... kinds) {
    return (is(o, kinds) || ...);
  }
  // How many images the batch of value i has.
  int images(int i) const { return dims(i).rank > 0 ? dims(i)[0] : 0; }
  bool batched(int i, int rank) const { return dims(i).rank == rank && images(i) == n_; }

  // Operations for the sake of which a batch is split.
  bool slides(int i) const {
    op const& o = at(i);
    bool const weighs = any_of(o, nd::conv_kind, nd::conv_transpose_kind, nd::conv_integer_kind);
    return (weighs && known_[static_cast<std::size_t>(o.input[1])] != 0) ||
           any_of(o, nd::max_pool_kind, nd::average_pool_kind);
  }
  // The one batch of all of them; 0: there is none that should be split.
  int batch() {
    int n = 0;
    std::int64_t bytes = 0;
    for (std::size_t i = 0; i < old_.ops.size(); ++i) {
      op const& o = old_.ops[i];
      bool known = is(o, constant_kind) || is(o, flatten_kind) || o.kind->evaluate;
      for (std::int16_t k : o.input) known = known && (k < 0 || known_[static_cast<std::size_t>(k)] != 0);
      known_[i] = known && !is(o, input_kind) ? 1 : 0;
      if (is(o, constant_kind)) bytes += o.bytes_out();
      int const own = images(static_cast<int>(i));
      if (known_[i] != 0 || own < 2 || own > most || !slides(static_cast<int>(i))) continue;
      if (n != 0 && n != own) return 0;
      n = own;
    }
    return n * bytes > most_bytes || n * static_cast<std::int64_t>(old_.ops.size()) > most_ops ? 0 : n;
  }

  // Whether i treats every image by itself: its operands are batches, too, or the same for all images.
  bool apart(int i) const {
    op const& o = at(i);
    tensor_form const f = form(o);
    if (known_[static_cast<std::size_t>(i)] != 0 || o.form < 0 || images(i) != n_ || o.input[0] < 0) return false;
    if (dims(o.input[0]).rank == 0) return false;
    int const rank = f.dims.rank, first = o.input[0];
    if (any_of(o, nd::unary_kind, nd::binary_kind, nd::where_kind, nd::cast_kind)) return true;
    if (!batched(first, dims(first).rank)) return false;
    if (slides(i) || any_of(o, nd::group_norm_kind, nd::batch_norm_kind, nd::lrn_kind)) return true;
    if (any_of(o, nd::softmax_kind)) return f.i[0] != 0;
    if (is(o, nd::concat_kind)) return f.i[0] != 0;
    if (is(o, nd::reduce_kind)) return (f.i[1] & 1) == 0;
    if (is(o, nd::transpose_kind)) return f.i[0] == 0;
    if (is(o, flatten_kind)) return o.act.empty();
    if (is(o, nd::slice_kind)) return f.i[0] == 0 && f.i[max_rank] == 1;
    if (is(o, nd::pad_kind)) return f.i[0] == 0 && f.i[max_rank] == 0;
    if (is(o, nd::resize_kind)) return rank == dims(first).rank;
    if (any_of(o, nd::quantize_linear_kind, nd::dequantize_linear_kind)) return f.i[0] != 0 && f.i[1] == 0;
    return is(o, nd::requantize_kind) && rank > 2;
  }
  // From what slides backwards and forwards, as far as images stay apart.
  void mark() {
    std::vector<char> read(old_.ops.size());  // by something that is split
    for (std::size_t i = old_.ops.size(); i-- > 0;) {
      int const v = static_cast<int>(i);
      if (!apart(v) || (read[i] == 0 && !slides(v))) continue;
      split_[i] = 1;
      for (std::int16_t k : at(v).input)
        if (k >= 0) read[static_cast<std::size_t>(k)] = 1;
    }
    for (std::size_t i = 0; i < old_.ops.size(); ++i) {
      int const v = static_cast<int>(i);
      if (split_[i] != 0 || !apart(v)) continue;
      for (std::int16_t k : at(v).input)
        if (k >= 0 && split_[static_cast<std::size_t>(k)] != 0) split_[i] = 1;
    }
  }

  // Operation i of image k.
  int part_of(int i, int k) {
    op o = at(i);
    tensor_form f = form(o);
    int const rank = f.dims.rank;
    bool const pairs = any_of(o, nd::unary_kind, nd::binary_kind, nd::where_kind, nd::cast_kind, nd::concat_kind);
    for (std::size_t s = 0; s < max_inputs; ++s) {
      int const x = o.input[s];
      if (x < 0) continue;
      bool const own = s == 0 || pairs ? batched(x, pairs ? rank : dims(x).rank) : false;
      o.input[s] = static_cast<std::int16_t>(own ? part(x, k) : whole(x));
    }
    f.dims[0] = 1;
    if (is(o, flatten_kind)) return nd::reshape(g_, o.input[0], f.dims, o.layer);
    o.macs /= n_;
    return emit_tensor(g_, o, f);
  }
  // Image k of value i.
  int part(int i, int k) {
    std::vector<int>& parts = parts_[static_cast<std::size_t>(i)];
    while (parts.size() < static_cast<std::size_t>(n_)) {
      extents to = dims(i), starts = to, steps = to;
      for (int d = 0; d < to.rank; ++d) starts[d] = 0, steps[d] = 1;
      starts[0] = static_cast<std::int32_t>(parts.size()), to[0] = 1;
      parts.push_back(nd::slice(g_, whole(i), starts, steps, to, at(i).layer));
    }
    return parts[static_cast<std::size_t>(k)];
  }
  // All images of value i.
  int whole(int i) {
    int& made = whole_[static_cast<std::size_t>(i)];
    if (made < 0) made = nd::concat(g_, parts_[static_cast<std::size_t>(i)], 0, at(i).layer);
    return made;
  }

  dynamic_graph const& old_;
  dynamic_graph g_;
  int n_{};
  std::vector<char> known_, split_;
  std::vector<int> whole_;               // by operation; -1: not there
  std::vector<std::vector<int>> parts_;  // by operation, its images; none: not there
};

}  // namespace hone::inline HONE_ABI::pass::lowering
