#pragma once
#include <hone/io/detail/import_movement.hpp>
#include <hone/nn/nd/conv.hpp>
#include <hone/nn/nd/conv_transpose.hpp>
#include <hone/nn/nd/pool.hpp>

// Operators that slide a window: convolutions and pools.
namespace hone::inline HONE_ABI::io::importing {

// Operand k as f32, where it is f16 or bf16.
inline int widened(call& c, int k) {
  bool const narrow = c.type(k) == dtype::f16 || c.type(k) == dtype::bf16;
  return narrow ? cast(c, c.operand(k), dtype::f32) : c.operand(k);
}
// The same; -1 where it is absent.
inline int optional_widened(call& c, int k) { return c.given(k) ? widened(c, k) : -1; }
// Result k: x as numbers of operand 0's type.
inline void result_narrowed(call& c, int k, int x) { c.result(k, cast(c, c.ok(x), c.type(0))); }

// The attributes of a window but for its padding; the kernel is empty where the file leaves it to the weights.
inline nd::window_nd window_of(call& c) {
  nd::window_nd w;
  w.kernel = to_list(c, c.integers("kernel_shape"), "kernel_shape");
  w.strides = to_list(c, c.integers("strides"), "strides");
  w.dilations = to_list(c, c.integers("dilations"), "dilations");
  std::vector<std::int64_t> const pads = c.integers("pads");
  if (pads.size() % 2 != 0) c.refuse(message("it has ") << pads.size() << " pads", "give two a dimension");
  auto const half = pads.begin() + static_cast<std::ptrdiff_t>(pads.size() / 2);
  w.before = to_list(c, {pads.begin(), half}, "pads");
  w.after = to_list(c, {half, pads.end()}, "pads");
  return w;
}
inline int or_else(extents const& list, int i, int otherwise) { return i < list.rank ? list[i] : otherwise; }

// Which side of a dimension gets the odd one.
enum class padding : std::uint8_t { given, more_after, more_before, none };
inline padding padding_of(call& c) {
  std::string_view const how = c.text("auto_pad", "NOTSET");
  if (how == "NOTSET" || how.empty()) return padding::given;
  if (how == "SAME_UPPER") return padding::more_after;
  if (how == "SAME_LOWER") return padding::more_before;
  if (how == "VALID") return padding::none;
  c.refuse_value("auto_pad", how, "NOTSET, SAME_UPPER, SAME_LOWER and VALID");
}

// The padding of a window with this kernel over x.
inline void set_padding(call& c, nd::window_nd& w, extents const& x, extents const& kernel) {
  padding const how = padding_of(c);
  if (how == padding::given) return;
  w.before = w.after = {};
  for (int i = 0; how != padding::none && i + 2 < x.rank; ++i) {
    std::int64_t const n = x[i + 2], stride = or_else(w.strides, i, 1);
    if (stride < 1) c.refuse(message("a stride is ") << static_cast<int>(stride), advice(fix::use_positive_strides));
    std::int64_t const span = (std::int64_t{or_else(kernel, i, 1)} - 1) * or_else(w.dilations, i, 1) + 1,
                       total = std::max<std::int64_t>(0, ((n + stride - 1) / stride - 1) * stride + span - n);
    std::int64_t const less = total / 2, more = total - less;
    w.before.push_back(c.narrow(how == padding::more_after ? less : more, "padding"));
    w.after.push_back(c.narrow(how == padding::more_after ? more : less, "padding"));
  }
}
// The extents of a kernel: the attribute, or those of the weights of operand k.
inline extents kernel_of(call& c, nd::window_nd const& w, int k) {
  extents kernel = w.kernel;
  extents const weights = c.dims(k);
  if (kernel.rank == 0)
    for (int i = 2; i < weights.rank; ++i) kernel.push_back(weights[i]);
  return kernel;
}
inline nd::window_nd conv_window(call& c, int weights) {
  nd::window_nd w = window_of(c);
  set_padding(c, w, c.dims(0), kernel_of(c, w, weights));
  return w;
}

inline void translate_conv(call& c) {
  int const y = nd::conv(c.graph(), widened(c, 0), widened(c, 1), optional_widened(c, 2), conv_window(c, 1),
                         c.small("group", 1), c.layer());
  result_narrowed(c, 0, y);
}

// A wanted extent of the result says the padding, as do SAME_UPPER and SAME_LOWER: stride times the operand's.
inline void set_transposed_padding(call& c, nd::window_nd& w, extents const& output_padding) {
  extents const x = c.dims(0), kernel = kernel_of(c, w, 1),
                wanted = to_list(c, c.integers("output_shape"), "output_shape");
  padding const how = padding_of(c);
  if (how == padding::none) w.before = w.after = {};
  if (wanted.rank == 0 && (how == padding::given || how == padding::none)) return;
  int const rank = x.rank - 2, skipped = wanted.rank > rank ? wanted.rank - rank : 0;
  w.before = w.after = {};
  for (int i = 0; i < rank; ++i) {
    std::int64_t const n = x[i + 2], stride = or_else(w.strides, i, 1);
    std::int64_t const size = wanted.rank != 0 ? or_else(wanted, skipped + i, 1) : n * stride;
    std::int64_t const total = stride * (n - 1) + or_else(output_padding, i, 0) +
                               (std::int64_t{or_else(kernel, i, 1)} - 1) * or_else(w.dilations, i, 1) + 1 - size;
    std::int64_t const less = total > 0 ? total / 2 : 0, more = total > 0 ? total - less : 0,
                       before = how == padding::more_after ? less : more;
    w.before.push_back(c.narrow(before, "padding"));
    w.after.push_back(c.narrow(total - before, "padding"));
  }
}
inline void translate_conv_transpose(call& c) {
  nd::window_nd w = window_of(c);
  extents const output_padding = to_list(c, c.integers("output_padding"), "output_padding");
  set_transposed_padding(c, w, output_padding);
  int const y = nd::conv_transpose(c.graph(), widened(c, 0), widened(c, 1), optional_widened(c, 2), w, output_padding,
                                   c.small("group", 1), c.layer());
  result_narrowed(c, 0, y);
}

inline nd::window_nd pool_window(call& c) {
  nd::window_nd w = window_of(c);
  if (!c.has("kernel_shape")) c.refuse("it has no kernel_shape", "export it again");
  set_padding(c, w, c.dims(0), w.kernel);
  return w;
}
inline void translate_max_pool(call& c) {
  nd::window_nd const w = pool_window(c);
  bool const ceil = c.integer("ceil_mode", 0) != 0;
  if (c.wanted(0)) result_narrowed(c, 0, nd::max_pool(c.graph(), widened(c, 0), w, ceil, c.layer()));
  if (c.wanted(1))
    c.result(1, nd::max_pool_indices(c.graph(), widened(c, 0), w, ceil, c.integer("storage_order", 0) != 0, c.layer()));
}
inline void translate_average_pool(call& c) {
  nd::window_nd const w = pool_window(c);
  result_narrowed(c, 0,
                  nd::average_pool(c.graph(), widened(c, 0), w, c.integer("ceil_mode", 0) != 0,
                                   c.integer("count_include_pad", 0) != 0, c.layer()));
}

}  // namespace hone::inline HONE_ABI::io::importing
