#pragma once
#include <hone/nn/layer.hpp>

#include <cstddef>

// Products of matrices in portable vector code: the arithmetic of matmul, gemm, convolutions and recurrent layers.
// T is a float type, or an unsigned integer, whose sums wrap.
namespace hone::inline HONE_ABI::nd {

// R rows and V vectors of columns of c += a * b, see add_product.
template <int R, int V, class T>
void product_tile(T* c, std::ptrdiff_t c_row, T const* a, std::ptrdiff_t a_row, std::ptrdiff_t a_step, T const* b,
                  std::ptrdiff_t b_step, int k) {
  constexpr int lanes = HONE_REGISTER_BYTES / static_cast<int>(sizeof(T));
  typedef T vector [[gnu::vector_size(HONE_REGISTER_BYTES)]];
  vector s[R][V], v[V];
  for (int r = 0; r < R; ++r) __builtin_memcpy(s[r], c + r * c_row, sizeof s[r]);
  for (int i = 0; i < k; ++i, a += a_step, b += b_step) {
    __builtin_memcpy(v, b, sizeof v);
#pragma GCC unroll 8
    for (int r = 0; r < R; ++r)
#pragma GCC unroll 8
      for (int j = 0; j < V; ++j) s[r][j] += a[r * a_row] * v[j];
  }
  for (int r = 0; r < R; ++r) __builtin_memcpy(c + r * c_row, s[r], sizeof s[r]);
  static_assert(sizeof v == V * lanes * sizeof(T));
}

// c[i * c_row + j] += sum over p < k of a[i * a_row + p * a_step] * b[p * b_step + j], for i < m and j < n: rows of b and c
// are contiguous.
template <class T>
[[gnu::noinline]] void add_product(T* c, std::ptrdiff_t c_row, T const* a, std::ptrdiff_t a_row, std::ptrdiff_t a_step,
                                   T const* b, std::ptrdiff_t b_step, int m, int n, int k) {
  constexpr int wide = 2 * HONE_REGISTER_BYTES / static_cast<int>(sizeof(T));
  int const tiled = m < 4 ? 0 : n - n % wide;
  for (int j = 0; j < tiled; j += wide)
    for (int i = 0; i < m; i += 4) {
      T* const to = c + i * c_row + j;
      T const* const from = a + i * a_row;
      if (m - i >= 4)
        product_tile<4, 2>(to, c_row, from, a_row, a_step, b + j, b_step, k);
      else
        for (int r = 0; r < m - i; ++r)
          product_tile<1, 2>(to + r * c_row, c_row, from + r * a_row, a_row, a_step, b + j, b_step, k);
    }
  if (tiled == n) return;
  for (int i = 0; i < m; ++i)
    nn::accumulate(c + i * c_row + tiled, n - tiled, k, a + i * a_row, static_cast<int>(a_step), b + tiled,
                   static_cast<int>(b_step));
}

// y[r * y_step] += sum over p < k of w[r * w_row + p] * x[p], for the R rows of w.
template <int R, class T>
void add_dots(T* y, std::ptrdiff_t y_step, T const* w, std::ptrdiff_t w_row, T const* x, int k) {
  constexpr int lanes = HONE_REGISTER_BYTES / static_cast<int>(sizeof(T)), chains = R == 1 ? 4 : 2,
                step = lanes * chains;
  typedef T vector [[gnu::vector_size(HONE_REGISTER_BYTES)]];
  vector s[R][chains]{}, v[chains], u[chains];
  int i = 0;
  for (; i + step <= k; i += step) {
    __builtin_memcpy(v, x + i, sizeof v);
#pragma GCC unroll 4
    for (int r = 0; r < R; ++r) {
      __builtin_memcpy(u, w + r * w_row + i, sizeof u);
#pragma GCC unroll 4
      for (int j = 0; j < chains; ++j) s[r][j] += u[j] * v[j];
    }
  }
  for (int r = 0; r < R; ++r) {
    vector all = s[r][0];
    for (int j = 1; j < chains; ++j) all += s[r][j];
    T lane[lanes], sum{};
    __builtin_memcpy(lane, &all, sizeof lane);
    for (T part : lane) sum += part;
    for (int p = i; p < k; ++p) sum += w[r * w_row + p] * x[p];
    y[r * y_step] += sum;
  }
}

// y[i * y_step] += sum over p < k of w[i * w_row + p] * x[p], for i < m: rows of w are contiguous.
template <class T>
[[gnu::noinline]] void add_dot_products(T* y, std::ptrdiff_t y_step, T const* w, std::ptrdiff_t w_row, T const* x,
                                        int m, int k) {
  int i = 0;
  for (; i + 4 <= m; i += 4) add_dots<4>(y + i * y_step, y_step, w + i * w_row, w_row, x, k);
  for (; i < m; ++i) add_dots<1>(y + i * y_step, y_step, w + i * w_row, w_row, x, k);
}

}  // namespace hone::inline HONE_ABI::nd
