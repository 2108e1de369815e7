#pragma once
#include <hone/io/detail/import_dense.hpp>
#include <hone/nn/nd/grid_sample.hpp>

// Tensors looked up at places that are computed.
namespace hone::inline HONE_ABI::io::importing {

// Modes had other names before opset 20.
inline void translate_grid_sample(call& c) {
  nd::grid_options how;
  std::string_view const mode = c.text("mode", "linear"), padding = c.text("padding_mode", "zeros");
  if (mode == "nearest")
    how.mode = nd::grid_mode::nearest;
  else if (mode == "cubic" || mode == "bicubic")
    how.mode = nd::grid_mode::cubic;
  else if (mode != "linear" && mode != "bilinear")
    c.refuse_value("mode", mode, "nearest, linear and cubic");
  if (padding == "border")
    how.padding = nd::grid_padding::border;
  else if (padding == "reflection")
    how.padding = nd::grid_padding::reflection;
  else if (padding != "zeros")
    c.refuse_value("padding_mode", padding, "zeros, border and reflection");
  how.align_corners = c.integer("align_corners", 0) != 0;
  c.result(nd::grid_sample(c.graph(), c.operand(0), c.operand(1), how, c.layer()));
}

// The places of a grid of known extents [n][c][spatial] (innermost dimension first, then a one) by theta [n][r][r + 1].
inline void translate_affine_grid(call& c) {
  std::vector<std::int64_t> const size = c.known_integers(1);
  extents const theta = c.dims(0);
  int const rank = static_cast<int>(size.size()) - 2;
  if ((rank != 2 && rank != 3) || theta.rank != 3 || theta[1] != rank || theta[2] != rank + 1 || size[0] != theta[0])
    c.refuse(message("its theta is ") << text_of(theta).c_str(), "give [n][2][3] or [n][3][4], and extents that fit");
  std::vector<std::int64_t> const spatial(size.begin() + 2, size.end());
  extents const d = checked_dims(c, spatial), steps = strides_of(d);
  bool const align = c.integer("align_corners", 0) != 0;
  int const points = static_cast<int>(d.size()), x = widened(c, 0);
  dtype const type = c.type_of(x);
  known_values::writable const base = c.make(type, checked_dims(c, {rank + 1, points}));
  for (int row = 0; row <= rank; ++row)
    for (int p = 0; p < points; ++p) {
      double v = 1;
      if (int const axis = rank - 1 - row; axis >= 0) {
        double const n = d[axis], i = p / steps[axis] % d[axis];
        v = align ? (n > 1 ? 2 * i / (n - 1) - 1 : 0) : (2 * i + 1) / n - 1;
      }
      std::int64_t const at = std::int64_t{row} * points + p;
      if (float const f = static_cast<float>(v); type == dtype::f64)
        std::memcpy(base.data + at * 8, &v, 8);
      else
        std::memcpy(base.data + at * 4, &f, 4);
    }
  int const y = c.ok(nd::matmul(c.graph(), x, c.constant(base.view), c.layer()));  // [n][r][points]
  extents to{theta[0]};
  for (int k : d) to.push_back(k);
  to.push_back(rank);
  result_narrowed(c, 0, reshape(c, transpose(c, y, {0, 2, 1}), to));
}

}  // namespace hone::inline HONE_ABI::io::importing
