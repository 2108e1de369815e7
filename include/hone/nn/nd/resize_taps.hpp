#pragma once
#include <hone/core/tensor_op.hpp>

#include <cmath>

namespace hone::inline HONE_ABI::nd {

// Resize of one dimension: which elements of the source an element of the result mixes, and how much of each (ONNX,
// Resize).

enum class resize_mode : std::uint8_t { nearest, linear, cubic };
// Where the result's elements lie in the source.
enum class resize_coordinates : std::uint8_t {
  half_pixel,
  asymmetric,
  align_corners,
  pytorch_half_pixel,
  half_pixel_symmetric,
  tf_crop_and_resize,
};
enum class resize_nearest : std::uint8_t { round_prefer_floor, round_prefer_ceil, floor, ceil };

struct resize_options {
  resize_mode mode{resize_mode::nearest};
  resize_coordinates coordinates{resize_coordinates::half_pixel};
  resize_nearest nearest{resize_nearest::round_prefer_floor};
  float cubic_a{-0.75f};
  bool exclude_outside{};                 // elements outside the source have no weight; else they are those of its edge
  float extrapolation{};                  // tf_crop_and_resize: the result outside the source
  bool antialias{};                       // linear and cubic: shrinking mixes all elements that fall together
  std::array<float, 2 * max_rank> roi{};  // tf_crop_and_resize: where the region begins, and then ends, by dimension
};

// One dimension of a resize.
struct resize_axis {
  int in{}, out{};
  double scale{};  // out / in, or as the user gave it
  float from{}, to{1};

  constexpr bool moves(resize_options const& o) const {
    return in != out || scale != 1 ||
           (o.coordinates == resize_coordinates::tf_crop_and_resize && (from != 0 || to != 1));
  }
  // The place in the source of element i of the result.
  double place(int i, resize_coordinates c) const {
    double const width = scale * in, last = in - 1;
    switch (c) {
      case resize_coordinates::half_pixel: break;
      case resize_coordinates::asymmetric: return i / scale;
      case resize_coordinates::align_corners: return width == 1 ? 0 : i * last / (width - 1);
      case resize_coordinates::pytorch_half_pixel:
        if (width == 1) return -0.5;
        break;
      case resize_coordinates::half_pixel_symmetric: return in / 2.0 * (1 - out / width) + (i + 0.5) / scale - 0.5;
      case resize_coordinates::tf_crop_and_resize: {
        double const region = double{to} - double{from};
        return (width == 1 ? region * last / 2 : i * region * last / (width - 1)) + double{from} * last;
      }
    }
    return (i + 0.5) / scale - 0.5;
  }
  constexpr int clamp(double at) const { return !(at > 0) ? 0 : at > in - 1 ? in - 1 : static_cast<int>(at); }
  // The source's element nearest to `place`, or -1 where that is outside the source and shows the extrapolation value.
  int nearest_to(double place, resize_options const& o) const {
    if (outside(place, o)) return -1;
    double const below = std::floor(place), part = place - below;
    bool up = false;
    switch (o.nearest) {
      case resize_nearest::round_prefer_floor: up = part > 0.5; break;
      case resize_nearest::round_prefer_ceil: up = part >= 0.5; break;
      case resize_nearest::floor: break;
      case resize_nearest::ceil: up = part > 0; break;
    }
    return clamp(up ? below + 1 : below);
  }
  bool outside(double place, resize_options const& o) const {
    return o.coordinates == resize_coordinates::tf_crop_and_resize && (place < 0 || place > in - 1);
  }
};

// How many elements linear and cubic modes mix.
constexpr int resize_taps(resize_axis const& x, resize_options const& o) {
  int const reach = o.mode == resize_mode::cubic ? 2 : 1;
  if (!o.antialias || x.scale >= 1) return 2 * reach;
  double const wide = reach / x.scale;  // the filter's half width in the source; less than 2^28, see the builder
  int const whole = static_cast<int>(wide);
  return 2 * (whole < wide ? whole + 1 : whole);
}
// The weight of an element at distance d, in units of the coarser grid.
inline double resize_weight(double d, resize_options const& o) {
  d = std::fabs(d);
  double const a = static_cast<double>(o.cubic_a);
  if (o.mode == resize_mode::linear) return d < 1 ? 1 - d : 0;
  if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
}
// The `taps` elements around `place` and their weights, which add up to 1.
template <class T>
void resize_mix(resize_axis const& x, resize_options const& o, double place, int taps, int* element, T* weight) {
  double const below = std::floor(place), shrink = o.antialias && x.scale < 1 ? x.scale : 1;
  double const first = (place == below ? below - 1 : below) - (taps / 2 - 1);
  double sum = 0;
  auto const weight_of = [&](int t) {
    bool const none = o.exclude_outside && (first + t < 0 || first + t > x.in - 1);
    return none ? 0 : resize_weight((first + t - place) * shrink, o);
  };
  for (int t = 0; t < taps; ++t) sum += weight_of(t);
  bool const given = !o.exclude_outside && shrink == 1;  // they add up to 1 but for rounding
  for (int t = 0; t < taps; ++t) {
    element[t] = x.clamp(first + t);
    weight[t] = static_cast<T>(weight_of(t) / (given || sum == 0 ? 1 : sum));
  }
}

}  // namespace hone::inline HONE_ABI::nd
