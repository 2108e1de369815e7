#pragma once
#include <hone/core/tensor_op.hpp>
#include <hone/nn/nd/element.hpp>
#include <hone/nn/nd/walk.hpp>

namespace hone::inline HONE_ABI::nd {

namespace detail {
// out[0..n) = x[0], x[step], ...
template <class U>
void copy_run(U* __restrict out, U const* __restrict x, std::int32_t n, std::int32_t step) {
  if (step == 1) {
    std::memcpy(out, x, static_cast<std::size_t>(n) * sizeof(U));
  } else if (step == 0) {
    for (std::int32_t i = 0; i < n; ++i) out[i] = *x;
  } else {
    for (std::int32_t i = 0; i < n; ++i) out[i] = x[std::int64_t{i} * step];
  }
}
// A matrix whose rows are contiguous becomes one whose columns are: out[i * out_step + j] = x[i + j * step] for i < rows,
// j < columns; in squares that stay in the first cache.
template <class U>
void transpose_matrix(U* __restrict out, U const* __restrict x, std::int32_t rows, std::int32_t columns,
                      std::int64_t out_step, std::int64_t step) {
  constexpr std::int32_t side = 16;
  for (std::int32_t i = 0; i < rows; i += side)
    for (std::int32_t j = 0; j < columns; j += side) {
      std::int32_t const ie = i + side < rows ? i + side : rows, je = j + side < columns ? j + side : columns;
      for (std::int32_t k = i; k < ie; ++k)
        for (std::int32_t l = j; l < je; ++l) out[k * out_step + l] = x[k + l * step];
    }
}
// The same by the routines of an instruction set, where those have it.
template <class U>
void transpose_by(tensor_math const* math, U* out, U const* x, std::int32_t rows, std::int32_t columns,
                  std::int32_t step) {
  if constexpr (std::is_same_v<U, std::uint32_t>)
    if (math != nullptr) return math->transpose(out, columns, x, step, rows, columns);
  if constexpr (std::is_same_v<U, std::uint8_t>) {
    if (math != nullptr && columns == 3) return math->interleave(out, x, step, rows);
    if (math != nullptr && rows == 3 && step == 3) return math->deinterleave(out, columns, x, columns);
  }
  transpose_matrix(out, x, rows, columns, columns, step);
}
template <class U>
void copy_runs(U* out, U const* x, walk const& w, tensor_math const* math) {
  std::int32_t const n = w.inner(), step = w.inner_step();
  // The dimension before the last is contiguous in x, the last is not: squares.
  if (w.rank >= 2 && step != 0 && step != 1 && w.step[static_cast<std::size_t>(w.rank - 2)] == 1) {
    std::int32_t const rows = w.extent[static_cast<std::size_t>(w.rank - 2)];
    odometer o;
    do {
      transpose_by(math, out, x + o.offset, rows, n, step);
      out += std::int64_t{rows} * n;
    } while (o.next(w, w.rank - 2));
    return;
  }
  odometer o;
  do copy_run(out, x + o.offset, n, step), out += n;
  while (o.next(w, w.rank - 1));
}
}  // namespace detail

// The result is what walk w, from element `first` of operand 0 on, visits.
inline void move(tensor_args const& t, std::int32_t first, walk const& w) {
  if (t.form->dims.size() == 0) return;
  with_bits(size_of(t.type),
            [&]<class U>(U) { detail::copy_runs(static_cast<U*>(t.out), t.in[0].as<U>() + first, w, t.math); });
}

}  // namespace hone::inline HONE_ABI::nd
