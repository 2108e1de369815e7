#pragma once
#include <hone/nn/float_work.hpp>
#include <hone/nn/gradient.hpp>
#include <hone/nn/int8_work.hpp>

namespace hone::inline HONE_ABI {
namespace nn {

// Pixel by pixel, the channels of input 0 and then those of input 1.
template <class T>
constexpr void concat_reference(op const& o, args<T> const& a) {
  int const c0 = o.in.c, c1 = o.out.c - o.in.c;
  for (int p = 0; p < a.batch * o.out.pixels(); ++p) {
    T* const y = a.out + p * o.out.c;
    for (int c = 0; c < c0; ++c) y[c] = a.in[0][p * c0 + c];
    for (int c = 0; c < c1; ++c) y[c0 + c] = a.in[1][p * c1 + c];
  }
  activate(o.act, a.out, a.batch * o.out.size());
}
template <class T>
void concat_gradient(op const& o, grad_args<T> const& a) {
  before_activation<T> const before(o, a, concat_reference<T>);
  int const c0 = o.in.c, c1 = o.out.c - o.in.c;
  T const* d = before.data();
  for (int p = 0; p < a.batch * o.out.pixels(); ++p, d += o.out.c) {
    for (int c = 0; c < c0 && a.din[0] != nullptr; ++c) a.din[0][p * c0 + c] += d[c];
    for (int c = 0; c < c1 && a.din[1] != nullptr; ++c) a.din[1][p * c1 + c] += d[c0 + c];
  }
}

}  // namespace nn

// Two activations of the same rows and columns, joined along their channels.
inline constexpr op_kind concat_kind{
    .name = "concat",
    .infer = [](op const&, shape const* in) -> inferred {
      bool const fits = in[0].h == in[1].h && in[0].w == in[1].w;
      return {{in[0].h, in[0].w, in[0].c + in[1].c},
              fits ? fix::none : fix::give_all_branches_the_same_height_and_width,
              in[0],
              in[1]};
    },
    .count =
        [](op const& o, vector_shape const& v) {
          if (o.from == dtype::u8) return nn::int8_concat_work(o, v);
          return nn::float_pixel_work(o, v, o.in.c, o.out.c - o.in.c);
        },
    .reference_f32 = nn::concat_reference<float>,
    .reference_f64 = nn::concat_reference<double>,
    .reference_i32 = nn::concat_reference<std::int32_t>,
    .moves = true,
};

namespace nn {
// Layers one after the other, as one layer: a branch of a concat.
template <class... Layers>
struct sequence {
  static constexpr char const* name = "";  // "concat_2.1.conv2d_0"
  template <class G>
  static constexpr int lower(G& g, int x, [[maybe_unused]] int at) {
    [[maybe_unused]] int position = 0;
    ((x = append<Layers>(g, x, at, position++)), ...);
    return x;
  }
};
// Nothing: the input itself, e.g. as a branch of a concat.
struct identity {
  static constexpr char const* name = "identity";
  template <class G>
  static constexpr int lower(G&, int x, int) {
    return x;
  }
};

// The branches' results joined along channels. Each branch reads the same input. More than two are joined in a chain.
template <class First, class... Branches>
struct concat {
  static constexpr char const* name = "concat";
  template <class G>
  static constexpr int lower(G& g, int x, int at) {
    int position = 0;
    int y = append<First>(g, x, at, position++);
    auto const join = [&](int z) {
      op o = reading(concat_kind, y, at);
      o.input[1] = static_cast<std::int16_t>(z);
      y = emit(g, o);
    };
    (join(append<Branches>(g, x, at, position++)), ...);
    return y;
  }
};
}  // namespace nn
}  // namespace hone::inline HONE_ABI
