#pragma once
#include <hone/io/detail/import_window.hpp>
#include <hone/nn/nd/resize.hpp>

#include <cmath>

// Resize and Upsample, of all opsets.
namespace hone::inline HONE_ABI::io::importing {

struct resize_target {
  extents dims{};
  std::array<float, max_rank> scales{};
};

inline nd::resize_mode resize_mode_of(call& c) {
  std::string_view const mode = c.text("mode", "nearest");
  if (mode == "nearest") return nd::resize_mode::nearest;
  if (mode == "linear" || mode == "bilinear") return nd::resize_mode::linear;
  if (mode == "cubic") return nd::resize_mode::cubic;
  c.refuse_value("mode", mode, "nearest, linear and cubic");
}
inline nd::resize_coordinates resize_coordinates_of(call& c) {
  using nd::resize_coordinates;
  std::string_view const how = c.text("coordinate_transformation_mode", "half_pixel");
  if (how == "half_pixel") return resize_coordinates::half_pixel;
  if (how == "asymmetric") return resize_coordinates::asymmetric;
  if (how == "align_corners") return resize_coordinates::align_corners;
  if (how == "pytorch_half_pixel") return resize_coordinates::pytorch_half_pixel;
  if (how == "half_pixel_symmetric") return resize_coordinates::half_pixel_symmetric;
  if (how == "tf_crop_and_resize") return resize_coordinates::tf_crop_and_resize;
  c.refuse_value("coordinate_transformation_mode", how,
                 "half_pixel, half_pixel_symmetric, pytorch_half_pixel, asymmetric, align_corners, tf_crop_and_resize");
}
inline nd::resize_nearest resize_nearest_of(call& c) {
  std::string_view const how = c.text("nearest_mode", "round_prefer_floor");
  if (how == "round_prefer_floor") return nd::resize_nearest::round_prefer_floor;
  if (how == "round_prefer_ceil") return nd::resize_nearest::round_prefer_ceil;
  if (how == "floor") return nd::resize_nearest::floor;
  if (how == "ceil") return nd::resize_nearest::ceil;
  c.refuse_value("nearest_mode", how, "round_prefer_floor, round_prefer_ceil, floor and ceil");
}

inline std::vector<float> known_floats(call& c, int k) {
  tensor_view const& t = c.must_know(k);
  std::vector<float> list;
  for (std::int64_t i = 0; i < t.dims.size(); ++i) list.push_back(static_cast<float>(number_at(t, i)));
  return list;
}
inline void want_one_an_axis(call& c, std::size_t n, std::size_t axes) {
  if (n != axes) c.refuse(message("it has ") << n << " sizes or scales for " << axes << " axes", "export it again");
}

inline resize_target scaled(call& c, std::vector<float> const& scales, std::vector<std::int64_t> const& axes) {
  resize_target t{c.dims(0), {}};
  want_one_an_axis(c, scales.size(), axes.size());
  for (std::size_t k = 0; k < axes.size(); ++k) {
    int const i = c.axis(axes[k], t.dims.rank);
    float const size = std::floor(static_cast<float>(t.dims[i]) * scales[k]);
    if (!(scales[k] > 0) || !(size <= 0x1p27f)) c.refuse("a scale is not positive, or too large", "export it again");
    t.scales[static_cast<std::size_t>(i)] = scales[k];
    t.dims[i] = static_cast<std::int32_t>(size);
  }
  return t;
}
// With keep_aspect_ratio_policy one scale serves all axes: the smallest (not_larger) or the largest of theirs.
inline resize_target sized(call& c, std::vector<std::int64_t> const& sizes, std::vector<std::int64_t> const& axes) {
  resize_target t{c.dims(0), {}};
  want_one_an_axis(c, sizes.size(), axes.size());
  std::string_view const policy = c.text("keep_aspect_ratio_policy", "stretch");
  bool const stretch = policy == "stretch", larger = policy == "not_smaller";
  if (!stretch && !larger && policy != "not_larger")
    c.refuse_value("keep_aspect_ratio_policy", policy, "stretch, not_larger and not_smaller");
  extents const from = t.dims;
  double common = 0;
  for (std::size_t k = 0; k < axes.size(); ++k) {
    int const i = c.axis(axes[k], from.rank);
    t.dims[i] = c.narrow(sizes[k], "sizes");
    double const scale = static_cast<double>(sizes[k]) / std::max(from[i], 1);
    if (k == 0 || (larger ? scale > common : scale < common)) common = scale;
  }
  for (std::size_t k = 0; !stretch && k < axes.size(); ++k) {
    int const i = c.axis(axes[k], from.rank);
    double const size = std::floor(common * from[i] + 0.5);
    if (!(size >= 0 && size <= most_elements)) c.refuse("a size is too large", "export it again");
    t.dims[i] = static_cast<std::int32_t>(size), t.scales[static_cast<std::size_t>(i)] = static_cast<float>(common);
  }
  return t;
}
inline void set_region(call& c, nd::resize_options& how, std::vector<std::int64_t> const& axes) {
  if (how.coordinates != nd::resize_coordinates::tf_crop_and_resize) return;
  std::vector<float> const roi = known_floats(c, 1);
  want_one_an_axis(c, roi.size(), 2 * axes.size());
  for (int i = 0; i < max_rank; ++i) how.roi[static_cast<std::size_t>(i + max_rank)] = 1;
  for (std::size_t k = 0; k < axes.size(); ++k) {
    auto const i = static_cast<std::size_t>(c.axis(axes[k], c.rank(0)));
    how.roi[i] = roi[k], how.roi[i + max_rank] = roi[k + axes.size()];
  }
}

inline std::vector<std::int64_t> all_axes(int rank) {
  std::vector<std::int64_t> axes;
  for (int i = 0; i < rank; ++i) axes.push_back(i);
  return axes;
}
inline void result_resized(call& c, resize_target const& to, nd::resize_options const& how) {
  int const x = how.mode == nd::resize_mode::nearest ? c.operand(0) : widened(c, 0);
  result_narrowed(c, 0, nd::resize(c.graph(), x, to.dims, to.scales, how, c.layer()));
}
// Upsample, and Resize before opset 11.
inline void translate_upsample(call& c) {
  nd::resize_options how;
  how.mode = resize_mode_of(c), how.coordinates = nd::resize_coordinates::asymmetric,
  how.nearest = nd::resize_nearest::floor;
  std::vector<float> const scales = c.has("scales") ? c.numbers("scales") : known_floats(c, 1);
  result_resized(c, scaled(c, scales, all_axes(c.rank(0))), how);
}
inline void translate_resize(call& c) {
  if (c.opset < 11) return translate_upsample(c);
  nd::resize_options how;
  how.mode = resize_mode_of(c), how.coordinates = resize_coordinates_of(c), how.nearest = resize_nearest_of(c);
  how.cubic_a = c.number("cubic_coeff_a", -0.75f), how.extrapolation = c.number("extrapolation_value", 0);
  how.exclude_outside = c.integer("exclude_outside", 0) != 0, how.antialias = c.integer("antialias", 0) != 0;
  std::vector<std::int64_t> const axes = c.has("axes") ? c.integers("axes") : all_axes(c.rank(0));
  named_axes(c, axes, c.rank(0));
  set_region(c, how, axes);
  bool const by_sizes = c.given(3) && c.dims(3).size() != 0;
  result_resized(c, by_sizes ? sized(c, c.known_integers(3), axes) : scaled(c, known_floats(c, 2), axes), how);
}

}  // namespace hone::inline HONE_ABI::io::importing
