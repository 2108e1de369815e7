#pragma once
#include <hone/nn/nd/routines.hpp>
#include <hone/nn/nd/widened.hpp>

namespace hone::inline HONE_ABI::nd {

// How matmul sees its operands: matrices [m][k] and [k][n], and batches that broadcast. A vector is a matrix of one row
// (on the left) or one column, and that dimension is not in the result.
struct matmul_shape {
  int m{1}, n{1}, k{1};
  extents batch{}, a{}, b{};  // extents of the batch; of each operand's matrices, with as many dimensions
  bool good{true};
};
constexpr matmul_shape matmul_of(extents const& a, extents const& b) {
  matmul_shape s{};
  if (a.rank < 1 || b.rank < 1) return s.good = false, s;
  s.k = a[a.rank - 1];
  s.m = a.rank > 1 ? a[a.rank - 2] : 1, s.n = b.rank > 1 ? b[b.rank - 1] : 1;
  s.good = s.k == b[b.rank > 1 ? b.rank - 2 : 0];
  int const ra = a.rank > 2 ? a.rank - 2 : 0, rb = b.rank > 2 ? b.rank - 2 : 0, rank = ra > rb ? ra : rb;
  for (int d = 0; d < rank; ++d) {
    int const ia = d - (rank - ra), ib = d - (rank - rb), da = ia < 0 ? 1 : a[ia], db = ib < 0 ? 1 : b[ib];
    s.a.push_back(da), s.b.push_back(db), s.batch.push_back(da == 1 ? db : da);
    s.good = s.good && (da == db || da == 1 || db == 1);
  }
  return s;
}
constexpr extents matmul_dims(matmul_shape const& s, extents const& a, extents const& b) {
  extents d = s.batch;
  if (a.rank > 1) d.push_back(s.m);
  if (b.rank > 1) d.push_back(s.n);
  return d;
}
// f(matrix of a, matrix of b, matrix of the result), by index, for the whole batch.
template <class F>
void each_matrix(matmul_shape const& s, F f) {
  std::ptrdiff_t const n = s.batch.size();
  for (std::ptrdiff_t i = 0; i < n; ++i) {
    std::ptrdiff_t rest = i, a = 0, b = 0, step_a = 1, step_b = 1;
    for (int d = s.batch.rank; d-- > 0; rest /= s.batch[d]) {
      std::ptrdiff_t const at = rest % s.batch[d];
      a += s.a[d] == 1 ? 0 : at * step_a, b += s.b[d] == 1 ? 0 : at * step_b;
      step_a *= s.a[d], step_b *= s.b[d];
    }
    f(a, b, i);
  }
}
// y[m][n] = a[m][k] b[k][n].
template <class T>
void multiply(routines<T> const& math, T* y, T const* a, T const* b, int m, int n, int k) {
  for (std::ptrdiff_t i = 0; i < std::ptrdiff_t{m} * n; ++i) y[i] = T{};
  if (n == 1)
    math.add_dots(y, 1, 1, a, k, b, 0, m, 1, k);
  else
    math.add_product(y, n, a, k, 1, b, n, m, n, k);
}
// f with a value of the type that computes numbers of type t: integers wrap.
template <class F>
void on_arithmetic(dtype t, F f) {
  if (is_real(t)) return with_float(t, f);
  if (t == dtype::i64 || t == dtype::u64) return f(std::uint64_t{});
  f(std::uint32_t{});
}
constexpr bool is_arithmetic(dtype t) {
  return is_real(t) || t == dtype::i32 || t == dtype::u32 || t == dtype::i64 || t == dtype::u64;
}

inline void evaluate_matmul(tensor_args const& t) {
  matmul_shape const s = matmul_of(t.in[0].dims, t.in[1].dims);
  on_arithmetic(t.type, [&]<class T>(T) {
    each_matrix(s, [&](std::ptrdiff_t a, std::ptrdiff_t b, std::ptrdiff_t y) {
      multiply(routines<T>(t), static_cast<T*>(t.out) + y * s.m * s.n, t.in[0].as<T>() + a * s.m * s.k,
               t.in[1].as<T>() + b * s.k * s.n, s.m, s.n, s.k);
    });
  });
}
inline constexpr op_kind matmul_kind = tensor_kind("matmul", evaluate_matmul);

// The product of a [..., m, k] and b [..., k, n], numpy's rules: leading dimensions broadcast, vectors are rows on the
// left and columns on the right. Floats, or integers of 32 and 64 bits, whose sums wrap.
template <class G>
constexpr int matmul(G& g, int a, int b, int layer = -1) {
  if (is_short(g, a)) {
    auto const in = widened(g, {a, b}, layer);
    int const y = matmul(g, in[0], in[1], layer);
    return typed_as(g, y, a, layer);
  }
  op o = nn::reading(matmul_kind, a, layer);
  set_operand(o, 1, b);
  o.type = op_at(g, a).type;
  extents const da = dims_of(g, a), db = dims_of(g, b);
  matmul_shape const s = matmul_of(da, db);
  tensor_form f{};
  if (!is_arithmetic(o.type) || op_at(g, b).type != o.type) misfit(g, o, fix::give_a_supported_type, da, db);
  if (!s.good)
    misfit(g, o, fix::give_extents_that_match, da, db);
  else
    f.dims = matmul_dims(s, da, db);
  set_work(g, o, static_cast<double>(f.dims.size()) * s.k, 0);
  return emit_tensor(g, o, f);
}

// Attributes of gemm's form: i = { trans_a, trans_b }, f = { alpha, beta }.
inline void evaluate_gemm(tensor_args const& t) {
  tensor_form const& f = *t.form;
  bool const ta = f.i[0] != 0, tb = f.i[1] != 0;
  int const m = f.dims[0], n = f.dims[1], k = t.in[0].dims[ta ? 0 : 1];
  on_arithmetic(t.type, [&]<class T>(T) {
    T const *a = t.in[0].as<T>(), *b = t.in[1].as<T>(), *c = t.in[2].as<T>();
    T* const y = static_cast<T*>(t.out);
    if (ta && tb) {
      T* const rows = static_cast<T*>(t.scratch);
      for (int p = 0; p < k; ++p)
        for (int r = 0; r < m; ++r) rows[std::ptrdiff_t{r} * k + p] = a[std::ptrdiff_t{p} * m + r];
      a = rows;
    }
    for (std::ptrdiff_t e = 0; e < std::ptrdiff_t{m} * n; ++e) y[e] = T{};
    if (tb)
      routines<T>(t).add_dots(y, n, 1, a, k, b, k, m, n, k);
    else
      routines<T>(t).add_product(y, n, a, ta ? 1 : k, ta ? m : 1, b, n, m, n, k);
    T const alpha = static_cast<T>(f.f[0]), beta = static_cast<T>(f.f[1]);
    if (f.f[0] != 1)
      for (std::ptrdiff_t e = 0; e < std::ptrdiff_t{m} * n; ++e) y[e] *= alpha;
    if (c == nullptr) return;
    extents const& dc = t.in[2].dims;
    int const columns = dc.rank > 0 ? dc[dc.rank - 1] : 1, rows = dc.rank > 1 ? dc[0] : 1;
    for (int r = 0; r < m; ++r)
      for (int e = 0; e < n; ++e)
        y[std::ptrdiff_t{r} * n + e] +=
            beta * c[(rows == 1 ? 0 : std::ptrdiff_t{r} * columns) + (columns == 1 ? 0 : e)];
  });
}
inline constexpr op_kind gemm_kind = tensor_kind("gemm", evaluate_gemm);

// alpha a b + beta c, with a and b transposed where asked; c (-1: none) broadcasts to [m][n]. Types as for matmul;
// integers take whole alpha and beta of at least 0.
template <class G>
constexpr int gemm(G& g, int a, int b, int c, float alpha = 1, float beta = 1, bool trans_a = false,
                   bool trans_b = false, int layer = -1) {
  if (is_short(g, a)) {
    auto const in = widened(g, {a, b, c}, layer);
    int const y = gemm(g, in[0], in[1], in[2], alpha, beta, trans_a, trans_b, layer);
    return typed_as(g, y, a, layer);
  }
  op o = nn::reading(gemm_kind, a, layer);
  set_operand(o, 1, b), set_operand(o, 2, c);
  o.type = op_at(g, a).type;
  extents const da = dims_of(g, a), db = dims_of(g, b), dc = c >= 0 ? dims_of(g, c) : extents{};
  tensor_form f{};
  auto const refuse = [&](fix how, extents const& with) { return misfit(g, o, how, da, with), emit_tensor(g, o, f); };
  if (!is_arithmetic(o.type) || op_at(g, b).type != o.type || (c >= 0 && op_at(g, c).type != o.type))
    return refuse(fix::give_a_supported_type, db);
  if (da.rank != 2 || db.rank != 2) return refuse(fix::give_a_supported_rank, db);
  int const m = da[trans_a ? 1 : 0], k = da[trans_a ? 0 : 1], n = db[trans_b ? 0 : 1];
  if (db[trans_b ? 1 : 0] != k) return refuse(fix::give_extents_that_match, db);
  auto const broadcasts = [&](int from_end, int to) {
    return dc.rank < from_end || dc[dc.rank - from_end] == 1 || dc[dc.rank - from_end] == to;
  };
  if (dc.rank > 2 || !broadcasts(1, n) || !broadcasts(2, m)) return refuse(fix::give_extents_that_broadcast, dc);
  auto const whole = [](float v) {
    return v >= 0 && v < 0x1p31f && static_cast<float>(static_cast<std::int64_t>(v)) == v;
  };
  if (!is_real(o.type) && (!whole(alpha) || !whole(beta))) return refuse(fix::give_valid_attributes, db);
  f.dims = {m, n};
  f.i[0] = trans_a ? 1 : 0, f.i[1] = trans_b ? 1 : 0, f.f[0] = alpha, f.f[1] = beta;
  set_work(g, o, static_cast<double>(m) * n * k, trans_a && trans_b ? static_cast<double>(m) * k * size_of(o.type) : 0);
  return emit_tensor(g, o, f);
}

}  // namespace hone::inline HONE_ABI::nd
