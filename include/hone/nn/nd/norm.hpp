#pragma once
#include <hone/nn/nd/widened.hpp>

#include <cmath>

namespace hone::inline HONE_ABI::nd {

// Normalisations of x, a tensor of floats: y = scale * (x - mean) / sqrt(variance + epsilon) + bias, where mean and
// variance (of all, not of all but one) are given or those of a group of x. Scales and biases are of x's type.

// Attributes: i = { groups or axis, what comes out }, f = { epsilon, ... }.
enum class norm_result : std::uint8_t { value, mean, inverse_deviation };

// Mean and 1 / sqrt(variance + epsilon) of n numbers, added up in double.
struct moments {
  double mean{}, inverse{};
};
template <class T>
moments moments_of(T const* x, std::ptrdiff_t n, double epsilon) {
  double sum = 0, squares = 0;
  for (std::ptrdiff_t i = 0; i < n; ++i) sum += static_cast<double>(x[i]);
  double const mean = n > 0 ? sum / static_cast<double>(n) : 0;
  for (std::ptrdiff_t i = 0; i < n; ++i)
    squares += (static_cast<double>(x[i]) - mean) * (static_cast<double>(x[i]) - mean);
  return {mean, 1 / std::sqrt((n > 0 ? squares / static_cast<double>(n) : 0) + epsilon)};
}
// The same by the routines of an instruction set, where there are any.
template <class T>
moments moments_of(tensor_args const& a, T const* x, std::ptrdiff_t n, double epsilon) {
  if constexpr (std::is_same_v<T, float>)
    if (a.math != nullptr && n > 0) {
      double mean{}, variance{};
      a.math->moments(x, static_cast<int>(n), &mean, &variance);
      return {mean, 1 / std::sqrt(variance + epsilon)};
    }
  return moments_of(x, n, epsilon);
}
// y = (x - mean) * factor * scale + bias (null: none), scale and bias one number (step 0) or n.
template <class T>
void normalize(tensor_args const& a, T* y, T const* x, std::ptrdiff_t n, T mean, T factor, T const* scale,
               T const* bias, int step) {
  if constexpr (std::is_same_v<T, float>)
    if (a.math != nullptr) return a.math->normalize(x, y, static_cast<int>(n), mean, factor, scale, bias, step);
  if (step == 0) {
    T const all = factor * *scale, shift = bias != nullptr ? *bias : T{};
    for (std::ptrdiff_t i = 0; i < n; ++i) y[i] = (x[i] - mean) * all + shift;
    return;
  }
  for (std::ptrdiff_t i = 0; i < n; ++i) y[i] = (x[i] - mean) * factor * scale[i];
  for (std::ptrdiff_t i = 0; bias != nullptr && i < n; ++i) y[i] += bias[i];
}

inline void evaluate_batch_norm(tensor_args const& a) {
  extents const& d = a.form->dims;
  int const channels = d.rank > 1 ? d[1] : 1;
  std::ptrdiff_t const inner = d.count(2, d.rank), n = d.rank > 0 ? d[0] : 1;
  with_float(a.type, [&]<class T>(T) {
    T const *x = a.in[0].as<T>(), *scale = a.in[1].as<T>(), *bias = a.in[2].as<T>(), *mean = a.in[3].as<T>(),
            *variance = a.in[4].as<T>();
    T* y = static_cast<T*>(a.out);
    for (std::ptrdiff_t i = 0; i < n; ++i)
      for (int c = 0; c < channels; ++c, x += inner, y += inner)
        normalize(
            a, y, x, inner, mean[c], 1 / std::sqrt(variance[c] + static_cast<T>(a.form->f[0])), scale + c, bias + c, 0);
  });
}
// x is [n][c][spatial]; each of the n * groups runs of channels has moments of its own. Scales are one a channel, or
// one a group.
inline void evaluate_group_norm(tensor_args const& a) {
  extents const& d = a.form->dims;
  int const groups = a.form->i[0], channels = d[1], own = groups > 0 ? channels / groups : 0;
  std::ptrdiff_t const inner = d.count(2, d.rank);
  bool const by_group = a.in[1].dims.size() == groups;
  with_float(a.type, [&]<class T>(T) {
    T const *x = a.in[0].as<T>(), *scale = a.in[1].as<T>(), *bias = a.in[2].as<T>();
    T* y = static_cast<T*>(a.out);
    for (std::ptrdiff_t i = 0; i < std::ptrdiff_t{d[0]} * groups; ++i) {
      int const group = static_cast<int>(i % groups);
      moments const m = moments_of(a, x, own * inner, static_cast<double>(a.form->f[0]));
      for (int c = 0; c < own; ++c, x += inner, y += inner) {
        int const at = by_group ? group : group * own + c;
        normalize(a, y, x, inner, static_cast<T>(m.mean), static_cast<T>(m.inverse), scale + at, bias + at, 0);
      }
    }
  });
}
inline void evaluate_layer_norm(tensor_args const& a) {
  extents const& d = a.in[0].dims;
  int const axis = a.form->i[0];
  auto const what = static_cast<norm_result>(a.form->i[1]);
  std::ptrdiff_t const rows = d.count(0, axis), n = d.count(axis, d.rank);
  auto const offset = [n](tensor_view const& v, std::ptrdiff_t row) {  // scales may have rows of their own
    std::ptrdiff_t const have = v.dims.size() / (n > 0 ? n : 1);
    return have > 1 ? row % have * n : 0;
  };
  with_float(a.type, [&]<class T>(T) {
    T const *x = a.in[0].as<T>(), *scale = a.in[1].as<T>(), *bias = a.in[2].as<T>();
    T* y = static_cast<T*>(a.out);
    for (std::ptrdiff_t r = 0; r < rows; ++r, x += n) {
      moments const m = moments_of(a, x, n, static_cast<double>(a.form->f[0]));
      T const mean = static_cast<T>(m.mean), inverse = static_cast<T>(m.inverse);
      if (what != norm_result::value) {
        *y++ = what == norm_result::mean ? mean : inverse;
        continue;
      }
      T const* const s = scale + offset(a.in[1], r);
      T const* const b = bias != nullptr ? bias + offset(a.in[2], r) : nullptr;
      normalize(a, y, x, n, mean, inverse, s, b, 1);
      y += n;
    }
  });
}
inline constexpr op_kind batch_norm_kind = tensor_kind("batch_norm_nd", evaluate_batch_norm, tensor_row_work<2, 1>);
inline constexpr op_kind group_norm_kind = tensor_kind("group_norm", evaluate_group_norm, tensor_row_work<6, 3>);
inline constexpr op_kind layer_norm_kind = tensor_kind("layer_norm", evaluate_layer_norm, tensor_row_work<7, 5>);

// A normalisation's op and form are built here: result like x. Operands after x are given from slot 1 on.
template <class G>
constexpr int norm(G& g, op_kind const& kind, int x, std::initializer_list<int> operands, bool fit, tensor_form f,
                   int layer) {
  if (is_short(g, x)) {
    int const from = widened(g, {x}, layer)[0];
    auto const in = widened(g, operands, layer);
    int const y = operands.size() == 0   ? norm(g, kind, from, {}, fit, f, layer)
                  : operands.size() == 2 ? norm(g, kind, from, {in[0], in[1]}, fit, f, layer)
                                         : norm(g, kind, from, {in[0], in[1], in[2], in[3]}, fit, f, layer);
    return typed_as(g, y, x, layer);
  }
  op o = nn::reading(kind, x, layer);
  o.type = op_at(g, x).type;
  bool typed = is_real(o.type);
  int slot = 0;
  for (int y : operands) {
    set_operand(o, ++slot, y);
    typed = typed && (y < 0 || op_at(g, y).type == o.type);
  }
  extents const dx = dims_of(g, x);
  if (!typed) misfit(g, o, fix::give_a_supported_type, dx, dx);
  if (!fit) misfit(g, o, fix::give_extents_that_match, dx, slot > 0 ? dims_of(g, o.input[1]) : dx);
  if (f.dims.rank == 0) f.dims = dx;
  set_work(g, o, 2.0 * static_cast<double>(dx.size()), 0);
  return emit_tensor(g, o, f);
}

// Per channel (dimension 1), by given moments: scale, bias, mean and variance are [c].
template <class G>
constexpr int batch_norm(G& g, int x, int scale, int bias, int mean, int variance, float epsilon = 1e-5f,
                         int layer = -1) {
  extents const d = dims_of(g, x);
  int const channels = d.rank > 1 ? d[1] : 1;
  bool fit = true;
  for (int y : {scale, bias, mean, variance}) fit = fit && op_at(g, y).out.size() == channels;
  return norm(g, batch_norm_kind, x, {scale, bias, mean, variance}, fit, {.f = {epsilon}}, layer);
}
// Over each run of c / groups channels and all positions. scale and bias are [c] or [groups] (opset 18).
template <class G>
constexpr int group_norm(G& g, int x, int scale, int bias, int groups, float epsilon = 1e-5f, int layer = -1) {
  extents const d = dims_of(g, x);
  int const n = op_at(g, scale).out.size();
  bool const fit =
      d.rank >= 2 && groups > 0 && d[1] % groups == 0 && (n == d[1] || n == groups) && op_at(g, bias).out.size() == n;
  return norm(g, group_norm_kind, x, {scale, bias}, fit, {.i = {groups}, .f = {epsilon}}, layer);
}
// Over all positions of each channel; scale and bias are [c].
template <class G>
constexpr int instance_norm(G& g, int x, int scale, int bias, float epsilon = 1e-5f, int layer = -1) {
  extents const d = dims_of(g, x);
  return group_norm(g, x, scale, bias, d.rank > 1 ? d[1] : 0, epsilon, layer);
}
template <class G>
constexpr int layer_norm_part(G& g, int x, std::initializer_list<int> operands, int axis, float epsilon,
                              norm_result what, int layer) {
  extents const d = dims_of(g, x);
  if (axis < 0) axis += d.rank;
  bool fit = axis >= 0 && axis < d.rank;
  std::int64_t const n = fit ? d.count(axis, d.rank) : 1;
  for (int y : operands) {
    std::int64_t const size = y >= 0 ? op_at(g, y).out.size() : n, rows = n > 0 ? size / n : 0;
    fit = fit && (n == 0 || (rows > 0 && size % n == 0 && d.count(0, axis) % rows == 0));
  }
  tensor_form f{.i = {axis, static_cast<int>(what)}, .f = {epsilon}};
  if (what != norm_result::value)
    for (int i = 0; i < d.rank; ++i) f.dims.push_back(i < axis ? d[i] : 1);
  return norm(g, layer_norm_kind, x, operands, fit, f, layer);
}
// Over the dimensions from `axis` (may be negative) on. scale and bias (-1: none) have those extents, and may have some
// of the last dimensions before them.
template <class G>
constexpr int layer_norm(G& g, int x, int scale, int bias, int axis = -1, float epsilon = 1e-5f, int layer = -1) {
  return layer_norm_part(g, x, {scale, bias}, axis, epsilon, norm_result::value, layer);
}
// ONNX's other outputs of LayerNormalization: the mean, and 1 / sqrt(variance + epsilon), of each row.
template <class G>
constexpr int layer_norm_mean(G& g, int x, int axis = -1, int layer = -1) {
  return layer_norm_part(g, x, {}, axis, 1e-5f, norm_result::mean, layer);
}
template <class G>
constexpr int layer_norm_inverse_deviation(G& g, int x, int axis = -1, float epsilon = 1e-5f, int layer = -1) {
  return layer_norm_part(g, x, {}, axis, epsilon, norm_result::inverse_deviation, layer);
}

}  // namespace hone::inline HONE_ABI::nd
