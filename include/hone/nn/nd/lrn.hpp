#pragma once
#include <hone/nn/nd/widened.hpp>

#include <cmath>

namespace hone::inline HONE_ABI::nd {

// Attributes: i = { size }, f = { alpha, beta, bias }.
inline void evaluate_lrn(tensor_args const& a) {
  extents const& d = a.form->dims;
  int const size = a.form->i[0], channels = d[1];
  std::ptrdiff_t const inner = d.count(2, d.rank);
  with_float(a.type, [&]<class T>(T) {
    T const alpha = static_cast<T>(a.form->f[0]) / static_cast<T>(size), beta = static_cast<T>(a.form->f[1]),
            bias = static_cast<T>(a.form->f[2]);
    T const* x = a.in[0].as<T>();
    T* y = static_cast<T*>(a.out);
    for (int image = 0; image < d[0]; ++image)
      for (int c = 0; c < channels; ++c, x += inner, y += inner) {
        int const before = (size - 1) / 2 < c ? (size - 1) / 2 : c, room = channels - 1 - c,
                  after = size / 2 < room ? size / 2 : room;
        for (std::ptrdiff_t i = 0; i < inner; ++i) y[i] = T{};
        for (int other = -before; other <= after; ++other)
          for (std::ptrdiff_t i = 0; i < inner; ++i) y[i] += x[other * inner + i] * x[other * inner + i];
        for (std::ptrdiff_t i = 0; i < inner; ++i) y[i] = x[i] / std::pow(bias + alpha * y[i], beta);
      }
  });
}
inline constexpr op_kind lrn_kind = tensor_kind("lrn", evaluate_lrn);

// Local response normalisation over the channels of x, [n][c][spatial]: x / (bias + alpha / size * sum of
// squares)^beta, the sum over `size` neighbouring channels, (size - 1) / 2 of them before.
template <class G>
constexpr int lrn(G& g, int x, int size, float alpha = 1e-4f, float beta = 0.75f, float bias = 1, int layer = -1) {
  if (is_short(g, x)) {
    auto const in = widened(g, {x}, layer);
    int const y = lrn(g, in[0], size, alpha, beta, bias, layer);
    return typed_as(g, y, x, layer);
  }
  op o = nn::reading(lrn_kind, x, layer);
  o.type = op_at(g, x).type;
  extents const d = dims_of(g, x);
  if (!is_real(o.type)) misfit(g, o, fix::give_a_supported_type, d, d);
  if (d.rank < 2) misfit(g, o, fix::give_a_supported_rank, {1, 1}, d);
  if (size < 1) misfit(g, o, fix::give_valid_attributes, {1}, {size});
  set_work(g, o, static_cast<double>(d.size()) * size, 0);
  return emit_tensor(g, o, {.dims = d, .i = {size}, .f = {alpha, beta, bias}});
}

}  // namespace hone::inline HONE_ABI::nd
