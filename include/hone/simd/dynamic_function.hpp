#pragma once
#include <hone/core/pointwise.hpp>

namespace hone::inline HONE_ABI::simd {

// max(x, low), or min(max(x, low), high), where a function is no more than that.
struct clamp_bounds {
  bool below{}, above{};  // whether there are bounds
  float low{}, high{};
};
constexpr clamp_bounds as_clamp(pointwise const& f) {
  clamp_bounds const c{true, false, f.code[1].value, f.code[3].value};
  pointwise p;
  int const x = p.x();
  int const raised = p.max(x, p.constant(c.low));
  if (f == p) return c;
  p.min(raised, p.constant(c.high));
  return f == p ? clamp_bounds{true, true, c.low, c.high} : clamp_bounds{};
}

// What happens to the results of a run-time kernel in f32.
struct dynamic_function {
  clamp_bounds clamp{};
  // Whatever does not clip: y[0..n) = f(x[0..n)), where y may be x. Null: nothing more to do.
  void (*pass)(pointwise const& f, float const* x, float* y, int n) noexcept {};
  pointwise f{};
};

}  // namespace hone::inline HONE_ABI::simd
