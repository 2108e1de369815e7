#pragma once
#include <hone/io/detail/import_shape.hpp>
#include <hone/nn/nd/concat.hpp>
#include <hone/nn/nd/gather.hpp>
#include <hone/nn/nd/pad.hpp>

// Operators that arrange elements: joined, cut, padded, gathered.
namespace hone::inline HONE_ABI::io::importing {

inline void translate_concat(call& c) {
  if (c.operands() == 0) c.refuse("it has no operands", "export it again");
  if (c.operands() == 1) return c.same(0, 0);
  int const axis = c.axis(c.integer("axis", 1), c.rank(0));
  std::vector<int> parts;
  for (int k = 0; k < c.operands(); ++k) parts.push_back(c.operand(k));
  c.result(nd::concat(c.graph(), parts, axis, c.layer()));
}

// Sizes are given (as an attribute before opset 13), or equal, the last one smaller.
inline void translate_split(call& c) {
  int const axis = c.axis(c.integer("axis", 0), c.rank(0));
  std::int64_t const extent = c.dims(0)[axis];
  auto sizes = list_of(c, "split", 1);
  if (!sizes) {
    std::int64_t const parts = c.integer("num_outputs", c.results());
    if (parts < 1 || parts > c.results()) c.refuse("its number of results is wrong", "export it again");
    std::int64_t const size = (extent + parts - 1) / parts;
    sizes.emplace();
    for (std::int64_t i = 0, at = 0; i < parts; ++i, at += size)
      sizes->push_back(std::max<std::int64_t>(0, std::min(size, extent - at)));
  }
  std::int64_t at = 0;
  for (std::size_t k = 0; k < sizes->size(); ++k) {
    std::int64_t const size = (*sizes)[k];
    if (size < 0 || size > extent - at)
      c.refuse(message("its parts do not fit into an extent of ") << static_cast<long long>(extent), "export it again");
    if (c.wanted(static_cast<int>(k)))
      c.result(static_cast<int>(k), cut(c, c.operand(0), axis, static_cast<int>(at), static_cast<int>(at + size)));
    at += size;
  }
  if (at != extent || sizes->size() < static_cast<std::size_t>(c.results()))
    c.refuse(message("its parts do not fill an extent of ") << static_cast<long long>(extent), "export it again");
}

// Begins, ends, axes and steps are attributes before opset 10. Ends are clipped to the extent, as numpy does.
inline void translate_slice(call& c) {
  std::vector<std::int64_t> const begins = required_list(c, "starts", 1), ends = required_list(c, "ends", 2);
  auto const axes = list_of(c, "axes", 3), strides = list_of(c, "steps", 4);
  extents const from = c.dims(0);
  extents starts = from, steps = from, to = from;
  for (int i = 0; i < from.rank; ++i) starts[i] = 0, steps[i] = 1;
  if (ends.size() != begins.size() || (axes && axes->size() != begins.size()) ||
      (strides && strides->size() != begins.size()))
    c.refuse("its starts, ends, axes and steps differ in length", "export it again");
  for (std::size_t k = 0; k < begins.size(); ++k) {
    int const i = c.axis(axes ? (*axes)[k] : static_cast<std::int64_t>(k), from.rank);
    std::int64_t const n = from[i], step = strides ? (*strides)[k] : 1;
    if (step == 0) c.refuse("its step is 0", "export it again");
    std::int64_t const low = step > 0 ? 0 : -1, high = step > 0 ? n : n - 1;
    auto const clipped = [&](std::int64_t v) { return std::clamp(v < 0 ? v + n : v, low, high); };
    std::int64_t const begin = clipped(begins[k]), end = clipped(ends[k]), way = step > 0 ? end - begin : begin - end,
                       size = step > n    ? 1
                              : step < -n ? 1
                              : step > 0  ? step
                                          : -step;
    bool const jumps = step > n || step < -n;  // at most one element
    starts[i] = static_cast<std::int32_t>(way > 0 ? begin : 0);
    steps[i] = jumps ? 1 : static_cast<std::int32_t>(step);
    to[i] = way <= 0 ? 0 : jumps ? 1 : static_cast<std::int32_t>((way + size - 1) / size);
  }
  if (to == from && std::all_of(steps.begin(), steps.end(), [](int s) { return s == 1; })) return c.same(0, 0);
  c.result(nd::slice(c.graph(), c.operand(0), starts, steps, to, c.layer()));
}

inline nd::pad_mode pad_mode_of(call& c) {
  std::string_view const mode = c.text("mode", "constant");
  if (mode == "constant") return nd::pad_mode::constant;
  if (mode == "reflect") return nd::pad_mode::reflect;
  if (mode == "edge") return nd::pad_mode::edge;
  if (mode == "wrap") return nd::pad_mode::wrap;
  c.refuse_value("mode", mode, "constant, reflect, edge and wrap");
}
inline void translate_pad(call& c) {
  std::vector<std::int64_t> const pads = required_list(c, c.has("paddings") ? "paddings" : "pads", 1);
  int const rank = c.rank(0);
  std::vector<std::int64_t> axes;
  if (c.given(3))
    axes = c.known_integers(3);
  else
    for (int i = 0; i < rank; ++i) axes.push_back(i);
  if (pads.size() != 2 * axes.size())
    c.refuse(message("it has ") << pads.size() << " pads for " << axes.size() << " axes", "export it again");
  named_axes(c, axes, rank);
  extents before, after;
  for (int i = 0; i < rank; ++i) before.push_back(0), after.push_back(0);
  for (std::size_t k = 0; k < axes.size(); ++k) {
    int const i = c.axis(axes[k], rank);
    before[i] = c.narrow(pads[k], "pads"), after[i] = c.narrow(pads[k + axes.size()], "pads");
  }
  nd::pad_mode const mode = pad_mode_of(c);
  int value = -1;
  if (c.given(2))
    value = c.operand(2);
  else if (float const v = c.number("value", 0); v != 0)
    value = c.scalar(static_cast<double>(v), c.type(0));
  c.result(nd::pad(c.graph(), c.operand(0), before, after, mode, value, c.layer()));
}

inline void translate_gather(call& c) {
  c.result(nd::gather(c.graph(), c.operand(0), c.operand(1), c.axis(c.integer("axis", 0), c.rank(0)), c.layer()));
}
inline void translate_gather_elements(call& c) {
  c.result(
      nd::gather_elements(c.graph(), c.operand(0), c.operand(1), c.axis(c.integer("axis", 0), c.rank(0)), c.layer()));
}
inline void translate_gather_nd(call& c) {
  std::int64_t const batches = c.integer("batch_dims", 0);
  if (batches < 0 || batches > c.rank(0)) c.refuse("its batch_dims is no number of dimensions", "export it again");
  c.result(nd::gather_nd(c.graph(), c.operand(0), c.operand(1), static_cast<int>(batches), c.layer()));
}

// Pixels to channels and back: [n][c][h][w], blocks of b x b pixels.
inline void translate_depth_to_space(call& c) {
  extents const d = c.dims(0);
  int const b = c.small("blocksize", 0);
  std::string_view const mode = c.text("mode", "DCR");
  if (mode != "DCR" && mode != "CRD") c.refuse_value("mode", mode, "DCR and CRD");
  if (d.rank != 4 || b < 1 || b > 4096 || d[1] % (b * b) != 0)
    c.refuse(message("its operand ") << text_of(d).c_str() << " is not in blocks of " << b, "export it again");
  int const depth = d[1] / (b * b);
  int y = mode == "DCR" ? reshape(c, c.operand(0), {d[0], b, b, depth, d[2], d[3]})
                        : reshape(c, c.operand(0), {d[0], depth, b, b, d[2], d[3]});
  y = transpose(c, y, mode == "DCR" ? extents{0, 3, 4, 1, 5, 2} : extents{0, 1, 4, 2, 5, 3});
  c.result(reshape(c, y, checked_dims(c, {d[0], depth, std::int64_t{d[2]} * b, std::int64_t{d[3]} * b})));
}
inline void translate_space_to_depth(call& c) {
  extents const d = c.dims(0);
  int const b = c.small("blocksize", 0);
  std::string_view const mode = c.text("mode", "DCR");
  if (mode != "DCR" && mode != "CRD") c.refuse_value("mode", mode, "DCR and CRD");
  if (d.rank != 4 || b < 1 || b > 4096 || d[2] % b != 0 || d[3] % b != 0)
    c.refuse(message("its operand ") << text_of(d).c_str() << " is not in blocks of " << b, "export it again");
  int const blocks = reshape(c, c.operand(0), {d[0], d[1], d[2] / b, b, d[3] / b, b}),
            y = transpose(c, blocks, mode == "DCR" ? extents{0, 3, 5, 1, 2, 4} : extents{0, 1, 3, 5, 2, 4});
  c.result(reshape(c, y, checked_dims(c, {d[0], std::int64_t{d[1]} * b * b, d[2] / b, d[3] / b})));
}

}  // namespace hone::inline HONE_ABI::io::importing
