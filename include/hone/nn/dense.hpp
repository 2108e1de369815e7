#pragma once
#include <hone/nn/float_conv.hpp>
#include <hone/nn/gradient.hpp>
#include <hone/nn/int8_work.hpp>

namespace hone::inline HONE_ABI {
namespace nn {

// y[n,o] = act(bias[o] + sum over i of x[n,i] * w[i,o] (+ addend[n,o])), x flattened in NHWC order. Weights [in][out].
template <class T>
constexpr void dense_reference(op const& o, args<T> const& a) {
  int const k = o.in.size(), m = o.out.c;
  T const* const bias = a.param[slot::bias];
  for (int n = 0; n < a.batch; ++n) {
    T* const y = a.out + n * m;
    for (int j = 0; j < m; ++j) y[j] = bias != nullptr ? bias[j] : T(0);
    accumulate(y, m, k, a.in[0] + n * k, 1, a.param[slot::weight], m);
  }
  finish(o, a);
}

template <class T>
void dense_gradient(op const& o, grad_args<T> const& a) {
  int const k = o.in.size(), m = o.out.c;
  before_activation<T> const d(o, a, dense_reference<T>);
  d.add_sums_to(a.dparam[slot::bias], m);
  if (T* const dw = a.dparam[slot::weight]; dw != nullptr)
    for (int i = 0; i < k; ++i) accumulate(dw + i * m, m, a.batch, a.in[0] + i, k, d.data(), m);
  if (a.din[0] == nullptr) return;
  transposed<T> const turned(a.param[slot::weight], 1, k, m);
  for (int n = 0; n < a.batch; ++n) accumulate(a.din[0] + n * k, k, m, d.data() + n * m, 1, turned.data(), k);
}

}  // namespace nn

// Fully connected layer over the flattened input.
inline constexpr op_kind dense_kind{
    .name = "dense",
    .infer = [](op const& o, shape const*) -> inferred {
      return {{1, 1, o.out.c}, o.out.c > 0 ? fix::none : fix::use_positive_extents, {1, 1, 1}, {1, 1, o.out.c}};
    },
    .count =
        [](op const& o, vector_shape const& v) {
          if (o.from != dtype::u8) return nn::float_dense_work(o, v);
          return nn::int8_conv_work(o, nn::int8_dense_form(o), double(o.in.size()) * o.out.c, v);
        },
    .tiles =
        [](op const& o, vector_shape const& v, tile* list) {
          return o.from == dtype::u8 ? nn::int8_dense_tiles(o, v, list) : nn::float_dense_tiles(o, v, list);
        },
    .reference_f32 = nn::dense_reference<float>,
    .reference_f64 = nn::dense_reference<double>,
    .reference_i32 = nn::dense_reference<std::int32_t>,
    .linear = true,
};

namespace nn {
// Fully connected layer with bias. Parameters: weight [in][Units], bias [Units].
template <int Units>
struct dense {
  static constexpr char const* name = "dense";
  template <class G>
  static constexpr int lower(G& g, int x, int at) {
    op o = reading(dense_kind, x, at);
    o.out.c = Units;
    o.param[slot::weight] = parameter(g, at, role::weight, {1, 1, op_at(g, x).out.size(), Units});
    o.param[slot::bias] = parameter(g, at, role::bias, {1, 1, 1, Units});
    return emit(g, o);
  }
};
}  // namespace nn
}  // namespace hone::inline HONE_ABI
