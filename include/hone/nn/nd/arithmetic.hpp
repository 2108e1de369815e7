#pragma once
#include <hone/nn/layer.hpp>
#include <hone/nn/nd/build.hpp>

// What the heavy operations share: checks of builders, and numbers of any type.
namespace hone::inline HONE_ABI::nd {

// Operand `slot` of o is x (-1: absent).
constexpr void set_operand(op& o, int slot, int x) {
  o.input[static_cast<std::size_t>(slot)] = static_cast<std::int16_t>(x);
}
// Sets o.macs and o.scratch; scratch that is too large is noted.
template <class G>
constexpr void set_work(G& g, op& o, double macs, double scratch_bytes) {
  constexpr double most = 0x7fffff00;
  o.macs = macs < most ? static_cast<std::int32_t>(macs) : 0x7fffff00;
  if (scratch_bytes > most)
    misfit(g, o, fix::use_smaller_extents, {1, 1, most_elements}, {1, 1, -1}), scratch_bytes = 0;
  o.scratch = static_cast<std::int32_t>(scratch_bytes);
}

constexpr bool is_real(dtype t) { return t == dtype::f32 || t == dtype::f64; }
constexpr bool is_byte(dtype t) { return t == dtype::u8 || t == dtype::i8; }

// Whether x is absent, or has n elements of type t.
template <class G>
constexpr bool fits(G const& g, int x, dtype t, std::int64_t n) {
  return x < 0 || (op_at(g, x).type == t && op_at(g, x).out.size() == n);
}

// Element i of a view, whatever its type, as a T. Not for inner loops.
template <class T>
T element(tensor_view const& v, std::ptrdiff_t i) {
  return with_stored(v.type, [&]<class S>(S) { return static_cast<T>(value_of(v.as<S>()[i])); });
}

}  // namespace hone::inline HONE_ABI::nd
