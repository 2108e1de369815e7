#pragma once
#include <hone/io/detail/import_movement.hpp>

#include <cmath>

// Operators whose results depend on shapes, attributes and known operands alone.
namespace hone::inline HONE_ABI::io::importing {

inline void result_integers(call& c, std::vector<std::int64_t> const& list, bool scalar = false) {
  auto const n = static_cast<std::int32_t>(list.size());
  known_values::writable const w = c.make(dtype::i64, scalar ? extents{} : extents{n});
  if (n != 0) std::memcpy(w.data, list.data(), list.size() * sizeof list[0]);
  c.result(0, w.view);
}
inline void result_floats(call& c, std::vector<float> const& list, bool scalar = false) {
  auto const n = static_cast<std::int32_t>(list.size());
  known_values::writable const w = c.make(dtype::f32, scalar ? extents{} : extents{n});
  if (n != 0) std::memcpy(w.data, list.data(), list.size() * sizeof list[0]);
  c.result(0, w.view);
}

inline void translate_constant(call& c) {
  if (c.node.attributes.size() == 1) {
    onnx::attribute const* const a = c.find(c.node.attributes[0].name.c_str());
    if (a != nullptr && a->name == "value" && a->type == onnx::attribute_type::t)
      return c.result(0, view_of(a->t(), c.node.outputs.empty() ? c.node.name : c.node.outputs[0]));
    if (c.has("value_float")) return result_floats(c, {c.number("value_float", 0)}, true);
    if (c.has("value_floats")) return result_floats(c, c.numbers("value_floats"));
    if (c.has("value_int")) return result_integers(c, {c.integer("value_int", 0)}, true);
    if (c.has("value_ints")) return result_integers(c, c.integers("value_ints"));
  }
  c.refuse("it has no value, or one of strings, or a sparse one", "store it as a tensor of numbers");
}

inline void translate_shape(call& c) {
  extents const d = c.dims(0);
  auto const clipped = [&](std::int64_t v) { return std::clamp<std::int64_t>(v < 0 ? v + d.rank : v, 0, d.rank); };
  std::int64_t const begin = clipped(c.integer("start", 0)), end = clipped(c.integer("end", d.rank));
  std::vector<std::int64_t> list;
  for (std::int64_t i = begin; i < end; ++i) list.push_back(d[static_cast<int>(i)]);
  result_integers(c, list);
}
inline void translate_size(call& c) { result_integers(c, {c.dims(0).size()}, true); }

inline void translate_constant_of_shape(call& c) {
  extents const dims = checked_dims(c, c.known_integers(0));
  onnx::attribute const* const a = c.find("value");
  if (a != nullptr && (a->type != onnx::attribute_type::t || a->t().elements() != 1))
    c.refuse("its value is not one number", "export it again");
  int const value = a != nullptr ? c.constant(view_of(a->t(), c.node.name)) : c.scalar(0, dtype::f32);
  c.result(nd::expand(c.graph(), reshape(c, value, {}), dims, c.layer()));
}

// n numbers; number i is value(i).
template <class F>
void result_range(call& c, double n, F value) {
  if (!(n <= most_elements))
    c.refuse("it has a step of 0, or over 2^27 elements", "give start, limit and delta that fit");
  auto const count = n > 0 ? static_cast<std::int32_t>(n) : 0;
  known_values::writable const w = c.make(c.type(0), {count});
  for (std::int32_t i = 0; i < count; ++i) {
    auto const v = value(i);
    std::memcpy(w.data + static_cast<std::size_t>(i) * sizeof v, &v, sizeof v);
  }
  c.result(0, w.view);
}
template <class T, class F>
void float_range(call& c, T, F store) {
  double const start = c.known_number(0), limit = c.known_number(1), step = c.known_number(2);
  result_range(c, std::ceil((limit - start) / step),
               [&](std::int32_t i) { return store(static_cast<T>(start) + static_cast<T>(i) * static_cast<T>(step)); });
}
// Integers wrap. Ends that are over 2^63 apart are refused.
template <class T>
void integer_range(call& c, T) {
  std::int64_t const start = c.known_integer(0), limit = c.known_integer(1), step = c.known_integer(2);
  auto const first = static_cast<std::uint64_t>(start), by = static_cast<std::uint64_t>(step);
  double n = std::numeric_limits<double>::infinity();
  if (std::int64_t way{}; step != 0 && !__builtin_sub_overflow(limit, start, &way) && way != INT64_MIN)
    n = static_cast<double>(way / step + (way % step != 0 && (way < 0) == (step < 0) ? 1 : 0));
  result_range(c, n, [&](std::int32_t i) { return static_cast<T>(first + static_cast<std::uint64_t>(i) * by); });
}
inline void translate_range(call& c) {
  switch (c.type(0)) {
    case dtype::f32: return float_range(c, float{}, [](float v) { return v; });
    case dtype::f64: return float_range(c, double{}, [](double v) { return v; });
    case dtype::f16: return float_range(c, float{}, to_f16);
    case dtype::bf16: return float_range(c, float{}, to_bf16);
    case dtype::i64: return integer_range(c, std::int64_t{});
    case dtype::i32: return integer_range(c, std::int32_t{});
    case dtype::i16: return integer_range(c, std::int16_t{});
    default: c.refuse(message("its type is ") << name(c.type(0)), "use a float, INT16, INT32 or INT64");
  }
}

// The places of what is not zero, [rank][how many]: their number is part of the shape, so it has to be known.
inline void translate_non_zero(call& c) {
  tensor_view const& x = c.must_know(0);
  extents const steps = strides_of(x.dims);
  std::vector<std::int64_t> found;
  for (std::int64_t i = 0; i < x.dims.size(); ++i)
    if (number_at(x, i) != 0) found.push_back(i);
  auto const n = static_cast<std::int64_t>(found.size());
  known_values::writable const w = c.make(dtype::i64, checked_dims(c, {x.dims.rank, n}));
  for (int d = 0; d < x.dims.rank; ++d)
    for (std::int64_t k = 0; k < n; ++k) {
      std::int64_t const place = found[static_cast<std::size_t>(k)] / steps[d] % x.dims[d];
      std::memcpy(w.data + (d * n + k) * 8, &place, 8);
    }
  c.result(0, w.view);
}

// A boolean matrix of the last two dimensions of x's, true where (column - row - k >= 0) == upper; all else of its result
// is 0.
inline void translate_trilu(call& c) {
  extents const d = c.dims(0);
  if (d.rank < 2) c.refuse(message("its operand has the rank ") << d.rank, "give 2 or more");
  bool const upper = c.integer("upper", 1) != 0;
  std::int64_t const k = c.given(1) ? c.known_integer(1) : 0;
  int const rows = d[d.rank - 2], columns = d[d.rank - 1];
  known_values::writable const mask = c.make(dtype::boolean, {rows, columns});
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t j = 0; j < columns; ++j) mask.data[i * columns + j] = std::byte{upper ? j - i >= k : j - i <= k};
  c.result(nd::where(c.graph(), c.constant(mask.view), c.operand(0), c.scalar(0, c.type(0)), c.layer()));
}
inline void translate_eye_like(call& c) {
  extents const d = c.dims(0);
  if (d.rank != 2) c.refuse(message("its operand has the rank ") << d.rank, "give 2");
  dtype const type = c.has("dtype") ? type_named(c, "dtype", c.integer("dtype", 1)) : c.type(0);
  std::int64_t const k = c.integer("k", 0);
  known_values::writable const mask = c.make(dtype::u8, d);
  for (std::int64_t i = 0; i < d[0]; ++i)
    for (std::int64_t j = 0; j < d[1]; ++j) mask.data[i * d[1] + j] = std::byte{j - i == k};
  c.result(nd::cast(c.graph(), c.constant(mask.view), type, c.layer()));
}

// One-hot: on where the indices equal the places along a new axis, else off. Negative indices count from the end.
inline void translate_one_hot(call& c) {
  double const depth = c.known_number(1);
  if (!(depth >= 1 && depth <= most_elements)) c.refuse("its depth is not positive, or too large", "export it again");
  auto const n = static_cast<std::int64_t>(depth);
  extents const d = c.dims(0);
  if (d.rank == max_rank) c.refuse("its result has a rank over 8", "use fewer dimensions");
  int const axis = c.axis(c.integer("axis", -1), d.rank + 1);
  extents with, places;
  for (int i = 0; i <= d.rank; ++i) {
    with.push_back(i < axis ? d[i] : i == axis ? 1 : d[i - 1]);
    places.push_back(i == axis ? static_cast<std::int32_t>(n) : 1);
  }
  known_values::writable const all = c.make(dtype::i64, places);
  for (std::int64_t i = 0; i < n; ++i) std::memcpy(all.data + i * 8, &i, 8);
  int index = cast(c, reshape(c, c.operand(0), with), dtype::i64);
  int const negative = binary(c, index, c.scalar(0, dtype::i64), nd::binary_fn::less),
            wrapped = binary(c, index, c.scalar(static_cast<double>(n), dtype::i64), nd::binary_fn::add);
  index = c.ok(nd::where(c.graph(), negative, wrapped, index, c.layer()));
  extents const one{1};
  int const hot = binary(c, index, c.constant(all.view), nd::binary_fn::equal), values = c.operand(2);
  int const off = reshape(c, cut(c, values, 0, 0, 1), one), on = reshape(c, cut(c, values, 0, 1, 2), one);
  c.result(nd::where(c.graph(), hot, on, off, c.layer()));
}

}  // namespace hone::inline HONE_ABI::io::importing
