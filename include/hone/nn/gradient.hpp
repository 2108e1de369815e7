#pragma once
#include <hone/nn/layer.hpp>

#include <limits>

namespace hone::inline HONE_ABI::nn {

// sum[0..n) += dout * act'. `out` are the function's values, `x` its arguments (clips do not look at them). A kink counts
// as flat.
template <class T>
void add_activation_gradient(pointwise const& act, T const* x, T const* out, T const* dout, T* sum, std::size_t n) {
  clip_range const clip = as_clip(act);
  T const low = clip.from_zero ? T(0) : std::numeric_limits<T>::lowest();
  T const high = clip.high > 0 ? static_cast<T>(clip.high) : std::numeric_limits<T>::max();
  if (clip.clips) {
    for (std::size_t i = 0; i < n; ++i) {  // loads and selections apart: compilers vectorise this
      T d = dout[i];
      d = out[i] > low ? d : T(0);
      sum[i] += out[i] < high ? d : T(0);
    }
  } else {
    for (std::size_t i = 0; i < n; ++i) sum[i] += dout[i] * act.derivative(x[i]);
  }
}

// The derivative of the loss by what o computes before its activation. Arguments that the activation's derivative needs
// and a clip does not are computed again, by the kind's reference. Adds it to a residual addend's derivative.
template <class T>
class before_activation {
 public:
  before_activation(op const& o, grad_args<T> const& a, void (*reference)(op const&, args<T> const&))
      : size_(static_cast<std::size_t>(a.batch * o.out.size())), own_(o.act.empty() ? 0 : size_),
        d_(o.act.empty() ? a.dout : &own_[0]) {
    if (!o.act.empty()) {
      op plain = o;
      plain.act = {};
      scratch<T> x(as_clip(o.act).clips ? 0 : size_);
      if (!as_clip(o.act).clips) reference(plain, {a.in, a.param, &x[0], a.batch});
      add_activation_gradient(o.act, &x[0], a.out, a.dout, &own_[0], size_);
    }
    if (o.addend >= 0) add_to(a.din[static_cast<std::size_t>(o.addend)]);
  }
  T const* data() const { return d_; }
  std::size_t size() const { return size_; }
  // Adds it to `sum`, if that is not null.
  void add_to(T* sum) const {
    for (std::size_t i = 0; i < size_ && sum != nullptr; ++i) sum[i] += d_[i];
  }
  // Adds its sum over images and pixels to channels[c], if that is not null: the derivative by a bias.
  void add_sums_to(T* channels, int c) const {
    if (channels != nullptr)
      for (T const* d = d_; d != d_ + size_; d += c)
        for (int k = 0; k < c; ++k) channels[k] += d[k];
  }

 private:
  std::size_t size_;
  scratch<T> own_;
  T const* d_;
};

// [n][rows][cols] as [n][cols][rows].
template <class T>
class transposed {
 public:
  transposed(T const* from, int n, int rows, int cols) : to_(static_cast<std::size_t>(n * rows * cols)) {
    std::size_t at = 0;
    for (int i = 0; i < n; ++i, from += rows * cols)
      for (int c = 0; c < cols; ++c)
        for (int r = 0; r < rows; ++r) to_[at++] = from[r * cols + c];
  }
  T const* data() const { return &to_[0]; }

 private:
  scratch<T> to_;
};

}  // namespace hone::inline HONE_ABI::nn
