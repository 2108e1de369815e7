#pragma once
#include <hone/io/detail/import_dense.hpp>

#include <cmath>

// Spectra. A discrete Fourier transform is a product with a known matrix, one of frames a convolution with it.
namespace hone::inline HONE_ABI::io::importing {

// Fills in n numbers of a float type.
template <class F>
void store_all(known_values::writable const& to, std::int64_t n, F value) {
  for (std::int64_t i = 0; i < n; ++i) {
    double const v = value(i);
    if (to.view.type == dtype::f64)
      std::memcpy(to.data + i * 8, &v, 8);
    else if (float const f = static_cast<float>(v); true)
      std::memcpy(to.data + i * 4, &f, 4);
  }
}

// cos and sin of all multiples of a circle's n-th part.
class unit_roots {
 public:
  explicit unit_roots(std::int64_t n) : n_(n) {
    double const part = 2 * 3.14159265358979323846 / static_cast<double>(n);
    for (std::int64_t i = 0; i < n; ++i) {
      cos_.push_back(std::cos(part * static_cast<double>(i)));
      sin_.push_back(std::sin(part * static_cast<double>(i)));
    }
  }
  // Part `to` (0 real, 1 imaginary) of what part `from` of element t gives to frequency k.
  double operator()(std::int64_t t, std::int64_t k, std::int64_t from, std::int64_t to, bool inverse) const {
    auto const at = static_cast<std::size_t>(t * k % n_);
    double const s = inverse ? sin_[at] : -sin_[at];
    return from == to ? cos_[at] : from == 0 ? s : -s;
  }

 private:
  std::int64_t n_;
  std::vector<double> cos_, sin_;
};
inline std::int64_t checked_length(call& c, std::int64_t n) {
  constexpr std::int64_t most = 1 << 16;
  if (n < 1 || n > most)
    c.refuse(message("its length is ") << static_cast<long long>(n), message("give 1 to ") << static_cast<int>(most));
  return n;
}

// The matrix [elements][parts][results][parts out] of a transform of length n. Half a spectrum, which stands for a real
// signal's, counts twice but for what is its own mirror image.
struct dft_form {
  std::int64_t n{}, elements{}, parts{}, results{}, parts_out{};
  bool inverse{}, half{};
};
inline int dft_matrix(call& c, dft_form const& f, dtype type) {
  known_values::writable const m = c.make(type, checked_dims(c, {f.elements * f.parts, f.results * f.parts_out}));
  unit_roots const roots(f.n);
  std::int64_t const columns = f.results * f.parts_out;
  store_all(m, f.elements * f.parts * columns, [&](std::int64_t i) {
    std::int64_t const t = i / columns / f.parts, from = i / columns % f.parts, k = i % columns / f.parts_out,
                       to = i % columns % f.parts_out;
    bool const mirrored = f.half && f.inverse && t != 0 && 2 * t != f.n;
    double const v = roots(t, k, from, to, f.inverse) * (mirrored ? 2 : 1);
    return f.inverse ? v / static_cast<double>(f.n) : v;
  });
  return c.constant(m.view);
}
// Operand k, which must be floats, as numbers of 32 bits or more.
inline int real_operand(call& c, int k) {
  if (!is_floating(c.type(k))) c.refuse(message("its operand ") << k << " is " << name(c.type(k)), "give floats");
  return widened(c, k);
}

// The axis is an attribute before opset 20. The last dimension holds real and imaginary parts.
inline void translate_dft(call& c) {
  extents const d = c.dims(0);
  if (d.rank < 2 || d[d.rank - 1] < 1 || d[d.rank - 1] > 2)
    c.refuse(message("its operand is ") << text_of(d).c_str(), "give [...][1] or [...][2]");
  std::int64_t const named = c.opset < 20 ? c.integer("axis", 1) : c.given(2) ? c.known_integer(2) : -2;
  int const axis = c.axis(named, d.rank);
  if (axis == d.rank - 1) c.refuse("its axis is that of the parts", "name another one");
  dft_form f;
  f.inverse = c.integer("inverse", 0) != 0, f.half = c.integer("onesided", 0) != 0;
  f.parts = d[d.rank - 1];
  std::int64_t const whole = f.half && f.inverse ? 2 * (std::int64_t{d[axis]} - 1) : d[axis];
  f.n = checked_length(c, c.given(1) ? c.known_integer(1) : whole);
  f.results = f.half && !f.inverse ? f.n / 2 + 1 : f.n, f.parts_out = f.half && f.inverse ? 1 : 2;
  f.elements = std::min<std::int64_t>(d[axis], f.half && f.inverse ? f.n / 2 + 1 : f.n);  // zeros are appended
  int x = real_operand(c, 0);
  if (f.elements < d[axis]) x = cut(c, x, axis, 0, static_cast<int>(f.elements));
  extents order, back;  // the axis goes before the parts
  for (int i = 0; i < d.rank; ++i)
    if (i != axis && i != d.rank - 1) order.push_back(i);
  order.push_back(axis), order.push_back(d.rank - 1);
  for (int i = 0; i < d.rank; ++i) back.push_back(i < axis ? i : i == axis ? d.rank - 2 : i - 1);
  back[d.rank - 1] = d.rank - 1;
  std::vector<std::int64_t> rest;
  for (int i = 0; i + 2 < d.rank; ++i) rest.push_back(d[order[i]]);
  auto const with = [&](std::initializer_list<std::int64_t> last) {
    std::vector<std::int64_t> all = rest;
    all.insert(all.end(), last);
    return checked_dims(c, all);
  };
  if (axis != d.rank - 2) x = transpose(c, x, order);
  x = reshape(c, x, with({f.elements * f.parts}));
  int y = c.ok(nd::matmul(c.graph(), x, dft_matrix(c, f, c.type_of(x)), c.layer()));
  y = reshape(c, y, with({f.results, f.parts_out}));
  if (axis != d.rank - 2) y = transpose(c, y, back);
  result_narrowed(c, 0, y);
}

// Frames of a signal [batch][time][parts], each by the window, and their spectra: [batch][frames][frequencies][2].
inline void translate_stft(call& c) {
  extents d = c.dims(0);
  if (d.rank == 2) d.push_back(1);
  if (d.rank != 3 || d[2] < 1 || d[2] > 2)
    c.refuse(message("its signal is ") << text_of(d).c_str(), "give [batch][time], or [batch][time][1 or 2]");
  std::int64_t const step = c.known_integer(1);
  if (!c.given(2) && !c.given(3)) c.refuse("it has neither a window nor a length of frames", "export it again");
  std::int64_t const n = checked_length(c, c.given(3) ? c.known_integer(3) : c.dims(2).size());
  bool const half = c.integer("onesided", 1) != 0 && d[2] == 1;
  if (step < 1 || n > d[1] || (c.given(2) && c.dims(2).size() != n))
    c.refuse(message("its frames of ") << static_cast<long long>(n) << " do not fit its signal, step or window",
             "give a signal of one frame or more, and a window of a frame's length");
  std::int64_t const results = half ? n / 2 + 1 : n, parts = d[2];
  int x = reshape(c, real_operand(c, 0), d);
  dtype const type = c.type_of(x);
  x = parts == 1 ? reshape(c, x, {d[0], 1, d[1]}) : transpose(c, x, {0, 2, 1});
  known_values::writable const w = c.make(type, checked_dims(c, {results * 2, parts, n}));
  tensor_view const* const window = c.known(2);
  unit_roots const roots(n);
  store_all(w, results * 2 * parts * n, [&](std::int64_t i) {
    double const v = roots(i % n, i / (2 * parts * n), i / n % parts, i / (parts * n) % 2, false);
    return window != nullptr ? v * number_at(*window, i % n) : v;
  });
  int weights = c.constant(w.view);
  if (c.given(2) && window == nullptr)
    weights = binary(c, weights, reshape(c, real_operand(c, 2), {static_cast<int>(n)}), nd::binary_fn::mul);
  nd::window_nd frames;
  frames.strides = {c.narrow(step, "frame_step")};
  int y = c.ok(nd::conv(c.graph(), x, weights, -1, frames, 1, c.layer()));
  int const count = c.extents_of(y)[2];
  y = reshape(c, transpose(c, y, {0, 2, 1}), checked_dims(c, {d[0], count, results, 2}));
  result_narrowed(c, 0, y);
}

// Sums of cosines: a - b cos(t) + c cos(2 t).
template <int Kind>
void translate_window(call& c) {
  constexpr double weights[3][3] = {
      {0.5, 0.5, 0}, {25. / 46, 21. / 46, 0}, {0.42, 0.5, 0.08}};  // Hann, Hamming, Blackman
  double const *const w = weights[Kind], circle = 2 * 3.14159265358979323846;
  std::int64_t const n = c.known_integer(0);
  extents const dims = checked_dims(c, {n});
  std::int64_t const whole = c.integer("periodic", 1) != 0 ? n : n - 1;
  dtype const type = type_named(c, "output_datatype", c.integer("output_datatype", 1));
  known_values::writable const to = c.make(type == dtype::f64 ? dtype::f64 : dtype::f32, dims);
  store_all(to, n, [&](std::int64_t i) {
    double const t = whole > 0 ? circle * static_cast<double>(i) / static_cast<double>(whole) : 0;
    return w[0] - w[1] * std::cos(t) + w[2] * std::cos(2 * t);
  });
  c.result(cast(c, c.constant(to.view), type));
}

// Triangles that are evenly spaced on the mel scale: [dft_length / 2 + 1][bins]. As ONNX's reference makes them.
inline void translate_mel_weights(call& c) {
  std::int64_t const bins = c.known_integer(0), length = checked_length(c, c.known_integer(1)),
                     rate = c.known_integer(2);
  double const low = c.known_number(3), high = c.known_number(4);
  dtype const type = type_named(c, "output_datatype", c.integer("output_datatype", 1));
  std::int64_t const rows = length / 2 + 1;
  extents const dims = checked_dims(c, {rows, bins});
  if (bins < 1 || rate < 1 || !(low >= 0) || !(high >= low) || !(high < 1e9))
    c.refuse("its bins, rate or edges are out of order", "give positive ones, the lower edge first");
  auto const mel = [](double hertz) { return 2595 * std::log10(1 + hertz / 700); };
  double const first = mel(low), step = (mel(high) - first) / static_cast<double>(bins + 2);
  known_values::writable const to = c.make(type == dtype::f64 ? dtype::f64 : dtype::f32, dims);
  std::vector<std::int64_t> edges;
  for (std::int64_t i = 0; i < bins + 2; ++i) {
    double const hertz = 700 * (std::pow(10, (static_cast<double>(i) * step + first) / 2595) - 1),
                 at = std::floor(static_cast<double>(length + 1) * hertz / static_cast<double>(rate));
    edges.push_back(static_cast<std::int64_t>(std::clamp(at, 0., static_cast<double>(2 * length))));
  }
  store_all(to, rows * bins, [&](std::int64_t i) -> double {
    std::int64_t const* const edge = edges.data() + i % bins;
    std::int64_t const row = i / bins, left = edge[0], top = edge[1], right = edge[2];
    if (row >= top && row < right) return static_cast<double>(right - row) / static_cast<double>(right - top);
    if (row == top) return 1;
    return row >= left && row < top ? static_cast<double>(row - left) / static_cast<double>(top - left) : 0;
  });
  c.result(cast(c, c.constant(to.view), type));
}

}  // namespace hone::inline HONE_ABI::io::importing
