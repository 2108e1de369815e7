#pragma once
#include <hone/nn/float_work.hpp>
#include <hone/nn/gradient.hpp>
#include <hone/nn/int8_work.hpp>

namespace hone::inline HONE_ABI {
namespace nn {

template <class T>
constexpr void add_reference(op const& o, args<T> const& a) {
  int const n = a.batch * o.out.size();
  if constexpr (static_cast<T>(0.5) == T(0)) {  // int8: each input in units of the accumulator
    T const* const m = a.param[slot::addend];
    for (int i = 0; i < n; ++i) a.out[i] = a.in[0][i] * m[0] + a.in[1][i] * m[1];
  } else {
    for (int i = 0; i < n; ++i) a.out[i] = a.in[0][i] + a.in[1][i];
  }
  activate(o.act, a.out, n);
}
template <class T>
void add_gradient(op const& o, grad_args<T> const& a) {
  before_activation<T> const d(o, a, add_reference<T>);
  d.add_to(a.din[0]), d.add_to(a.din[1]);
}

}  // namespace nn

// The sum of two activations of one shape. Passes fuse it into a linear operation before it, as its addend.
inline constexpr op_kind add_kind{
    .name = "add",
    .infer = [](op const&, shape const* in) -> inferred {
      return {in[0], in[0] == in[1] ? fix::none : fix::give_both_branches_the_same_shape, in[0], in[1]};
    },
    .count =
        [](op const& o, vector_shape const& v) {
          if (o.from == dtype::u8) return nn::int8_sum_work(o, v);
          return nn::float_elementwise_work(o, v, 2, 1);
        },
    .reference_f32 = nn::add_reference<float>,
    .reference_f64 = nn::add_reference<double>,
    .reference_i32 = nn::add_reference<std::int32_t>,
};

namespace nn {
// x + f(x), f being the layers in sequence. They must give x's shape; put a projection in `shortcut` where they don't.
template <class... Layers>
struct residual {
  static constexpr char const* name = "residual";
  template <class G>
  static constexpr int lower(G& g, int x, int at) {
    int y = x, position = 0;
    ((y = append<Layers>(g, y, at, position++)), ...);
    op o = reading(add_kind, x, at);
    o.input[1] = static_cast<std::int16_t>(y);
    return emit(g, o);
  }
};
}  // namespace nn
}  // namespace hone::inline HONE_ABI
