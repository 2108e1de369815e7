#pragma once
#include <hone/nn/nd/arithmetic.hpp>
#include <hone/nn/nd/cast.hpp>

// The heavy operations compute f32 and f64. Their builders take f16 and bf16, too, by operations on f32 between casts,
// so that a result is rounded once.
namespace hone::inline HONE_ABI::nd {

// Whether x has one of the short float types.
template <class G>
constexpr bool is_short(G const& g, int x) {
  return is_half(op_at(g, x).type);
}
// The operands with f16 and bf16 cast to f32; -1 stays.
template <class G>
constexpr std::array<int, max_inputs> widened(G& g, std::initializer_list<int> operands, int layer) {
  std::array<int, max_inputs> wide{};
  std::size_t n = 0;
  for (int x : operands) wide[n++] = x >= 0 && is_short(g, x) ? cast(g, x, dtype::f32, layer) : x;
  return wide;
}
// y as a tensor of x's type.
template <class G>
constexpr int typed_as(G& g, int y, int x, int layer) {
  return cast(g, y, op_at(g, x).type, layer);
}

}  // namespace hone::inline HONE_ABI::nd
