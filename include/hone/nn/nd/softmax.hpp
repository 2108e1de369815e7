#pragma once
#include <hone/nn/nd/build.hpp>
#include <hone/nn/nd/columns.hpp>
#include <hone/nn/nd/convert.hpp>

#include <cmath>

namespace hone::inline HONE_ABI::nd {

namespace detail {
template <class S>
void softmax_columns(S const* x, S* out, columns const& c, bool log) {
  double most[columns::wide], sum[columns::wide];
  for (int j = 0; j < c.count; ++j) most[j] = -std::numeric_limits<double>::infinity(), sum[j] = 0;
  for (std::int32_t i = 0; i < c.rows; ++i)
    for (int j = 0; j < c.count; ++j) {
      auto const v = static_cast<double>(value_of(x[i * c.step + j]));
      most[j] = v > most[j] || not_a_number(v) ? v : most[j];
    }
  for (std::int32_t i = 0; i < c.rows; ++i)
    for (int j = 0; j < c.count; ++j) {
      double const e = std::exp(static_cast<double>(value_of(x[i * c.step + j])) - most[j]);
      sum[j] += e;
      if (!log && sizeof(S) > 2) out[i * c.step + j] = convert_to<S>(e);
    }
  for (int j = 0; j < c.count; ++j) sum[j] = log ? std::log(sum[j]) : 1 / sum[j];
  for (std::int32_t i = 0; i < c.rows; ++i)
    for (int j = 0; j < c.count; ++j) {
      std::int64_t const at = i * c.step + j;
      double const v = static_cast<double>(value_of(x[at])) - most[j];
      if (log)
        out[at] = convert_to<S>(v - sum[j]);
      else if constexpr (sizeof(S) > 2)
        out[at] = convert_to<S>(static_cast<double>(out[at]) * sum[j]);
      else
        out[at] = convert_to<S>(std::exp(v) * sum[j]);
    }
}
// By the routines of an instruction set.
inline void softmax_by(tensor_math const& math, tensor_args const& t, int axis, bool log) {
  extents const& dims = t.form->dims;
  int const n = axis < dims.rank ? dims[axis] : 1;
  std::int64_t const inner = dims.count(axis + 1, dims.rank), part = n * inner;
  auto const* x = t.in[0].as<float>();
  auto* y = static_cast<float*>(t.out);
  for (std::int64_t at = 0; at < dims.size(); at += part, x += part, y += part)
    if (inner == 1)
      (log ? math.log_softmax : math.softmax)(x, y, n);
    else
      math.softmax_columns(x, y, n, inner, static_cast<int>(inner), log);
}
}  // namespace detail

// Attributes: the axis, whether the logarithm is wanted.
inline void evaluate_softmax(tensor_args const& t) {
  if (t.math != nullptr && t.type == dtype::f32) return detail::softmax_by(*t.math, t, t.form->i[0], t.form->i[1] != 0);
  auto const on = [&]<class S>(S) {
    for_columns(t.form->dims, t.form->i[0], [&](columns const& c) {
      detail::softmax_columns(t.in[0].as<S>() + c.first, static_cast<S*>(t.out) + c.first, c, t.form->i[1] != 0);
    });
  };
  switch (t.type) {
    case dtype::f64: return on(double{});
    case dtype::f16: return on(half{});
    case dtype::bf16: return on(brain{});
    default: return on(float{});
  }
}

inline constexpr op_kind softmax_kind = tensor_kind("tensor_softmax", evaluate_softmax, tensor_row_work<22, 3>);

// exp(x) / sum(exp(x)) along one axis (negative: from the end), or the logarithm of that; of floats. Large numbers do not
// overflow; portable code computes exponentials and their sum in double.
template <class G>
constexpr int softmax(G& g, int x, int axis, bool log, int layer = -1) {
  op const o = reading(g, softmax_kind, layer, {x});
  extents const dims = dims_of(g, x);
  want_type(g, o, is_float(o.type));
  return emit_tensor(g, o, {.dims = dims, .i = {axis_of(g, o, axis, dims.rank), log}});
}

}  // namespace hone::inline HONE_ABI::nd
