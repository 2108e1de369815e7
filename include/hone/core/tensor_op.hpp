#pragma once
#include <hone/core/extents.hpp>
#include <hone/core/graph.hpp>

namespace hone::inline HONE_ABI {

// Operations on tensors of any rank and type, the general ones beside the tuned operations on images: their kinds
// (nn/nd/) have `evaluate` and nothing else, one portable implementation that serves both engines, the emulator and the
// folding of constants. Their results have a form (graph.forms): extents and attributes, which are part of the graph's
// value but not of `op`, so that kernels are not compiled once an extent.

// One operand: row major, contiguous. data is null where an optional operand is absent.
struct tensor_view {
  void const* data{};
  dtype type{dtype::f32};
  extents dims{};

  template <class T>
  T const* as() const {
    return static_cast<T const*>(data);
  }
  constexpr bool present() const { return data != nullptr; }
};
// Rows of numbers: number j of row i is data[i * row + j * step], step being 0 or 1.
struct tensor_rows {
  float const* data{};
  std::ptrdiff_t row{};
  int step{};
};
// Inner loops of tensor operations in f32, compiled for one instruction set (simd/tensor_math.hpp). What they read is
// readable for 64 bytes past its end.
struct tensor_math {
  // c[i * c_row + j] += sum over p < k of a[i * a_row + p * a_step] * b[p * b_step + j], for i < m and j < n.
  void (*add_product)(float* c, std::ptrdiff_t c_row, float const* a, std::ptrdiff_t a_row, std::ptrdiff_t a_step,
                      float const* b, std::ptrdiff_t b_step, int m, int n, int k);
  // c[i * c_row + j * c_step] += sum over p < k of a[i * a_row + p] * b[j * b_row + p], for i < m and j < n.
  void (*add_dots)(float* c, std::ptrdiff_t c_row, std::ptrdiff_t c_step, float const* a, std::ptrdiff_t a_row,
                   float const* b, std::ptrdiff_t b_row, int m, int n, int k);
  // out[i * out_row + j] = x[i + j * step], for i < rows and j < columns; of any type of 32 bits.
  void (*transpose)(std::uint32_t* out, std::ptrdiff_t out_row, std::uint32_t const* x, std::ptrdiff_t step, int rows,
                    int columns);
  // out[3 * i + j] = x[i + j * step], and out[j * out_row + i] = x[3 * i + j], for i < n and j < 3: an image's channels.
  void (*interleave)(std::uint8_t* out, std::uint8_t const* x, std::ptrdiff_t step, int n);
  void (*deinterleave)(std::uint8_t* out, std::ptrdiff_t out_row, std::uint8_t const* x, int n);
  void (*tanh)(float* v, int n);                     // in place, relatively within 3e-7
  void (*sigmoid)(float* v, int n);                  // in place, relatively within 3e-7
  void (*softmax)(float const* x, float* y, int n);  // of one row of finite numbers (or -inf)
  void (*log_softmax)(float const* x, float* y, int n);
  // Of columns of rows > 0 numbers, number i of column j being x[i * step + j]; y is not x, and is read, too.
  void (*softmax_columns)(float const* x, float* y, int rows, std::ptrdiff_t step, int columns, bool log);
  // out[i * n + j] = what(a, b), for i < rows and j < n, n > 0: one of add, sub, mul, div, max and min (a NaN wins).
  void (*step)(pw what, float* out, tensor_rows const& a, tensor_rows const& b, int rows, int n);
  // Mean and variance (of all) of n numbers, n > 0; sums of many are added up in double.
  void (*moments)(float const* x, int n, double* mean, double* variance);
  // y[i] = (x[i] - mean) * factor * scale[i * step] + bias[i * step], where there is a bias; y may be x.
  void (*normalize)(float const* x, float* y, int n, float mean, float factor, float const* scale, float const* bias,
                    int step);
};
// One call of a tensor operation: operands, where the result goes (form->dims, `type`), and op::scratch bytes, 64-byte
// aligned. Buffers are readable for 64 bytes past their end.
struct tensor_args {
  op_kind const* kind{};
  tensor_form const* form{};
  std::array<tensor_view, max_inputs> in{};
  void* out{};
  dtype type{dtype::f32};
  void* scratch{};
  tensor_math const* math{};  // null: portable code
};

// A constant of the graph: parameter 0. Its result lies where the parameter does; nothing runs.
inline constexpr op_kind constant_kind{
    .name = "constant",
    .infer = [](op const& o, shape const*) -> inferred { return {o.out}; },
    .count = [](op const&, vector_shape const&) { return work{}; },
};

// The work of a tensor operation as far as it is known: op::macs and what moves. Portable code is priced as scalar.
constexpr work tensor_work(op const& o, vector_shape const&) {
  work w{};
  w.macs = o.macs, w.mac_uops = o.macs;
  w.vector_uops = 2.0 * o.out.size(), w.load_uops = o.out.size() + 2.0 * o.macs, w.store_uops = o.out.size(),
  w.tiles = 1;
  w.bytes_read = double(o.in.size()) * size_of(o.from), w.bytes_written = o.bytes_out();
  return w;
}
// The work of one whose inner loops are tensor_math's for f32: so many vector instructions and loads for each vector of
// the result. What starts it costs as much as a few tiles.
template <int Uops, int Loads>
constexpr work tensor_row_work(op const& o, vector_shape const& v) {
  work w = tensor_work(o, v);
  if (o.type != dtype::f32) return w;
  double const n = ceil_div(o.out.size(), v.lanes);
  w.macs = w.mac_uops = 0, w.vector_uops = Uops * n, w.load_uops = Loads * n, w.store_uops = n, w.tiles = 8;
  return w;
}
// The descriptor of a tensor operation.
constexpr op_kind tensor_kind(char const* name, void (*evaluate)(tensor_args const&),
                              work (*count)(op const&, vector_shape const&) = tensor_work) {
  return {.name = name,
          .infer = [](op const& o, shape const*) -> inferred { return {o.out}; },
          .count = count,
          .evaluate = evaluate};
}

// The extents of o's result: its form's, or those of an image. `forms` are the graph's.
constexpr extents dims_of(op const& o, tensor_form const* forms) {
  return o.form >= 0 ? forms[o.form].dims : extents{1, o.out.h, o.out.w, o.out.c};
}
template <class G>
constexpr extents dims_of(G const& g, int i) {
  op const& o = op_at(g, i);
  if (o.form >= 0) return g.forms[static_cast<std::size_t>(o.form)].dims;
  return dims_of(o, nullptr);
}

// Extents of any rank as a report shows them: the first, the second, and all others together.
constexpr shape as_reported(extents const& e) {
  auto const at = [&](int i) { return i < e.rank ? e[i] : 1; };
  std::int64_t const rest = e.rank > 2 ? e.count(2, e.rank) : 1;
  return {at(0), at(1), static_cast<std::int32_t>(rest < most_elements ? rest : most_elements)};
}

// Appends o as it is; where it has a form, f is its own. Returns its index.
template <class G>
constexpr std::int16_t append_formed(G& g, op o, tensor_form const& f) {
  if (o.form >= 0) {
    g.forms.push_back(f);
    o.form = static_cast<std::int16_t>(g.forms.size() - 1);
  }
  g.ops.push_back(o);
  return static_cast<std::int16_t>(g.ops.size() - 1);
}

// Appends o, with the form f of its result. Sets shape and types but for o.type, which is the result's. Extents that are
// negative or too large are noted in g.issue.
template <class G>
constexpr std::int16_t emit_tensor(G& g, op o, tensor_form const& f) {
  std::int64_t n = 1;
  for (std::int32_t d : f.dims) n = d < 0 || n > most_elements ? most_elements + std::int64_t{1} : n * d;
  tensor_form form = f;
  if (n > most_elements) {
    note(g, {o.kind, o.layer, fix::use_smaller_extents, {1, 1, most_elements}, {1, 1, -1}});
    form.dims = {1}, n = 1;
  }
  o.form = 0, o.out = {1, 1, static_cast<std::int32_t>(n)};
  if (o.input[0] >= 0) o.in = op_at(g, o.input[0]).out, o.from = op_at(g, o.input[0]).type;
  return append_formed(g, o, form);
}

// Appends a constant of layer `layer`: the parameter "<layer>.constant" (or "_1", ...: `ordinal`). An empty tensor still
// has a parameter of one element.
template <class G>
constexpr std::int16_t constant(G& g, int layer, extents const& dims, dtype type, int ordinal = 0) {
  op o{};
  o.kind = &constant_kind, o.layer = static_cast<std::int16_t>(layer), o.type = o.from = type;
  std::int64_t const n = dims.size();
  o.param[0] =
      parameter(g, layer, role::constant, {1, 1, 1, n > 0 && n <= most_elements ? static_cast<int>(n) : 1}, type);
  weight_at(g, o.param[0]).ordinal = static_cast<std::int8_t>(ordinal);
  return emit_tensor(g, o, {.dims = dims});
}

}  // namespace hone::inline HONE_ABI
