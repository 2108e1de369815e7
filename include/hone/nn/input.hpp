#pragma once
#include <hone/core/graph.hpp>

namespace hone::inline HONE_ABI {

inline constexpr op_kind input_kind{
    .name = "input",
    .infer = [](op const& o, shape const*) -> inferred {
      bool const good = o.out.h > 0 && o.out.w > 0 && o.out.c > 0;
      return {o.out, good ? fix::none : fix::use_positive_extents, {1, 1, 1}, o.out};
    },
    .count = [](op const&, vector_shape const&) { return work{}; },
};

namespace nn {
// What is known of an input's values. `nonnegative` spares int8 plans the sign; they clip a negative value to 0.
enum class values : std::uint8_t { any, nonnegative };

// A layer that begins a network: it reads nothing.
template <class L>
concept input_layer = requires {
  requires L::is_input;
};

// The network's input: rows, columns and channels. Always the first layer, and the only one of its kind. A vector as dense
// layers give it is input<1, 1, n>; input<n> is a column of n rows, a signal to convolve over.
template <int H, int W = 1, int C = 1, values Values = values::any>
struct input {
  static constexpr char const* name = "input";
  static constexpr bool is_input = true;
  template <class G>
  static constexpr int lower(G& g, int, int at) {
    op o{};
    o.kind = &input_kind, o.out = {H, W, C}, o.layer = static_cast<std::int16_t>(at);
    if (Values == values::nonnegative) o.act = functions::relu();
    return emit(g, o);
  }
};
}  // namespace nn
}  // namespace hone::inline HONE_ABI
