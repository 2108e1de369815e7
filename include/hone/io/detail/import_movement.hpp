#pragma once
#include <hone/io/detail/import_elementwise.hpp>
#include <hone/nn/nd/concat.hpp>
#include <hone/nn/nd/gather.hpp>
#include <hone/nn/nd/move.hpp>
#include <hone/nn/nd/pad.hpp>

#include <algorithm>

// Operators that arrange elements.
namespace hone::inline HONE_ABI::io::importing {

// A list that is an attribute in old opsets and operand k in newer ones; nothing where neither is given.
inline std::optional<std::vector<std::int64_t>> list_of(call& c, char const* attribute, int k) {
  if (c.has(attribute)) return c.integers(attribute);
  if (c.given(k)) return c.known_integers(k);
  return {};
}
inline std::vector<std::int64_t> required_list(call& c, char const* attribute, int k) {
  auto const list = list_of(c, attribute, k);
  if (!list) c.refuse(message("it has no ") << attribute, "export the network again");
  return *list;
}
// Numbers, one a dimension.
inline extents to_list(call& c, std::vector<std::int64_t> const& list, char const* of) {
  extents e;
  if (list.size() > static_cast<std::size_t>(max_rank))
    c.refuse(message(of) << " has " << list.size() << " elements", "use at most 8 dimensions");
  for (std::int64_t v : list) e.push_back(c.narrow(v, of));
  return e;
}
inline extents checked_dims(call& c, std::vector<std::int64_t> const& dims) {
  std::optional<extents> const e = to_extents(dims);
  if (!e)
    c.refuse("its result has extents that are negative or too large", "use at most 8 dimensions and 2^27 elements");
  return *e;
}
// Which of the dimensions the list names.
inline std::array<bool, max_rank> named_axes(call& c, std::vector<std::int64_t> const& list, int rank) {
  std::array<bool, max_rank> named{};
  for (std::int64_t v : list) {
    bool& at = named[static_cast<std::size_t>(c.axis(v, rank))];
    if (at) c.refuse(message("it names axis ") << static_cast<long long>(v) << " twice", "export the network again");
    at = true;
  }
  return named;
}

inline int reshape(call& c, int x, extents const& dims) { return c.ok(nd::reshape(c.graph(), x, dims, c.layer())); }
inline int transpose(call& c, int x, extents const& perm) { return c.ok(nd::transpose(c.graph(), x, perm, c.layer())); }
// [begin, end) of one dimension.
inline int cut(call& c, int x, int axis, int begin, int end) {
  extents dims = c.extents_of(x), starts = dims, steps = dims;
  for (int i = 0; i < dims.rank; ++i) starts[i] = 0, steps[i] = 1;
  if (begin < 0 || end < begin || end > dims[axis])
    c.refuse(message("it takes [") << begin << ", " << end << ") of an extent of " << dims[axis],
             "export the network again");
  starts[axis] = begin, dims[axis] = end - begin;
  return c.ok(nd::slice(c.graph(), x, starts, steps, dims, c.layer()));
}
// Reshapes, or does nothing where the extents are the same.
inline void result_reshaped(call& c, extents const& dims) {
  if (dims == c.dims(0)) return c.same(0, 0);
  c.result(reshape(c, c.operand(0), dims));
}

inline void translate_reshape(call& c) {
  std::vector<std::int64_t> to = required_list(c, "shape", 1);
  extents const from = c.dims(0);
  std::int64_t rest = from.size();
  std::int64_t* open = nullptr;
  for (std::size_t i = 0; i < to.size(); ++i) {
    if (to[i] == 0 && c.integer("allowzero", 0) == 0) {
      if (i >= static_cast<std::size_t>(from.rank))
        c.refuse("it copies a dimension that is not there", "export it again");
      to[i] = from[static_cast<int>(i)];
    }
    if (to[i] == -1 && open == nullptr)
      open = &to[i];
    else if (to[i] > 0)
      rest = rest % to[i] == 0 ? rest / to[i] : -1;
    if (rest < 0 || to[i] < -1)
      c.refuse(message("it makes ") << text_of(from).c_str() << " into extents that do not divide it",
               advice(fix::keep_the_number_of_elements));
  }
  if (open != nullptr) *open = rest;
  result_reshaped(c, checked_dims(c, to));
}
inline void translate_flatten(call& c) {
  extents const d = c.dims(0);
  std::int64_t const given = c.integer("axis", 1);
  int const axis = given == d.rank ? d.rank : c.axis(given, d.rank);
  result_reshaped(c, checked_dims(c, {d.count(0, axis), d.count(axis, d.rank)}));
}
inline void translate_squeeze(call& c) {
  extents const d = c.dims(0);
  auto const list = list_of(c, "axes", 1);
  auto const named = list ? named_axes(c, *list, d.rank) : std::array<bool, max_rank>{};
  extents to;
  for (int i = 0; i < d.rank; ++i) {
    bool const gone = list ? named[static_cast<std::size_t>(i)] : d[i] == 1;
    if (gone && d[i] != 1)
      c.refuse(message("it squeezes axis ") << i << " of " << text_of(d).c_str(), "export it again");
    if (!gone) to.push_back(d[i]);
  }
  result_reshaped(c, to);
}
inline void translate_unsqueeze(call& c) {
  extents const d = c.dims(0);
  std::vector<std::int64_t> const list = required_list(c, "axes", 1);
  std::int64_t const rank = d.rank + static_cast<std::int64_t>(list.size());
  if (rank > max_rank) c.refuse(message("its result has the rank ") << static_cast<long long>(rank), "use at most 8");
  auto const named = named_axes(c, list, static_cast<int>(rank));
  extents to;
  for (int i = 0, from = 0; i < rank; ++i) to.push_back(named[static_cast<std::size_t>(i)] ? 1 : d[from++]);
  result_reshaped(c, to);
}
inline void translate_transpose(call& c) {
  extents perm;
  if (c.has("perm"))
    perm = to_list(c, c.integers("perm"), "perm");
  else
    for (int i = c.rank(0); i-- > 0;) perm.push_back(i);
  c.result(transpose(c, c.operand(0), perm));
}
inline void translate_expand(call& c) {
  c.result(nd::expand(c.graph(), c.operand(0), checked_dims(c, c.known_integers(1)), c.layer()));
}
inline void translate_tile(call& c) {
  c.result(nd::tile(c.graph(), c.operand(0), to_list(c, c.known_integers(1), "repeats"), c.layer()));
}

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
