#pragma once
#include <hone/core/tensor_op.hpp>
#include <hone/nn/nd/element.hpp>
#include <hone/nn/nd/walk.hpp>

// Elementwise evaluation: operands are read a block at a time, in the order of the result, broadcast and widened on the
// way; a loop over a block has a constant number of steps, which compilers vectorise at any level of optimisation.
namespace hone::inline HONE_ABI::nd {

inline constexpr int block = 128;
inline constexpr int stride = 16;  // loops over blocks go in whole strides
static_assert(block % stride == 0);

// to[0..n) = from[at..at + n), widened to C.
template <class C>
using load_function = void (*)(C* to, void const* from, int at, int n);

template <class S, class C = computed<S>>
void load_elements(C* to, void const* from, int at, int n) {
  S const* p = static_cast<S const*>(from) + at;
  if constexpr (std::is_same_v<S, C>)
    std::memcpy(to, p, static_cast<std::size_t>(n) * sizeof(C));
  else
    for (int i = 0; i < n; ++i) to[i] = static_cast<C>(value_of(p[i]));
}
// How elements of type t are read as C, where they are computed as C.
template <class C>
load_function<C> loader(dtype t) {
  if constexpr (std::is_same_v<C, float>) {
    if (t == dtype::f16) return load_elements<half, float>;
    if (t == dtype::bf16) return load_elements<brain, float>;
  }
  return load_elements<C>;
}

template <class C>
class block_reader {
 public:
  // Precondition: the result, of extents `to`, is not empty.
  block_reader(void const* data, load_function<C> load, bool direct, extents const& from, extents const& to)
      : data_(data), load_(load), direct_(direct), walk_(broadcast_walk(from, to)), left_(walk_.inner()) {
    if (walk_.rank == 1 && walk_.inner_step() == 0) load_(buffer_, data_, 0, 1), splat(0, block, buffer_[0]);
  }
  block_reader(tensor_view const& v, extents const& to)
      : block_reader(v.data, loader<C>(v.type), !is_half(v.type), v.dims, to) {}

  // The next n elements, n <= block; behind them, up to a whole stride, lie some numbers, too.
  C const* next(int n) {
    if (walk_.rank == 1) {
      if (walk_.inner_step() == 0) return buffer_;
      int const at = odometer_.offset;
      odometer_.offset += n;
      if (direct_ && n % stride == 0) return static_cast<C const*>(data_) + at;
      load_(buffer_, data_, at, n);
    } else {
      for (int i = 0; i < n;) i += run(i, n - i);
    }
    if (n % stride != 0) splat(n, n + stride - n % stride, buffer_[0]);
    return buffer_;
  }

 private:
  // Reads at most n elements of one run to buffer_[i..]; returns how many.
  int run(int i, int n) {
    int const m = left_ < n ? left_ : n;
    if (walk_.inner_step() == 0) {
      load_(buffer_ + i, data_, odometer_.offset, 1);
      splat(i + 1, i + m, buffer_[i]);
    } else {
      load_(buffer_ + i, data_, odometer_.offset + walk_.inner() - left_, m);
    }
    if ((left_ -= m) == 0) odometer_.next(walk_, walk_.rank - 1), left_ = walk_.inner();
    return m;
  }
  void splat(int begin, int end, C v) {
    for (int i = begin; i < end; ++i) buffer_[i] = v;
  }

  void const* data_;
  load_function<C> load_;
  bool direct_;
  walk walk_;
  odometer odometer_{};
  std::int32_t left_;
  alignas(64) C buffer_[block];
};

// from[0..n) as elements of type t, at element `at` of the tensor `to`.
template <class R>
void store_elements(void* to, int at, dtype t, R const* from, int n) {
  if constexpr (std::is_same_v<R, float>) {
    if (is_half(t)) {
      auto* p = static_cast<std::uint16_t*>(to) + at;
      if (t == dtype::f16)
        for (int i = 0; i < n; ++i) p[i] = to_f16(from[i]);
      else
        for (int i = 0; i < n; ++i) p[i] = to_bf16(from[i]);
      return;
    }
  }
  std::memcpy(static_cast<R*>(to) + at, from, static_cast<std::size_t>(n) * sizeof(R));
}

// Writes the result of type t in order, a block of R's at a time: f(to, n) computes the next n, in whole strides.
template <class R, class F>
void write_blocks(void* out, dtype t, std::int64_t count, F&& f) {
  bool const direct = !std::is_same_v<R, float> || !is_half(t);
  alignas(64) R buffer[block];
  for (std::int64_t at = 0; at < count; at += block) {
    int const n = count - at < block ? static_cast<int>(count - at) : block;
    if (direct && n % stride == 0) {
      f(static_cast<R*>(out) + at, n);
    } else {
      f(buffer, n);
      store_elements(out, static_cast<int>(at), t, buffer, n);
    }
  }
}

}  // namespace hone::inline HONE_ABI::nd
