// Where u8 activations come from, go to, and meet, of any shape: run-time kernels of quantize, dequantize, sums, concat,
// tables and pooling.
#if !defined(HONE_PASS)
#if !defined(HONE_SIMD_DYNAMIC_EDGES_INT8_INL_HPP)
#define HONE_SIMD_DYNAMIC_EDGES_INT8_INL_HPP
#include <hone/nn/pooling.hpp>
#include <hone/simd/dynamic_bind-inl.hpp>
#include <hone/simd/edges_int8-inl.hpp>
#include <hone/simd/elementwise_int8-inl.hpp>
namespace hone::inline HONE_ABI::simd {

struct int8_edge_form {
  shape in{}, out{};
  window win{};
  int from_zero{}, addend_zero{}, zero{}, least{0}, most{255};
  bool convert{};
};

}  // namespace hone::inline HONE_ABI::simd
#define HONE_SELF <hone/simd/dynamic_edges_int8-inl.hpp>
#include <hone/simd/foreach.inc>
#endif
#else
HONE_BEGIN;
namespace hone::inline HONE_ABI::simd::HONE_PASS {

// Requantised vectors of accumulators as bytes: one scale for all.
template <int Lanes>
HWY_INLINE i32_vector<Lanes> rescaled_bytes(int8_edge_form const& f, i32_vector<Lanes> const (&acc)[4], float scale) {
  constexpr result_form form{dtype::u8, 1, true};
  auto const s = hn::Set(f32_tag<Lanes>(), scale < 256.f ? scale : 256.f);
  i32_vector<Lanes> part[4];
  HONE_UNROLL for (int k = 0; k < 4; ++k) part[k] = scaled<form, Lanes>(acc[k], scale_vectors<Lanes>(s, s));
  auto const bytes = in_order<Lanes>(packed_bytes<Lanes>(part[0], part[1], part[2], part[3], f.zero));
  return clipped_bytes<Lanes>(bytes, f.least, f.most);
}
HWY_INLINE std::uint8_t rescaled_byte(int8_edge_form const& f, std::int32_t acc, float scale) {
  return clipped(requantize(acc, scale, f.zero), f.least, f.most);
}

struct quantize_values {
  template <int Lanes>
  static HWY_INLINE void run(kernel_args const& a, int8_edge_form const& f) {
    auto const* const x = static_cast<float const*>(a.in[0]);
    auto* const q = static_cast<std::uint8_t*>(a.out);
    float const k = *static_cast<float const*>(a.param[slot::scale]);
    int const n = f.out.size();
    if constexpr (has_bytes<Lanes>)
      in_vectors<Lanes>(n, q, [&](int at) {
        return quantized_bytes<Lanes>(x + at, k, f.zero, n - at < 4 * Lanes ? n - at : 4 * Lanes);
      });
    else
      for (int i = 0; i < n; ++i) q[i] = quantize(x[i], k, f.zero);
  }
};
struct dequantize_values {
  template <int Lanes>
  static HWY_INLINE void run(kernel_args const& a, int8_edge_form const& f) {
    auto const* const q = static_cast<std::uint8_t const*>(a.in[0]);
    auto* const y = static_cast<float*>(a.out);
    float const scale = *static_cast<float const*>(a.param[slot::scale]);
    int const n = f.out.size();
    if constexpr (has_bytes<Lanes>) {
      constexpr f32_tag<Lanes> d{};
      auto const zero = hn::Set(i32_tag<Lanes>(), f.from_zero);
      for (int i = 0; i < n; i += Lanes) {
        auto const v = hn::Mul(hn::ConvertTo(d, hn::Sub(load_bytes<Lanes>(q + i), zero)), hn::Set(d, scale));
        if (i + Lanes <= n)
          hn::StoreU(v, d, y + i);
        else
          store_first(d, v, y + i, n - i);
      }
    } else {
      for (int i = 0; i < n; ++i) y[i] = dequantize(q[i], f.from_zero, scale);
    }
  }
};
struct add_bytes {
  template <int Lanes>
  static HWY_INLINE void run(kernel_args const& a, int8_edge_form const& f) {
    auto const *const x = static_cast<std::uint8_t const*>(a.in[0]), *const y =
                                                                         static_cast<std::uint8_t const*>(a.in[1]);
    auto* const q = static_cast<std::uint8_t*>(a.out);
    auto const* const m = static_cast<std::int32_t const*>(a.param[slot::addend]);
    float const scale = *static_cast<float const*>(a.param[slot::scale]);
    std::int32_t const zeros = -(f.from_zero * m[0] + f.addend_zero * m[1]);
    if constexpr (has_bytes<Lanes>) {
      constexpr i32_tag<Lanes> d{};
      auto const start = hn::Set(d, zeros), m0 = hn::Set(d, m[0]), m1 = hn::Set(d, m[1]);
      in_vectors<Lanes>(f.out.size(), q, [&](int at) {
        i32_vector<Lanes> acc[4];
        HONE_UNROLL for (int i = 0; i < 4; ++i) {
          auto const left = multiply_add<true, Lanes>(start, load_bytes<Lanes>(x + at + i * Lanes), m0);
          acc[i] = multiply_add<true, Lanes>(left, load_bytes<Lanes>(y + at + i * Lanes), m1);
        }
        return rescaled_bytes<Lanes>(f, acc, scale);
      });
    } else {
      for (int i = 0; i < f.out.size(); ++i) q[i] = rescaled_byte(f, zeros + x[i] * m[0] + y[i] * m[1], scale);
    }
  }
};
struct join_bytes {
  template <int Lanes>
  static HWY_INLINE void run(kernel_args const& a, int8_edge_form const& f) {
    auto const* const scale = static_cast<float const*>(a.param[slot::scale]);
    auto* const out = static_cast<std::uint8_t*>(a.out);
    rescale_all<Lanes>(f, static_cast<std::uint8_t const*>(a.in[0]), f.in.c, f.from_zero, scale[0], out);
    rescale_all<Lanes>(
        f, static_cast<std::uint8_t const*>(a.in[1]), f.out.c - f.in.c, f.addend_zero, scale[1], out + f.in.c);
  }

 private:
  template <int Lanes>
  static HWY_NOINLINE void rescale_all(int8_edge_form const& f, std::uint8_t const* in, int channels, int zero,
                                       float scale, std::uint8_t* out) {
    for (int p = 0; p < f.out.pixels(); ++p, in += channels, out += f.out.c)
      if constexpr (has_bytes<Lanes>) {
        auto const zeros = hn::Set(i32_tag<Lanes>(), zero);
        in_vectors<Lanes>(channels, out, [&](int at) {
          i32_vector<Lanes> acc[4];
          HONE_UNROLL for (int i = 0; i < 4; ++i) acc[i] = hn::Sub(load_bytes<Lanes>(in + at + i * Lanes), zeros);
          return rescaled_bytes<Lanes>(f, acc, scale);
        });
      } else {
        for (int c = 0; c < channels; ++c) out[c] = rescaled_byte(f, in[c] - zero, scale);
      }
  }
};
struct mean_bytes {
  template <int Lanes>
  static HWY_INLINE void run(kernel_args const& a, int8_edge_form const& f) {
    auto* out = static_cast<std::uint8_t*>(a.out);
    float const scale = *static_cast<float const*>(a.param[slot::scale]);
    std::int32_t const zeros = -f.from_zero * f.win.taps();
    for (int y = 0; y < f.out.h; ++y)
      for (int x = 0; x < f.out.w; ++x, out += f.in.c) {
        auto const* const in =
            static_cast<std::uint8_t const*>(a.in[0]) + (y * f.win.sh * f.in.w + x * f.win.sw) * f.in.c;
        if constexpr (has_bytes<Lanes>) {
          in_vectors<Lanes>(f.in.c, out, [&](int at) {
            i32_vector<Lanes> acc[4];
            HONE_UNROLL for (int i = 0; i < 4; ++i) acc[i] = hn::Set(i32_tag<Lanes>(), zeros);
            for (int u = 0; u < f.win.kh; ++u) {
              std::uint8_t const* from = in + u * f.in.w * f.in.c + at;
              for (int v = 0; v < f.win.kw; ++v, from += f.in.c)
                HONE_UNROLL for (int i = 0; i < 4; ++i) acc[i] = hn::Add(acc[i], load_bytes<Lanes>(from + i * Lanes));
            }
            return rescaled_bytes<Lanes>(f, acc, scale);
          });
        } else {
          for (int c = 0; c < f.in.c; ++c) {
            std::int32_t sum = zeros;
            for (int u = 0; u < f.win.kh; ++u)
              for (int v = 0; v < f.win.kw; ++v) sum += in[(u * f.in.w + v) * f.in.c + c];
            out[c] = rescaled_byte(f, sum, scale);
          }
        }
      }
  }
};
struct max_bytes {
  template <int Lanes>
  static HWY_INLINE void run(kernel_args const& a, int8_edge_form const& f) {
    auto* out = static_cast<std::uint8_t*>(a.out);
    for (int y = 0; y < f.out.h; ++y) {
      nn::tap_range const rows = nn::taps(y, f.win.sh, f.win.top, f.win.kh, f.in.h);
      for (int x = 0; x < f.out.w; ++x, out += f.in.c) {
        nn::tap_range const taps = nn::taps(x, f.win.sw, f.win.left, f.win.kw, f.in.w);
        auto const* const in = static_cast<std::uint8_t const*>(a.in[0]) +
                               ((rows.from + rows.begin) * f.in.w + taps.from + taps.begin) * f.in.c;
        int const height = rows.end - rows.begin, width = taps.end - taps.begin;
        if constexpr (has_bytes<Lanes>) {
          constexpr hn::Repartition<std::uint8_t, i32_tag<Lanes>> bytes{};
          in_vectors<Lanes>(f.in.c, out, [&](int at) {
            auto most = hn::LoadU(bytes, in + at);
            for (int u = 0; u < height; ++u) {
              std::uint8_t const* from = in + u * f.in.w * f.in.c + at;
              for (int v = 0; v < width; ++v, from += f.in.c) most = hn::Max(most, hn::LoadU(bytes, from));
            }
            return hn::BitCast(i32_tag<Lanes>(), most);
          });
        } else {
          for (int c = 0; c < f.in.c; ++c) {
            std::uint8_t most = 0;
            for (int u = 0; u < height; ++u)
              for (int v = 0; v < width; ++v) {
                std::uint8_t const q = in[(u * f.in.w + v) * f.in.c + c];
                most = q > most ? q : most;
              }
            out[c] = most;
          }
        }
      }
    }
  }
};
struct table_bytes {
  template <int Lanes>
  static HWY_INLINE void run(kernel_args const& a, int8_edge_form const& f) {
    look_up<Lanes>(static_cast<std::uint8_t const*>(a.param[slot::weight]), static_cast<std::uint8_t const*>(a.in[0]),
                   f.out.size(), static_cast<std::uint8_t*>(a.out));
  }
};
template <bool Product>
struct pair_bytes {
  template <int Lanes>
  static HWY_INLINE void run(kernel_args const& a, int8_edge_form const& f) {
    auto const byte = [](int v) { return static_cast<std::uint8_t>(v); };
    pair_form const pair{
        f.out.size(), byte(f.from_zero), byte(f.addend_zero), byte(f.zero), byte(f.least), byte(f.most)};
    join_edges<Product, Lanes>(pair, a);
  }
};

template <class Kernel>
struct int8_edge_kernel {
  template <int Lanes>
  static void run(kernel_args const& a) noexcept {
    Kernel::template run<Lanes>(a, form_as<int8_edge_form>(a.form));
  }
  template <int Lanes>
  static dynamic_kernel bind(op const& o, dynamic_form& form) {
    keep(form, int8_edge_form{o.in, o.out, o.win, o.from_zero, o.addend_zero, o.zero, o.least, o.most, o.convert});
    return {&run<Lanes>};
  }
};
template <>
struct run_time<&quantize_kind, format::int8> : int8_edge_kernel<quantize_values> {};
template <>
struct run_time<&dequantize_kind, format::int8> : int8_edge_kernel<dequantize_values> {};
template <>
struct run_time<&add_kind, format::int8> : int8_edge_kernel<add_bytes> {};
template <>
struct run_time<&concat_kind, format::int8> : int8_edge_kernel<join_bytes> {};
template <>
struct run_time<&avg_pool_kind, format::int8> : int8_edge_kernel<mean_bytes> {};
template <>
struct run_time<&max_pool_kind, format::int8> : int8_edge_kernel<max_bytes> {};
template <>
struct run_time<&table_kind, format::int8> : int8_edge_kernel<table_bytes> {};
template <>
struct run_time<&qadd_kind, format::int8> : int8_edge_kernel<pair_bytes<false>> {};
template <>
struct run_time<&qmul_kind, format::int8> : int8_edge_kernel<pair_bytes<true>> {};

}  // namespace hone::inline HONE_ABI::simd::HONE_PASS
HONE_END;
#endif
