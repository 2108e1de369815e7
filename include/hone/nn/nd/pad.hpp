#pragma once
#include <hone/nn/nd/build.hpp>
#include <hone/nn/nd/walk.hpp>

#include <cstring>

namespace hone::inline HONE_ABI::nd {

enum class pad_mode : std::uint8_t {
  constant,
  reflect,  // 2 1 [0 1 2] 1 0
  edge,     // 0 0 [0 1 2] 2 2
  wrap,     // 1 2 [0 1 2] 0 1
};

namespace detail {
// Where coordinate i, counted from the first element that is kept, comes from in an extent of n > 0; -1: from the value.
constexpr std::int32_t padded_from(std::int32_t i, std::int32_t n, pad_mode mode) {
  if (i >= 0 && i < n) return i;
  if (mode == pad_mode::constant) return -1;
  if (mode == pad_mode::edge) return i < 0 ? 0 : n - 1;
  std::int32_t const period = mode == pad_mode::wrap ? n : n > 1 ? 2 * (n - 1) : 1;
  std::int32_t const r = i % period < 0 ? i % period + period : i % period;
  return r < n ? r : period - r;
}

// One dimension of a pad: `kept` elements of the operand from `first` on, with `before` new ones before them.
struct pad_cut {
  std::int32_t first, kept, before;
};
constexpr pad_cut cut_of(std::int32_t extent, std::int32_t before, std::int32_t after) {
  std::int32_t const first = before < 0 ? -before : 0, kept = extent - first + (after < 0 ? after : 0);
  return {first, kept, before < 0 ? 0 : before};
}
constexpr std::int32_t source_of(pad_cut c, std::int32_t at, pad_mode mode) {
  std::int32_t const from = padded_from(at - c.before, c.kept, mode);
  return from < 0 ? -1 : c.first + from;
}

// One row of the result: what is kept in one piece, what is new one by one.
template <class U>
void pad_row(U* out, U const* x, std::int32_t n, pad_cut c, pad_mode mode, U value) {
  std::int32_t const end = c.before + c.kept;
  auto const edge = [&](std::int32_t from, std::int32_t to) {
    for (std::int32_t i = from; i < to; ++i) {
      std::int32_t const s = source_of(c, i, mode);
      out[i] = s < 0 ? value : x[s];
    }
  };
  edge(0, c.before);
  if (c.kept > 0) std::memcpy(out + c.before, x + c.first, static_cast<std::size_t>(c.kept) * sizeof(U));
  edge(end, n);
}

template <class U>
void pad_rows(tensor_args const& t, U value) {
  extents const &to = t.form->dims, &from = t.in[0].dims;
  extents const steps = strides_of(from);
  auto const mode = static_cast<pad_mode>(t.form->i[2 * max_rank]);
  auto* out = static_cast<U*>(t.out);
  std::array<pad_cut, max_rank> cuts{};
  for (std::size_t k = 0; k < static_cast<std::size_t>(to.rank); ++k)
    cuts[k] = cut_of(from.at[k], t.form->i[k], t.form->i[k + max_rank]);
  int const last = to.rank - 1;
  std::array<std::int32_t, max_rank> at{};
  for (std::int64_t rows = to.count(0, last); rows-- > 0; out += to[last]) {
    std::int64_t offset = 0;
    for (int i = 0; i < last && offset >= 0; ++i) {
      auto const k = static_cast<std::size_t>(i);
      std::int32_t const s = cuts[k].kept > 0 ? source_of(cuts[k], at[k], mode) : -1;
      offset = s < 0 ? -1 : offset + std::int64_t{s} * steps[i];
    }
    if (offset < 0)
      for (std::int32_t i = 0; i < to[last]; ++i) out[i] = value;
    else
      pad_row(out, t.in[0].as<U>() + offset, to[last], cuts[static_cast<std::size_t>(last)], mode, value);
    for (int i = last; i-- > 0 && ++at[static_cast<std::size_t>(i)] == to[i];) at[static_cast<std::size_t>(i)] = 0;
  }
}
}  // namespace detail

// Attributes: elements before, after from max_rank on, then the mode.
inline void evaluate_pad(tensor_args const& t) {
  if (t.form->dims.size() == 0) return;
  with_bits(size_of(t.type), [&]<class U>(U value) {
    if (t.in[1].present()) std::memcpy(&value, t.in[1].data, sizeof value);
    if (t.form->dims.rank == 0)
      std::memcpy(t.out, t.in[0].data, sizeof value);
    else
      detail::pad_rows(t, value);
  });
}

inline constexpr op_kind pad_kind = tensor_kind("pad", evaluate_pad);

// x with before[i] elements before and after[i] behind it along dimension i; negative counts cut off, before anything is
// added. `value`: the operation whose one element, of x's type, a constant pad puts there; -1: zero. Other modes want an
// element to repeat.
template <class G>
constexpr int pad(G& g, int x, extents const& before, extents const& after, pad_mode mode, int value = -1,
                  int layer = -1) {
  op const o = reading(g, pad_kind, layer, {x, value});
  if (value >= 0) want_type(g, o, op_at(g, value).type == o.type);
  if (value >= 0 && dims_of(g, value).size() != 1) misfit(g, o, fix::give_valid_attributes, {}, dims_of(g, value));
  extents const from = dims_of(g, x);
  tensor_form f{.dims = from};
  bool fits = before.rank == from.rank && after.rank == from.rank;
  for (int i = 0; fits && i < from.rank; ++i) {
    std::int64_t const kept = std::int64_t{from[i]} + (before[i] < 0 ? before[i] : 0) + (after[i] < 0 ? after[i] : 0);
    std::int64_t const n = std::int64_t{from[i]} + before[i] + after[i];
    fits = kept >= 0 && n <= most_elements && (kept > 0 || n == 0 || mode == pad_mode::constant);
    auto const k = static_cast<std::size_t>(i);
    if (fits) f.dims[i] = static_cast<std::int32_t>(n), f.i[k] = before[i], f.i[k + max_rank] = after[i];
  }
  if (!fits) misfit(g, o, fix::give_valid_attributes, from, before), f.dims = from;
  f.i[2 * max_rank] = static_cast<std::int32_t>(mode);
  return emit_tensor(g, o, f);
}

}  // namespace hone::inline HONE_ABI::nd
