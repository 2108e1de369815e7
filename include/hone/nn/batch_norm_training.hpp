#pragma once
#include <hone/core/training.hpp>
#include <hone/nn/batch_norm.hpp>

namespace hone::inline HONE_ABI::nn {

// ---- in training (Ioffe and Szegedy, arXiv 1502.03167): normalisation by the mean and variance of the batch, over images,
// rows and columns; inference uses their running averages. The sums are x and x * x of each channel.
inline constexpr double batch_norm_momentum = 0.1;  // share of the newest batch in the averages

// What the batch does to a channel: normalised = x * inverse - mean * inverse, y = normalised * gamma + beta.
struct batch_moments {
  double mean, variance, inverse;
};
template <class T>
batch_moments moments_of(op const& o, training_args<T> const& a, int channel) {
  double const epsilon = double(std::bit_cast<float>(a.recipe[slot::weight]->attr[0]));  // norm_scale_kind's
  double const n = double(a.batch) * o.out.pixels(), mean = a.sums[channel] / n;
  double const v = a.sums[o.out.c + channel] / n - mean * mean, variance = v > 0 ? v : 0;
  return {mean, variance, 1 / __builtin_sqrt(variance + epsilon)};
}
// The same for all channels as factors and summands: normalised = x * scale + shift, y = x * gain + offset.
template <class T>
class batch_affine {
 public:
  batch_affine(op const& o, training_args<T> const& a)
      : f_(static_cast<std::size_t>(4 * o.out.c)), scale(&f_[0]), shift(scale + o.out.c), gain(shift + o.out.c),
        offset(gain + o.out.c) {
    for (int k = 0; k < o.out.c; ++k) {
      batch_moments const m = moments_of(o, a, k);
      double const gamma = double(a.leaf[int(role::gamma)][k]), beta = double(a.leaf[int(role::beta)][k]);
      scale[k] = static_cast<T>(m.inverse), shift[k] = static_cast<T>(-m.mean * m.inverse);
      gain[k] = static_cast<T>(m.inverse * gamma), offset[k] = static_cast<T>(beta - m.mean * m.inverse * gamma);
    }
  }

 private:
  scratch<T> f_;

 public:
  T *scale, *shift, *gain, *offset;
};
// The operands that batch_norm_reference would have computed the same with.
template <class T>
grad_args<T> as_affine(training_args<T> const& a, batch_affine<T> const& f) {
  grad_args<T> g{};
  g.in[0] = a.in, g.param[slot::weight] = f.gain, g.param[slot::bias] = f.offset;
  g.out = a.out, g.dout = a.dout, g.batch = a.slice;
  return g;
}

template <class T>
void batch_norm_gather(op const& o, training_args<T> const& a) {
  int const c = o.out.c;
  T const* x = a.in;
  for (int p = 0; p < a.slice * o.out.pixels(); ++p, x += c)
    for (int k = 0; k < c; ++k) a.sums[k] += double(x[k]), a.sums[c + k] += double(x[k]) * double(x[k]);
}
template <class T>
void batch_norm_forward(op const& o, training_args<T> const& a) {
  batch_affine<T> const f(o, a);
  grad_args<T> const g = as_affine(a, f);
  batch_norm_reference<T>(o, {g.in, g.param, a.out, a.slice});
}
// Gradient sums: d, and d times the normalised x.
template <class T>
void batch_norm_gather_gradient(op const& o, training_args<T> const& a) {
  int const c = o.out.c;
  batch_affine<T> const f(o, a);
  before_activation<T> const before(o, as_affine(a, f), batch_norm_reference<T>);
  T const *x = a.in, *d = before.data(), *scale = f.scale, *shift = f.shift;
  for (int p = 0; p < a.slice * o.out.pixels(); ++p, x += c, d += c)
    for (int k = 0; k < c; ++k) {
      a.gradient_sums[k] += double(d[k]);
      a.gradient_sums[c + k] += double(d[k] * (x[k] * scale[k] + shift[k]));
    }
  T *const dbeta = a.dleaf[int(role::beta)], *const dgamma = a.dleaf[int(role::gamma)];
  for (int k = 0; k < c && dbeta != nullptr; ++k) dbeta[k] += static_cast<T>(a.gradient_sums[k]);
  for (int k = 0; k < c && dgamma != nullptr; ++k) dgamma[k] += static_cast<T>(a.gradient_sums[c + k]);
}
// dx = gamma * inverse * (d - mean of d - normalised x * mean of (d * normalised x))
template <class T>
void batch_norm_backward(op const& o, training_args<T> const& a) {
  if (a.din == nullptr) return;
  int const c = o.out.c;
  batch_affine<T> const f(o, a);
  scratch<T> means(static_cast<std::size_t>(2 * c));
  before_activation<T> const before(o, as_affine(a, f), batch_norm_reference<T>);
  double const n = double(a.batch) * o.out.pixels();
  for (int k = 0; k < 2 * c; ++k) (&means[0])[k] = static_cast<T>(a.gradient_sums[k] / n);
  T const *x = a.in, *d = before.data(), *mean = &means[0], *along = mean + c;
  T* dx = a.din;
  for (int p = 0; p < a.slice * o.out.pixels(); ++p, x += c, d += c, dx += c)
    for (int k = 0; k < c; ++k) dx[k] += f.gain[k] * (d[k] - mean[k] - (x[k] * f.scale[k] + f.shift[k]) * along[k]);
}
template <class T>
void batch_norm_keep_statistics(op const& o, training_args<T> const& a) {
  double const n = double(a.batch) * o.out.pixels(), unbiased = n > 1 ? n / (n - 1) : 1;
  T *const mean = a.leaf[int(role::mean)], *const variance = a.leaf[int(role::variance)];
  for (int k = 0; k < o.out.c; ++k) {
    batch_moments const m = moments_of(o, a, k);
    mean[k] += static_cast<T>(batch_norm_momentum * (m.mean - double(mean[k])));
    variance[k] += static_cast<T>(batch_norm_momentum * (m.variance * unbiased - double(variance[k])));
  }
}
template <class T>
inline constexpr training_form<T> batch_norm_training{
    .sums = [](op const& o) { return 2 * o.out.c; },
    .gather = batch_norm_gather<T>,
    .forward = batch_norm_forward<T>,
    .gather_gradient = batch_norm_gather_gradient<T>,
    .backward = batch_norm_backward<T>,
    .keep_statistics = batch_norm_keep_statistics<T>,
};

}  // namespace hone::inline HONE_ABI::nn
