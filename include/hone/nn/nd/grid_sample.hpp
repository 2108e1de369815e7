#pragma once
#include <hone/nn/nd/widened.hpp>

#include <algorithm>
#include <cmath>

namespace hone::inline HONE_ABI::nd {

enum class grid_mode : std::uint8_t { nearest, linear, cubic };
enum class grid_padding : std::uint8_t { zeros, border, reflection };
struct grid_options {
  grid_mode mode{grid_mode::linear};
  grid_padding padding{grid_padding::zeros};
  bool align_corners{};  // -1 and 1 are the centres of the outermost elements, not their edges
};

namespace detail {
// One dimension of x as places in it are looked up.
template <class T>
struct grid_line {
  int n{};
  grid_options how{};

  T low() const { return how.align_corners ? T(0) : T(-0.5); }
  T high() const { return how.align_corners ? static_cast<T>(n - 1) : static_cast<T>(n) - T(0.5); }
  // v thrown back at both ends as often as it takes.
  T reflected(T v) const {
    T const a = low(), b = high(), range = b - a;
    if (!(range > 0)) return a;
    if (v >= a && v <= b) return v;
    T const over = v < a ? a - v : v - b, turns = std::floor(over / range), rest = over - turns * range;
    bool const even = std::fmod(turns, T(2)) == 0;
    return (v < a) == even ? a + rest : b - rest;
  }
  T clamped(T v) const { return v > 0 ? std::min(v, static_cast<T>(n - 1)) : T(0); }
  // Where number g of the grid lies, from -1 to 1 inside. Cubic ones stay outside: the elements that they mix do not.
  T place(T g) const {
    T v = how.align_corners ? (g + 1) / 2 * static_cast<T>(n - 1) : ((g + 1) * static_cast<T>(n) - 1) / 2;
    if (how.mode == grid_mode::nearest) v = std::nearbyint(v);
    if (how.mode == grid_mode::cubic || (v >= low() && v <= high())) return v;
    return how.padding == grid_padding::border ? clamped(v)
           : how.padding == grid_padding::reflection
               ? reflected(v)
               : v;
  }
  // The element at whole place v; -1: a zero.
  int element(T v) const {
    if (how.padding == grid_padding::border) v = clamped(v);
    if (how.padding == grid_padding::reflection) v = reflected(v);
    return v >= 0 && v < static_cast<T>(n) ? static_cast<int>(v) : -1;
  }
};
// The elements that a place mixes, and their shares.
template <class T>
struct grid_taps {
  int n{};
  std::array<int, 4> element{};
  std::array<T, 4> share{};
};
template <class T>
grid_taps<T> taps_at(grid_line<T> const& line, T at) {
  grid_taps<T> t;
  auto const push = [&](T v, T share) {
    auto const k = static_cast<std::size_t>(t.n++);
    t.element[k] = line.element(v), t.share[k] = share;
  };
  if (line.how.mode == grid_mode::nearest) return push(at, 1), t;
  T const first = std::floor(at), f = at - first;
  if (line.how.mode == grid_mode::linear) return push(first, 1 - f), push(first + 1, f), t;
  constexpr T a = T(-0.75);
  auto const near = [](T d) { return ((a + 2) * d - (a + 3)) * d * d + 1; };
  auto const far = [](T d) { return ((a * d - 5 * a) * d + 8 * a) * d - 4 * a; };
  push(first - 1, far(f + 1)), push(first, near(f)), push(first + 1, near(1 - f)), push(first + 2, far(2 - f));
  return t;
}
}  // namespace detail

// Attributes: mode, padding, align_corners.
template <class T>
void sample_grid(tensor_args const& t) {
  extents const &dx = t.in[0].dims, &dy = t.form->dims;
  int const rank = dx.rank - 2;
  grid_options const how{
      static_cast<grid_mode>(t.form->i[0]), static_cast<grid_padding>(t.form->i[1]), t.form->i[2] != 0};
  std::int64_t const points = dy.count(2, dy.rank), channel = dx.count(2, dx.rank);
  extents const steps = strides_of(dx);
  T const* grid = t.in[1].as<T>();
  for (std::int64_t n = 0; n < dy[0]; ++n)
    for (std::int64_t p = 0; p < points; ++p, grid += rank) {
      std::array<detail::grid_taps<T>, 3> taps{};  // those of missing dimensions: one element
      for (auto& own : taps) own = {1, {0}, {T(1)}};
      std::array<int, 3> step{};
      for (int d = 0; d < rank; ++d) {
        detail::grid_line<T> const line{dx[d + 2], how};
        taps[static_cast<std::size_t>(d)] = detail::taps_at(line, line.place(grid[rank - 1 - d]));
        step[static_cast<std::size_t>(d)] = steps[d + 2];
      }
      T const* x = t.in[0].as<T>() + n * dx[1] * channel;
      T* y = static_cast<T*>(t.out) + n * dy[1] * points + p;
      for (int c = 0; c < dx[1]; ++c, x += channel, y += points) {
        T sum{};
        for (std::size_t i = 0; i < static_cast<std::size_t>(taps[0].n); ++i)
          for (std::size_t j = 0; j < static_cast<std::size_t>(taps[1].n); ++j)
            for (std::size_t k = 0; k < static_cast<std::size_t>(taps[2].n); ++k) {
              int const a = taps[0].element[i], b = taps[1].element[j], e = taps[2].element[k];
              if (a < 0 || b < 0 || e < 0) continue;
              sum +=
                  taps[0].share[i] * taps[1].share[j] * taps[2].share[k] * x[a * step[0] + b * step[1] + e * step[2]];
            }
        *y = sum;
      }
    }
}
inline void evaluate_grid_sample(tensor_args const& t) {
  if (t.form->dims.size() == 0) return;
  if (t.type == dtype::f64) return sample_grid<double>(t);
  sample_grid<float>(t);
}
inline constexpr op_kind grid_sample_kind = tensor_kind("grid_sample", evaluate_grid_sample);

// x [n][c][spatial], of one to three spatial dimensions, looked up at the places of grid [n][points...][spatial rank], which
// go from -1 to 1, the innermost dimension first: [n][c][points...]. What lies outside is `padding`'s. A place that is no
// number gives no sensible result, but a result.
template <class G>
constexpr int grid_sample(G& g, int x, int grid, grid_options const& how, int layer = -1) {
  if (is_short(g, x)) {
    auto const in = widened(g, {x, grid}, layer);
    return typed_as(g, grid_sample(g, in[0], in[1], how, layer), x, layer);
  }
  op o = reading(g, grid_sample_kind, layer, {x, grid});
  extents const dx = dims_of(g, x), places = dims_of(g, grid);
  want_type(g, o, (o.type == dtype::f32 || o.type == dtype::f64) && op_at(g, grid).type == o.type);
  int const rank = dx.rank - 2;
  bool const fits = rank >= 1 && rank <= 3 && places.rank == dx.rank && places[0] == dx[0] &&
                    places[places.rank - 1] == rank && (dx.size() > 0 || places.size() == 0);
  if (!fits) {
    misfit(g, o, fix::give_extents_that_match, dx, places);
    return emit_tensor(g, o, {.dims = dx});
  }
  extents dims{dx[0], dx[1]};
  for (int d = 1; d + 1 < places.rank; ++d) dims.push_back(places[d]);
  double const taps = how.mode == grid_mode::nearest ? 1 : how.mode == grid_mode::linear ? 2 : 4;
  double macs = static_cast<double>(dims.size());
  for (int d = 0; d < rank; ++d) macs *= taps;
  set_work(g, o, macs, 0);
  return emit_tensor(
      g, o, {.dims = dims, .i = {static_cast<int>(how.mode), static_cast<int>(how.padding), how.align_corners}});
}

}  // namespace hone::inline HONE_ABI::nd
