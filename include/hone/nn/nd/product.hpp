#pragma once
#include <hone/nn/layer.hpp>

#include <cstddef>
#include <type_traits>

// Products of matrices in portable vector code: the arithmetic of matmul, gemm, convolutions and recurrent layers.
// T is a float type, or an unsigned integer, whose sums wrap.
namespace hone::inline HONE_ABI::nd {

// R rows and V vectors of columns of c += a * b, see add_product.
template <int R, int V, class T>
void product_tile(T* c, std::ptrdiff_t c_row, T const* a, std::ptrdiff_t a_row, std::ptrdiff_t a_step, T const* b,
                  std::ptrdiff_t b_step, int k) {
  constexpr int lanes = HONE_REGISTER_BYTES / static_cast<int>(sizeof(T));
  typedef T vector [[gnu::vector_size(HONE_REGISTER_BYTES)]];
  vector s[R][V];
#pragma GCC unroll 4
  for (int r = 0; r < R; ++r)
#pragma GCC unroll 2
    for (int j = 0; j < V; ++j) __builtin_memcpy(&s[r][j], c + r * c_row + j * lanes, sizeof(vector));
  for (int i = 0; i < k; ++i, a += a_step, b += b_step) {
    vector v[V];
#pragma GCC unroll 2
    for (int j = 0; j < V; ++j) __builtin_memcpy(&v[j], b + j * lanes, sizeof(vector));
#pragma GCC unroll 4
    for (int r = 0; r < R; ++r) {
      T const x = a[r * a_row];
#pragma GCC unroll 2
      for (int j = 0; j < V; ++j) s[r][j] += x * v[j];
    }
  }
#pragma GCC unroll 4
  for (int r = 0; r < R; ++r)
#pragma GCC unroll 2
    for (int j = 0; j < V; ++j) __builtin_memcpy(c + r * c_row + j * lanes, &s[r][j], sizeof(vector));
}

// The same for up to four rows and one or two vectors.
template <class T>
void product_rows(int vectors, int rows, T* c, std::ptrdiff_t c_row, T const* a, std::ptrdiff_t a_row,
                  std::ptrdiff_t a_step, T const* b, std::ptrdiff_t b_step, int k) {
  if (rows >= 4 && vectors == 2) return product_tile<4, 2>(c, c_row, a, a_row, a_step, b, b_step, k);
  if (rows >= 4) return product_tile<4, 1>(c, c_row, a, a_row, a_step, b, b_step, k);
  for (int r = 0; r < rows; ++r)
    if (vectors == 2)
      product_tile<1, 2>(c + r * c_row, c_row, a + r * a_row, a_row, a_step, b, b_step, k);
    else
      product_tile<1, 1>(c + r * c_row, c_row, a + r * a_row, a_row, a_step, b, b_step, k);
}

// c[i * c_row + j] += sum over p < k of a[i * a_row + p * a_step] * b[p * b_step + j], for i < m and j < n: rows of b
// and c are contiguous.
template <class T>
[[gnu::noinline]] void add_product(T* c, std::ptrdiff_t c_row, T const* a, std::ptrdiff_t a_row, std::ptrdiff_t a_step,
                                   T const* b, std::ptrdiff_t b_step, int m, int n, int k) {
  constexpr int lanes = HONE_REGISTER_BYTES / static_cast<int>(sizeof(T));
  int const tiled = m < 4 ? 0 : n - n % lanes;
  for (int j = 0; j < tiled;) {
    int const vectors = tiled - j >= 2 * lanes ? 2 : 1;
    for (int i = 0; i < m; i += 4)
      product_rows(vectors, m - i, c + i * c_row + j, c_row, a + i * a_row, a_row, a_step, b + j, b_step, k);
    j += vectors * lanes;
  }
  if (tiled == n) return;
  for (int i = 0; i < m; ++i)
    nn::accumulate(c + i * c_row + tiled, n - tiled, k, a + i * a_row, static_cast<int>(a_step), b + tiled,
                   static_cast<int>(b_step));
}

// The sum of v's lanes, by halves.
template <class V>
auto sum_of(V const& v) {
  using T = std::remove_cvref_t<decltype(v[0])>;
  if constexpr (sizeof(V) > 16) {
    typedef T half_of_v [[gnu::vector_size(sizeof(V) / 2)]];
    half_of_v h[2];
    __builtin_memcpy(h, &v, sizeof h);
    return sum_of<half_of_v>(h[0] + h[1]);
  } else {
    T lane[sizeof(V) / sizeof(T)], sum{};
    __builtin_memcpy(lane, &v, sizeof lane);
    for (T part : lane) sum += part;
    return sum;
  }
}
// y[r * y_step] += sum over p < k of w[r * w_row + p] * x[p], for the R rows of w.
template <int R, class T>
void add_dots(T* y, std::ptrdiff_t y_step, T const* w, std::ptrdiff_t w_row, T const* x, int k) {
  constexpr int lanes = HONE_REGISTER_BYTES / static_cast<int>(sizeof(T)), chains = R == 1 ? 4 : 2,
                step = lanes * chains;
  typedef T vector [[gnu::vector_size(HONE_REGISTER_BYTES)]];
  vector s[R][chains]{};
  int i = 0;
  for (; i + step <= k; i += step) {
    vector v[chains];
#pragma GCC unroll 4
    for (int j = 0; j < chains; ++j) __builtin_memcpy(&v[j], x + i + j * lanes, sizeof(vector));
#pragma GCC unroll 4
    for (int r = 0; r < R; ++r)
#pragma GCC unroll 4
      for (int j = 0; j < chains; ++j) {
        vector u;
        __builtin_memcpy(&u, w + r * w_row + i + j * lanes, sizeof u);
        s[r][j] += u * v[j];
      }
  }
#pragma GCC unroll 4
  for (int r = 0; r < R; ++r) {
    vector all = s[r][0];
#pragma GCC unroll 4
    for (int j = 1; j < chains; ++j) all += s[r][j];
    T sum = sum_of(all);
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
