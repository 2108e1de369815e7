// Matrices of f32 as they lie, nothing packed: products, rows by rows, transposition.
// What Highway's scalar target lacks is called by its plain name: looked up by its arguments, where it is used.
#if !defined(HONE_PASS)
#if !defined(HONE_SIMD_MATRIX_INL_HPP)
#define HONE_SIMD_MATRIX_INL_HPP
#include <hone/simd/vector-inl.hpp>
#define HONE_SELF <hone/simd/matrix-inl.hpp>
#include <hone/simd/foreach.inc>
#endif
#else
HONE_BEGIN;
namespace hone::inline HONE_ABI::simd::HONE_PASS {

// The lanes of p that are valid, zeros for the rest, of which at most a register's worth is read.
template <int Lanes, class M>
HWY_INLINE f32_vector<Lanes> load_valid(M valid, float const* p) {
  f32_tag<Lanes> const d;
  if constexpr (Lanes > 4)
    return hn::MaskedLoad(valid, d, p);
  else
    return hn::IfThenElseZero(valid, hn::LoadU(d, p));  // Highway's masked loads of 128 bits are aligned
}
// R rows and V vectors of columns of c += a * b, see add_product; of a single vector the first `columns` lanes.
template <int R, int V, int Lanes>
HWY_NOINLINE void product_tile(float* c, std::ptrdiff_t c_row, float const* a, std::ptrdiff_t a_row,
                               std::ptrdiff_t a_step, float const* b, std::ptrdiff_t b_step, int k, int columns) {
  f32_tag<Lanes> const d;
  auto const valid = hn::FirstN(d, static_cast<std::size_t>(columns));
  auto const load = [&](float const* p) __attribute__((always_inline)) {
    if constexpr (V == 1)
      return load_valid<Lanes>(valid, p);
    else
      return hn::LoadU(d, p);
  };
  f32_vector<Lanes> s[R][V], v[V];
  HONE_UNROLL
  for (int r = 0; r < R; ++r) {
    HONE_UNROLL
    for (int j = 0; j < V; ++j) s[r][j] = load(c + r * c_row + j * Lanes);
  }
  HONE_KEEP_LOOP
  for (int p = 0; p < k; ++p, a += a_step, b += b_step) {
    HONE_UNROLL
    for (int j = 0; j < V; ++j) v[j] = load(b + j * Lanes);
    HONE_UNROLL
    for (int r = 0; r < R; ++r) {
      auto const x = hn::Set(d, a[r * a_row]);
      HONE_UNROLL
      for (int j = 0; j < V; ++j) s[r][j] = hn::MulAdd(x, v[j], s[r][j]);
    }
  }
  HONE_UNROLL
  for (int r = 0; r < R; ++r) {
    HONE_UNROLL
    for (int j = 0; j < V; ++j) {
      if constexpr (V == 1)
        store_first(d, s[r][j], c + r * c_row, columns);
      else
        hn::StoreU(s[r][j], d, c + r * c_row + j * Lanes);
    }
  }
}
// All rows of V vectors of columns.
template <int V, int Lanes>
HWY_INLINE void product_columns(float* c, std::ptrdiff_t c_row, float const* a, std::ptrdiff_t a_row,
                                std::ptrdiff_t a_step, float const* b, std::ptrdiff_t b_step, int m, int k,
                                int columns) {
  int i = 0;
  for (; i + 4 <= m; i += 4)
    product_tile<4, V, Lanes>(c + i * c_row, c_row, a + i * a_row, a_row, a_step, b, b_step, k, columns);
  if (i + 2 <= m) {
    product_tile<2, V, Lanes>(c + i * c_row, c_row, a + i * a_row, a_row, a_step, b, b_step, k, columns);
    i += 2;
  }
  if (i < m) product_tile<1, V, Lanes>(c + i * c_row, c_row, a + i * a_row, a_row, a_step, b, b_step, k, columns);
}
// tensor_math::add_product. The rows of b that a panel of columns reads at a time fit the first cache.
template <int Lanes>
HWY_NOINLINE void add_product(float* c, std::ptrdiff_t c_row, float const* a, std::ptrdiff_t a_row,
                              std::ptrdiff_t a_step, float const* b, std::ptrdiff_t b_step, int m, int n, int k) {
  constexpr int vectors = registers == 32 ? 4 : 2, wide = vectors * Lanes, depth = 8192 / wide;
  for (int j = 0; j < n;) {
    int const columns = n - j >= wide ? wide : n - j < Lanes ? n - j : Lanes;
    for (int p = 0; p < k; p += depth) {
      int const here = k - p < depth ? k - p : depth;
      float const *const x = a + p * a_step, *const y = b + p * b_step + j;
      if (columns == wide)
        product_columns<vectors, Lanes>(c + j, c_row, x, a_row, a_step, y, b_step, m, here, Lanes);
      else
        product_columns<1, Lanes>(c + j, c_row, x, a_row, a_step, y, b_step, m, here, columns);
    }
    j += columns;
  }
}

// The four sums of v's lanes i, i + 4, ...
template <int Lanes>
HWY_INLINE f32_vector<4> fold(f32_vector<Lanes> v) {
  if constexpr (Lanes == 4) {
    return v;
  } else {
    f32_tag<Lanes / 2> const half;
    return fold<Lanes / 2>(hn::Add(LowerHalf(half, v), UpperHalf(half, v)));
  }
}
// The sums of the lanes of v[0], v[1], v[2] and v[3].
template <int Lanes>
HWY_INLINE f32_vector<4> sums_of_four(f32_vector<Lanes> const* v) {
  f32_tag<Lanes> const d;
  hn::Repartition<double, f32_tag<Lanes>> const pairs;
  auto const a = hn::BitCast(pairs, hn::Add(InterleaveLower(d, v[0], v[1]), InterleaveUpper(d, v[0], v[1])));
  auto const b = hn::BitCast(pairs, hn::Add(InterleaveLower(d, v[2], v[3]), InterleaveUpper(d, v[2], v[3])));
  return fold<Lanes>(
      hn::Add(hn::BitCast(d, InterleaveLower(pairs, a, b)), hn::BitCast(d, InterleaveUpper(pairs, a, b))));
}
// M rows of a by N of b, see add_dots; N is a multiple of 4.
template <int M, int N, int Lanes>
HWY_NOINLINE void dots_tile(float* c, std::ptrdiff_t c_row, std::ptrdiff_t c_step, float const* a, std::ptrdiff_t a_row,
                            float const* b, std::ptrdiff_t b_row, int k) {
  f32_tag<Lanes> const d;
  f32_vector<Lanes> s[M][N], x[M];
  HONE_UNROLL
  for (int i = 0; i < M; ++i) {
    HONE_UNROLL
    for (int j = 0; j < N; ++j) s[i][j] = hn::Zero(d);
  }
  auto const add = [&](auto load) __attribute__((always_inline)) {
    HONE_UNROLL
    for (int i = 0; i < M; ++i) x[i] = load(a + i * a_row);
    HONE_UNROLL
    for (int j = 0; j < N; ++j) {
      auto const y = load(b + j * b_row);
      HONE_UNROLL
      for (int i = 0; i < M; ++i) s[i][j] = hn::MulAdd(x[i], y, s[i][j]);
    }
  };
  int p = 0;
  HONE_KEEP_LOOP
  for (; p + Lanes <= k; p += Lanes)
    add([&](float const* row) __attribute__((always_inline)) { return hn::LoadU(d, row + p); });
  if (p < k) {
    auto const valid = hn::FirstN(d, static_cast<std::size_t>(k - p));
    add([&](float const* row) __attribute__((always_inline)) { return load_valid<Lanes>(valid, row + p); });
  }
  hn::CappedTag<float, 4> const d4;
  HONE_UNROLL
  for (int i = 0; i < M; ++i) {
    HONE_UNROLL
    for (int j = 0; j < N; j += 4) {
      auto const sums = sums_of_four<Lanes>(&s[i][j]);
      float* const to = c + i * c_row + j * c_step;
      if (c_step == 1) {
        hn::StoreU(hn::Add(hn::LoadU(d4, to), sums), d4, to);
      } else {
        alignas(16) float all[4];
        hn::Store(sums, d4, all);
        for (int q = 0; q < 4; ++q) to[q * c_step] += all[q];
      }
    }
  }
}
// The product of two rows.
template <int Lanes>
HWY_NOINLINE float dot(float const* a, float const* b, int k) {
  f32_tag<Lanes> const d;
  auto s0 = hn::Zero(d), s1 = s0, s2 = s0, s3 = s0;
  int p = 0;
  HONE_KEEP_LOOP
  for (; p + 4 * Lanes <= k; p += 4 * Lanes) {
    s0 = hn::MulAdd(hn::LoadU(d, a + p), hn::LoadU(d, b + p), s0);
    s1 = hn::MulAdd(hn::LoadU(d, a + p + Lanes), hn::LoadU(d, b + p + Lanes), s1);
    s2 = hn::MulAdd(hn::LoadU(d, a + p + 2 * Lanes), hn::LoadU(d, b + p + 2 * Lanes), s2);
    s3 = hn::MulAdd(hn::LoadU(d, a + p + 3 * Lanes), hn::LoadU(d, b + p + 3 * Lanes), s3);
  }
  for (; p < k; p += Lanes) {
    auto const valid = hn::FirstN(d, static_cast<std::size_t>(k - p < Lanes ? k - p : Lanes));
    s0 = hn::MulAdd(load_valid<Lanes>(valid, a + p), load_valid<Lanes>(valid, b + p), s0);
  }
  return hn::GetLane(hn::SumOfLanes(d, hn::Add(hn::Add(s0, s1), hn::Add(s2, s3))));
}
// tensor_math::add_dots.
template <int Lanes>
HWY_NOINLINE void add_dots(float* c, std::ptrdiff_t c_row, std::ptrdiff_t c_step, float const* a, std::ptrdiff_t a_row,
                           float const* b, std::ptrdiff_t b_row, int m, int n, int k) {
  if (n < m) return add_dots<Lanes>(c, c_step, c_row, b, b_row, a, a_row, n, m, k);
  constexpr int rows = registers == 32 ? 4 : 2;
  int i = 0;
  for (; i + rows <= m; i += rows)
    for (int j = 0; j + 4 <= n; j += 4)
      dots_tile<rows, 4, Lanes>(
          c + i * c_row + j * c_step, c_row, c_step, a + i * a_row, a_row, b + j * b_row, b_row, k);
  for (; i < m; ++i) {
    int j = 0;
    for (; j + 8 <= n; j += 8)
      dots_tile<1, 8, Lanes>(c + i * c_row + j * c_step, c_row, c_step, a + i * a_row, a_row, b + j * b_row, b_row, k);
    if (j + 4 <= n)
      dots_tile<1, 4, Lanes>(c + i * c_row + j * c_step, c_row, c_step, a + i * a_row, a_row, b + j * b_row, b_row, k);
  }
  for (i = 0; i < m; ++i)
    for (int j = n - n % 4; j < n; ++j) c[i * c_row + j * c_step] += dot<Lanes>(a + i * a_row, b + j * b_row, k);
}

template <int Lanes>
using word_tag = hn::CappedTag<std::uint32_t, Lanes>;
// Four words from each of x, x + 4 * step, x + 8 * step, ...
template <int Lanes>
HWY_INLINE hn::Vec<word_tag<Lanes>> load_fours(std::uint32_t const* x, std::ptrdiff_t step) {
  if constexpr (Lanes == 4)
    return hn::LoadU(word_tag<4>(), x);
  else
    return Combine(
        word_tag<Lanes>(), load_fours<Lanes / 2>(x + Lanes / 2 * step, step), load_fours<Lanes / 2>(x, step));
}
// Four rows and `Lanes` columns of the result, see transpose.
template <int Lanes>
HWY_INLINE void transpose_tile(std::uint32_t* out, std::ptrdiff_t out_row, std::uint32_t const* x,
                               std::ptrdiff_t step) {
  word_tag<Lanes> const d;
  hn::Repartition<std::uint64_t, word_tag<Lanes>> const pairs;
  auto const a = load_fours<Lanes>(x, step), b = load_fours<Lanes>(x + step, step),
             c = load_fours<Lanes>(x + 2 * step, step), e = load_fours<Lanes>(x + 3 * step, step);
  auto const ab = hn::BitCast(pairs, InterleaveLower(d, a, b)), AB = hn::BitCast(pairs, InterleaveUpper(d, a, b));
  auto const ce = hn::BitCast(pairs, InterleaveLower(d, c, e)), CE = hn::BitCast(pairs, InterleaveUpper(d, c, e));
  hn::StoreU(hn::BitCast(d, InterleaveLower(pairs, ab, ce)), d, out);
  hn::StoreU(hn::BitCast(d, InterleaveUpper(pairs, ab, ce)), d, out + out_row);
  hn::StoreU(hn::BitCast(d, InterleaveLower(pairs, AB, CE)), d, out + 2 * out_row);
  hn::StoreU(hn::BitCast(d, InterleaveUpper(pairs, AB, CE)), d, out + 3 * out_row);
}
// Numbers of three planes, `step` apart, side by side (of an image's channels), and back; returns how many were done.
template <class D, class T>
HWY_INLINE int interleave_three(D d, T* out, T const* x, std::ptrdiff_t step, int n) {
  int const lanes = static_cast<int>(hn::Lanes(d));
  int i = 0;
  for (; i + lanes <= n; i += lanes)
    StoreInterleaved3(hn::LoadU(d, x + i), hn::LoadU(d, x + step + i), hn::LoadU(d, x + 2 * step + i), d, out + 3 * i);
  return i;
}
template <class D, class T>
HWY_INLINE int deinterleave_three(D d, T* out, std::ptrdiff_t out_row, T const* x, int n) {
  int const lanes = static_cast<int>(hn::Lanes(d));
  int i = 0;
  for (; i + lanes <= n; i += lanes) {
    hn::Vec<D> a, b, c;
    LoadInterleaved3(d, x + 3 * i, a, b, c);
    hn::StoreU(a, d, out + i), hn::StoreU(b, d, out + out_row + i), hn::StoreU(c, d, out + 2 * out_row + i);
  }
  return i;
}
// tensor_math::transpose, in squares whose lines stay in the first cache.
template <int Lanes>
HWY_NOINLINE void transpose(std::uint32_t* out, std::ptrdiff_t out_row, std::uint32_t const* x, std::ptrdiff_t step,
                            int rows, int columns) {
  auto const by_words = [=](int i, int ie, int first, int last) {
    for (; i < ie; ++i)
      for (int j = first; j < last; ++j) out[i * out_row + j] = x[i + j * step];
  };
  word_tag<Lanes> const d;
  if (columns == 3 && out_row == 3) return by_words(interleave_three(d, out, x, step, rows), rows, 0, 3);
  if (rows == 3 && step == 3) return by_words(0, 3, deinterleave_three(d, out, out_row, x, columns), columns);
  int const tiled = columns - columns % Lanes, fours = columns - columns % 4;
  for (int first = 0; first < rows; first += 16) {
    int const end = rows - first < 16 ? rows : first + 16, four = end - (end - first) % 4;
    for (int j = 0; j < tiled; j += Lanes)
      for (int i = first; i < four; i += 4)
        transpose_tile<Lanes>(out + i * out_row + j, out_row, x + i + j * step, step);
    for (int j = tiled; j < fours; j += 4)
      for (int i = first; i < four; i += 4) transpose_tile<4>(out + i * out_row + j, out_row, x + i + j * step, step);
    by_words(first, four, fours, columns);
    by_words(four, end, 0, columns);
  }
}
// tensor_math::interleave.
template <int Lanes>
HWY_NOINLINE void interleave(std::uint8_t* out, std::uint8_t const* x, std::ptrdiff_t step, int n) {
  for (int i = interleave_three(hn::Repartition<std::uint8_t, word_tag<Lanes>>(), out, x, step, n); i < n; ++i)
    for (int j = 0; j < 3; ++j) out[3 * i + j] = x[i + j * step];
}
// tensor_math::deinterleave.
template <int Lanes>
HWY_NOINLINE void deinterleave(std::uint8_t* out, std::ptrdiff_t out_row, std::uint8_t const* x, int n) {
  for (int i = deinterleave_three(hn::Repartition<std::uint8_t, word_tag<Lanes>>(), out, out_row, x, n); i < n; ++i)
    for (int j = 0; j < 3; ++j) out[j * out_row + i] = x[3 * i + j];
}

}  // namespace hone::inline HONE_ABI::simd::HONE_PASS
HONE_END;
#endif
