#pragma once
#include <hone/nn/input.hpp>

namespace hone::inline HONE_ABI::nn {

// Rows and columns of a kernel, stride or pool: `3` means 3x3, `extent{10, 4}` 10 rows by 4 columns.
struct extent {
  int h{1}, w{1};
  constexpr extent(int s) : h(s), w(s) {}  // NOLINT: conv2d<16, 3> is how people write it
  constexpr extent(int rows, int columns) : h(rows), w(columns) {}
};

// What surrounds an image under a window.
//   padding::same   output extent = ceil(input / stride), padding split evenly with the odd one after (TensorFlow's rule)
//   padding::valid  none
//   1               one pixel on every side (PyTorch's padding=1); padding{1, 2}: rows above and below, columns left and
//                   right; padding{0, 1, 2, 3}: above, left, below, right. Less than the kernel everywhere.
struct padding {
  int top{}, left{}, bottom{}, right{};
  bool by_stride{};  // `same`

  constexpr padding(int all) : padding(all, all) {}  // NOLINT: conv2d<16, 3, 2, 1>
  constexpr padding(int rows, int columns) : padding(rows, columns, rows, columns) {}
  constexpr padding(int above, int before, int below, int after)
      : top(above), left(before), bottom(below), right(after) {}
  constexpr bool operator==(padding const&) const = default;

  static padding const same, valid;

 private:
  // A function, for a class has no constants of its own type while it is incomplete.
  static constexpr padding stride_rule() {
    padding p{0};
    p.by_stride = true;
    return p;
  }
};
inline constexpr padding padding::same = padding::stride_rule();
inline constexpr padding padding::valid{0};

// The window of a k-extent with stride s over `in`. Shape rules report extents that are not positive.
constexpr window make_window(shape in, extent k, extent s, padding p) {
  window w{.kh = k.h, .kw = k.w, .sh = s.h, .sw = s.w};
  w.top = p.top, w.left = p.left, w.bottom = p.bottom, w.right = p.right;
  if (p.by_stride && s.h > 0 && s.w > 0) {
    auto total = [](int n, int kernel, int stride) {
      int const t = (ceil_div(n, stride) - 1) * stride + kernel - n;
      return t > 0 ? t : 0;
    };
    int const th = total(in.h, k.h, s.h), tw = total(in.w, k.w, s.w);
    w.top = th / 2, w.bottom = th - th / 2;
    w.left = tw / 2, w.right = tw - tw / 2;
  }
  return w;
}

// Shape rule of everything that slides: rows and columns from the window, `channels` as given.
constexpr inferred slide(op const& o, shape in, int channels) {
  if (o.win.kh < 1 || o.win.kw < 1 || channels < 1)
    return {in, fix::use_positive_extents, {1, 1, 1}, {o.win.kh, o.win.kw, channels}};
  if (o.win.sh < 1 || o.win.sw < 1)  // shown as extents of one channel
    return {in, fix::use_positive_strides, {1, 1, 1}, {o.win.sh, o.win.sw, 1}};
  auto const within = [](int pad, int kernel) { return pad >= 0 && pad < kernel; };
  if (!within(o.win.top, o.win.kh) || !within(o.win.bottom, o.win.kh) || !within(o.win.left, o.win.kw) ||
      !within(o.win.right, o.win.kw))  // shown by what pads above and left
    return {in, fix::use_padding_within_the_window, {o.win.kh, o.win.kw, 1}, {o.win.top, o.win.left, 1}};
  int const h = in.h + o.win.top + o.win.bottom - o.win.kh, w = in.w + o.win.left + o.win.right - o.win.kw;
  if (h < 0 || w < 0)
    return {{1, 1, channels}, fix::use_same_padding_or_a_smaller_window, {o.win.kh, o.win.kw, in.c}, in};
  return {{h / o.win.sh + 1, w / o.win.sw + 1, channels}};
}
// Shape rule of everything that keeps its input's shape.
constexpr inferred keep_shape(op const&, shape const* in) { return {in[0]}; }

// The taps of output coordinate `at` that lie inside an input of n: [begin, end) of the window's k rows (or columns).
struct tap_range {
  int begin, end, from;  // from: input coordinate of tap 0, may be negative
};
constexpr tap_range taps(int at, int stride, int pad, int k, int n) {
  int const from = at * stride - pad;
  return {from < 0 ? -from : 0, from + k > n ? n - from : k, from};
}
// The outputs [begin, end) for which tap u of the window lies inside an input of n.
constexpr tap_range outputs_of_tap(int u, int stride, int pad, int out, int n) {
  int const first = pad > u ? ceil_div(pad - u, stride) : 0, end = n + pad > u ? ceil_div(n + pad - u, stride) : 0;
  return {first, end < out ? end : out, u - pad};
}
// How many taps lie inside the input, summed over all output coordinates. Linear in the smaller of out and k.
constexpr int inside(int out, int stride, int pad, int k, int n) {
  int sum = 0;
  for (int i = 0; i < (out < k ? out : k); ++i) {
    tap_range const t = out < k ? taps(i, stride, pad, k, n) : outputs_of_tap(i, stride, pad, out, n);
    sum += t.end > t.begin ? t.end - t.begin : 0;
  }
  return sum;
}

// y[0..n) = act(y). T = int32_t is the accumulator of int8: its activation is the clip of requantisation.
template <class T>
constexpr void activate(pointwise const& act, T* y, int n) {
  if constexpr (static_cast<T>(0.5) != T(0)) {
    if (act.empty()) return;
    if (act == functions::relu()) {
      for (int i = 0; i < n; ++i) y[i] = y[i] > T(0) ? y[i] : T(0);
      return;
    }
    for (int i = 0; i < n; ++i) y[i] = act(y[i]);
  }
}
// out += the residual addend (in int8 after scaling it to accumulator units), then act(out).
template <class T>
constexpr void finish(op const& o, args<T> const& a) {
  int const n = a.batch * o.out.size();
  if (o.addend >= 0) {
    T const* r = a.in[static_cast<std::size_t>(o.addend)];
    if constexpr (static_cast<T>(0.5) == T(0))
      for (int i = 0; i < n; ++i) a.out[i] += r[i] * a.param[slot::addend][i % o.out.c];
    else
      for (int i = 0; i < n; ++i) a.out[i] += r[i];
  }
  activate(o.act, a.out, n);
}

// sum[0..M) += sum over i < n of x[i * xs] * w[i * ws + 0..M), in that order, the sums in registers.
template <int M, class T>
constexpr void accumulate_block(T* sum, int n, T const* x, int xs, T const* w, int ws) {
  if (std::is_constant_evaluated() || M == 1) {
    for (int i = 0; i < n; ++i)
      for (int k = 0; k < M; ++k) sum[k] += x[i * xs] * w[i * ws + k];
  } else {
    constexpr int wide = HONE_REGISTER_BYTES / static_cast<int>(sizeof(T)), lanes = M < wide ? M : wide,
                  registers = M / lanes;
    typedef T vector [[gnu::vector_size(lanes * sizeof(T))]];
    vector s[registers], v;
    __builtin_memcpy(s, sum, sizeof s);
    for (int i = 0; i < n; ++i, x += xs, w += ws) {
#pragma GCC unroll 8
      for (int r = 0; r < registers; ++r) {
        __builtin_memcpy(&v, w + r * lanes, sizeof v);
        s[r] += *x * v;
      }
    }
    __builtin_memcpy(sum, s, sizeof s);
  }
}
// The same for m sums: nearly all the arithmetic of references and gradients.
template <class T>
[[gnu::noinline]] constexpr void accumulate(T* sum, int m, int n, T const* x, int xs, T const* w, int ws) {
  int k = 0;
  for (; k + 16 <= m; k += 16) accumulate_block<16>(sum + k, n, x, xs, w + k, ws);
  for (; k + 4 <= m; k += 4) accumulate_block<4>(sum + k, n, x, xs, w + k, ws);
  for (; k < m; ++k) accumulate_block<1>(sum + k, n, x, xs, w + k, ws);
}

// What a model is made of: a stateless type with a name (empty where its place says enough), whose lower(g, x, at)
// appends operations that read operation x and returns the one that holds the result.
template <class L>
concept layer_type = requires(dynamic_graph& g) {
  L::name;
  int{L::lower(g, 0, 0)};
};

// Notes in g.issue that the last layer, at the network's beginning or not, should be an input or not be one.
template <class G>
constexpr void note_input_expected(G& g) {
  note(g,
       {&input_kind, static_cast<std::int16_t>(g.layers.size() - 1), fix::start_the_model_with_an_input_layer, {}, {}});
}

// Appends layer L to g: names it after its place under `parent` (-1: the model itself) and lowers it to operations.
// x is the operation whose result L reads, -1 before the input layer. Returns the operation that holds L's result.
template <class L, class G>
constexpr int append(G& g, int x, int parent, int position) {
  layer info{};
  if (parent >= 0) {
    info = g.layers[static_cast<std::size_t>(parent)];
    info.name.append(".");
  } else {
    info.position = static_cast<std::int16_t>(position);
  }
  if constexpr (requires { L::given_name; }) {
    info.name.append(L::given_name.c_str());
  } else {
    if (*L::name != 0) info.name.append(L::name).append("_");
    info.name.append(position);
  }
  g.layers.push_back(info);
  int const at = static_cast<int>(g.layers.size()) - 1;
  if (input_layer<L> != (x < 0)) {
    note_input_expected(g);
    if (x >= 0) return x;
    x = input<1>::lower(g, x, at);  // so that the rest has something to read
  }
  return L::lower(g, x, at);
}

// An op that reads x, for lower(): kind, first input and layer filled in.
constexpr op reading(op_kind const& kind, int x, int layer) {
  op o{};
  o.kind = &kind;
  o.input[0] = static_cast<std::int16_t>(x);
  o.layer = static_cast<std::int16_t>(layer);
  return o;
}

// Gives layer L a name of the user's instead of its kind and place: `named<"stem", conv2d<16, 3>>`.
template <label Name, class L>
struct named {
  static constexpr char const* name = L::name;
  static constexpr label given_name = Name;
  static constexpr bool is_input = input_layer<L>;
  template <class G>
  static constexpr int lower(G& g, int x, int at) {
    return L::lower(g, x, at);
  }
};

}  // namespace hone::inline HONE_ABI::nn
