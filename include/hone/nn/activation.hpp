#pragma once
#include <hone/nn/float_work.hpp>
#include <hone/nn/gradient.hpp>

namespace hone::inline HONE_ABI {
namespace nn {

template <class T>
constexpr void pointwise_reference(op const& o, args<T> const& a) {
  int const n = a.batch * o.out.size();
  for (int i = 0; i < n; ++i) a.out[i] = a.in[0][i];
  activate(o.act, a.out, n);
}
template <class T>
void pointwise_gradient(op const& o, grad_args<T> const& a) {
  if (a.din[0] != nullptr)
    add_activation_gradient(o.act, a.in[0], a.out, a.dout, a.din[0], static_cast<std::size_t>(a.batch * o.out.size()));
}
constexpr work pointwise_count(op const& o, vector_shape const& v) { return float_elementwise_work(o, v, 1, 0); }
// The descriptor of an elementwise kind: all its meaning is the function in op.act, so that passes fuse it unknown.
constexpr op_kind pointwise_kind(char const* name) {
  return {.name = name,
          .infer = keep_shape,
          .count = pointwise_count,
          .reference_f32 = pointwise_reference<float>,
          .reference_f64 = pointwise_reference<double>,
          .pointwise = true};
}

// y[n,p,c] = act(exp(x - max) / sum over c), for each pixel.
template <class T>
constexpr void softmax_reference(op const& o, args<T> const& a) {
  int const c = o.out.c;
  for (int p = 0; p < a.batch * o.out.pixels(); ++p) {
    T const* x = a.in[0] + p * c;
    T* y = a.out + p * c;
    T largest = x[0], sum{};
    for (int k = 1; k < c; ++k) largest = x[k] > largest ? x[k] : largest;
    for (int k = 0; k < c; ++k) sum += y[k] = static_cast<T>(__builtin_exp(static_cast<double>(x[k] - largest)));
    for (int k = 0; k < c; ++k) y[k] /= sum;
  }
  activate(o.act, a.out, a.batch * o.out.size());
}
// dx = s * (d - sum over c of d * s), s being the softmax.
template <class T>
void softmax_gradient(op const& o, grad_args<T> const& a) {
  if (a.din[0] == nullptr) return;
  before_activation<T> const before(o, a, softmax_reference<T>);
  scratch<T> s(before.size());
  op plain = o;
  plain.act = {};
  softmax_reference<T>(plain, {a.in, a.param, &s[0], a.batch});
  int const c = o.out.c;
  for (int p = 0; p < a.batch * o.out.pixels(); ++p) {
    T const *d = before.data() + p * c, *y = &s[0] + p * c;
    T along{};
    for (int k = 0; k < c; ++k) along += d[k] * y[k];
    for (int k = 0; k < c; ++k) a.din[0][p * c + k] += y[k] * (d[k] - along);
  }
}

}  // namespace nn

inline constexpr op_kind relu_kind = nn::pointwise_kind("relu");
inline constexpr op_kind relu6_kind = nn::pointwise_kind("relu6");
inline constexpr op_kind leaky_relu_kind = nn::pointwise_kind("leaky_relu");
inline constexpr op_kind tanh_kind = nn::pointwise_kind("tanh");
inline constexpr op_kind sigmoid_kind = nn::pointwise_kind("sigmoid");
// Any other function: imported networks have many.
inline constexpr op_kind function_kind = nn::pointwise_kind("function");

inline constexpr op_kind softmax_kind{
    .name = "softmax",
    .infer = nn::keep_shape,
    .count = nn::float_softmax_work,
    .reference_f32 = nn::softmax_reference<float>,
    .reference_f64 = nn::softmax_reference<double>,
};

namespace nn {
// An elementwise layer from its descriptor and its function.
template <op_kind const& Kind, pointwise Function>
struct elementwise {
  static constexpr char const* name = Kind.name;
  template <class G>
  static constexpr int lower(G& g, int x, int at) {
    op o = reading(Kind, x, at);
    o.act = Function;
    return emit(g, o);
  }
};
struct relu : elementwise<relu_kind, functions::relu()> {};
struct relu6 : elementwise<relu6_kind, functions::relu6()> {};
struct leaky_relu : elementwise<leaky_relu_kind, functions::leaky_relu()> {};
struct tanh : elementwise<tanh_kind, functions::tanh()> {};
struct sigmoid : elementwise<sigmoid_kind, functions::sigmoid()> {};

// Softmax over the channels of each pixel.
struct softmax {
  static constexpr char const* name = "softmax";
  template <class G>
  static constexpr int lower(G& g, int x, int at) {
    return emit(g, reading(softmax_kind, x, at));
  }
};
}  // namespace nn
}  // namespace hone::inline HONE_ABI
