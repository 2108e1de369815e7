// Elementwise functions that are known at run time alone: bounds where they clip, a pass over the results where not.
// Steps are interpreted a few vectors at a time, so that choosing a step costs little.
#if !defined(HONE_PASS)
#if !defined(HONE_SIMD_DYNAMIC_FUNCTION_INL_HPP)
#define HONE_SIMD_DYNAMIC_FUNCTION_INL_HPP
#include <hone/simd/dynamic_bind-inl.hpp>
#include <hone/simd/dynamic_function.hpp>
#include <hone/simd/pointwise-inl.hpp>
#define HONE_SELF <hone/simd/dynamic_function-inl.hpp>
#include <hone/simd/foreach.inc>
#endif
#else
HONE_BEGIN;
namespace hone::inline HONE_ABI::simd::HONE_PASS {

// The first n lanes of v to p; n > 0, more than all means all. Nothing after them changes.
template <int Lanes>
HWY_INLINE void store_some(f32_vector<Lanes> v, float* p, int n) {
  f32_tag<Lanes> const d;
  if (n >= Lanes) return hn::StoreU(v, d, p);
  if constexpr (Lanes >= 8) {
    hn::BlendedStore(v, hn::FirstN(d, static_cast<std::size_t>(n)), d, p);
  } else if constexpr (Lanes > 1) {
    alignas(64) float all[Lanes];
    hn::Store(v, d, all);
    for (int i = 0; i < n; ++i) p[i] = all[i];
  }
}

template <int Lanes>
HWY_INLINE f32_vector<Lanes> clamped(clamp_bounds const& c, f32_vector<Lanes> v) {
  f32_tag<Lanes> const d;
  if (c.below) v = hn::Max(v, hn::Set(d, c.low));
  return c.above ? hn::Min(v, hn::Set(d, c.high)) : v;
}

// Step `What` on `vectors` vectors: y = What(a, b).
template <int Lanes, pw What>
HWY_NOINLINE void interpret_step(float const* a, float const* b, float* y, int vectors) {
  f32_tag<Lanes> const d;
  HONE_KEEP_LOOP for (int i = 0; i < vectors * Lanes; i += Lanes) {
    f32_vector<Lanes> const r[]{hn::LoadU(d, a + i), hn::LoadU(d, b + i)};
    hn::StoreU(pointwise_step<pw_step{What, 0, 1, 0}>(d, r[0], r), d, y + i);
  }
}
template <int Lanes>
void interpret_step(pw what, float const* a, float const* b, float* y, int vectors) {
  switch (what) {
    case pw::x:
    case pw::constant: return;
    case pw::add: return interpret_step<Lanes, pw::add>(a, b, y, vectors);
    case pw::sub: return interpret_step<Lanes, pw::sub>(a, b, y, vectors);
    case pw::mul: return interpret_step<Lanes, pw::mul>(a, b, y, vectors);
    case pw::div: return interpret_step<Lanes, pw::div>(a, b, y, vectors);
    case pw::max: return interpret_step<Lanes, pw::max>(a, b, y, vectors);
    case pw::min: return interpret_step<Lanes, pw::min>(a, b, y, vectors);
    case pw::tanh: return interpret_step<Lanes, pw::tanh>(a, a, y, vectors);
    case pw::sigmoid: return interpret_step<Lanes, pw::sigmoid>(a, a, y, vectors);
    case pw::exp: return interpret_step<Lanes, pw::exp>(a, a, y, vectors);
    case pw::log: return interpret_step<Lanes, pw::log>(a, a, y, vectors);
    case pw::elu: return interpret_step<Lanes, pw::elu>(a, a, y, vectors);
    case pw::softplus: return interpret_step<Lanes, pw::softplus>(a, a, y, vectors);
    case pw::erf: return interpret_step<Lanes, pw::erf>(a, a, y, vectors);
    case pw::sqrt: return interpret_step<Lanes, pw::sqrt>(a, a, y, vectors);
  }
}
constexpr bool still(pw what) { return what == pw::x || what == pw::constant; }
// y[0..n) = f(x[0..n)), step by step, a few vectors at a time.
template <int Lanes>
void interpret(pointwise const& f, float const* x, float* y, int n) noexcept {
  constexpr int together = 8;
  f32_tag<Lanes> const d;
  alignas(64) float value[std::tuple_size_v<decltype(f.code)>][together * Lanes];
  for (int s = 0; s < f.n; ++s)
    if (pw_step const& step = f.code[static_cast<std::size_t>(s)]; step.what == pw::constant)
      for (int i = 0; i < together * Lanes; i += Lanes) hn::Store(hn::Set(d, step.value), d, value[s] + i);
  for (int at = 0; at < n; at += together * Lanes) {
    int const left = n - at, vectors = left < together * Lanes ? ceil_div(left, Lanes) : together;
    bool const whole = left >= vectors * Lanes && !still(f.code[static_cast<std::size_t>(f.n - 1)].what);
    auto const value_at = [&](int s) { return f.code[static_cast<std::size_t>(s)].what == pw::x ? x + at : value[s]; };
    for (int s = 0; s < f.n; ++s) {
      pw_step const& step = f.code[static_cast<std::size_t>(s)];
      float* const to = whole && s + 1 == f.n ? y + at : value[s];
      interpret_step<Lanes>(step.what, value_at(step.a), value_at(step.b), to, vectors);
    }
    if (whole) continue;
    float const* const last = value_at(f.n - 1);
    for (int i = 0; i < vectors * Lanes; i += Lanes) store_some<Lanes>(hn::LoadU(d, last + i), y + at + i, left - i);
  }
}
// The same for a function that is known here.
template <int Lanes, pointwise F>
void apply_all(pointwise const&, float const* x, float* y, int n) noexcept {
  f32_tag<Lanes> const d;
  for (int i = 0; i < n; i += Lanes) store_some<Lanes>(apply<F>(d, hn::LoadU(d, x + i)), y + i, n - i);
}

template <int Lanes>
dynamic_function function_of(pointwise const& f) {
  dynamic_function how{as_clamp(f), nullptr, f};
  if (how.clamp.below || f.empty()) return how;
  how.pass = f == functions::tanh()      ? &apply_all<Lanes, functions::tanh()>
             : f == functions::sigmoid() ? &apply_all<Lanes, functions::sigmoid()>
             : f == functions::silu()    ? &apply_all<Lanes, functions::silu()>
                                         : &interpret<Lanes>;
  return how;
}
// What is left to do once the sums or values in y[0..n) are there, already clamped.
inline void finish_function(dynamic_function const& how, float* y, int n) {
  if (how.pass != nullptr) how.pass(how.f, y, y, n);
}

}  // namespace hone::inline HONE_ABI::simd::HONE_PASS
HONE_END;
#endif
