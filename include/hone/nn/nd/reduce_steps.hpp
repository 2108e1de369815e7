#pragma once
#include <hone/nn/nd/binary_functions.hpp>
#include <hone/nn/nd/convert.hpp>
#include <hone/nn/nd/walk.hpp>

namespace hone::inline HONE_ABI::nd {

enum class reduce_fn : std::uint8_t {
  sum,
  mean,
  max,  // a NaN wins
  min,
  prod,
  l1,           // sum |x|
  l2,           // sqrt(sum x^2)
  log_sum,      // log(sum x)
  log_sum_exp,  // log(sum e^x), which does not overflow
  sum_square,
};

namespace detail {
inline constexpr int reduce_lanes = 64;

// A is what a reduction is computed in: double, or for integers i64 or u64.
// acc[j] = acc[j] and x[at + j], for j < n. shift[j] is what an exponential's argument is lowered by.
template <class A>
using reduce_step = void (*)(A* acc, void const* x, std::int64_t at, int n, A const* shift);

struct step_sum {
  template <class A>
  static A next(A acc, A v, A) {
    return functions::add{}(acc, v);
  }
};
struct step_prod {
  template <class A>
  static A next(A acc, A v, A) {
    return functions::mul{}(acc, v);
  }
};
struct step_max {
  template <class A>
  static A next(A acc, A v, A) {
    return functions::max{}(v, acc);
  }
};
struct step_min {
  template <class A>
  static A next(A acc, A v, A) {
    return functions::min{}(v, acc);
  }
};
struct step_absolute {
  template <class A>
  static A next(A acc, A v, A) {
    return v < 0 ? functions::sub{}(acc, v) : functions::add{}(acc, v);
  }
};
struct step_square {
  template <class A>
  static A next(A acc, A v, A) {
    return functions::add{}(acc, functions::mul{}(v, v));
  }
};
struct step_exponential {
  static double next(double acc, double v, double shift) { return acc + std::exp(v - shift); }
};

template <class F, class S, class A>
void reduce_elements(A* __restrict acc, void const* x, std::int64_t at, int n, A const* __restrict shift) {
  S const* __restrict p = static_cast<S const*>(x) + at;
  for (int j = 0; j < n; ++j) acc[j] = F::next(acc[j], static_cast<A>(value_of(p[j])), shift[j]);
}
template <class S, class A>
void store_reduced(void* out, std::int64_t at, A v) {
  static_cast<S*>(out)[at] = convert_to<S>(v);
}

// How a function reduces elements of one type: each starts from `start`, goes by `step`, and partial results by `join`.
template <class A>
struct reduce_plan {
  reduce_step<A> step{}, join{};
  A start{};
  void (*store)(void* out, std::int64_t at, A v){};
};
template <class F, class J, class S, class A>
reduce_plan<A> make_plan(A start) {
  return {reduce_elements<F, S, A>, reduce_elements<J, A, A>, start, store_reduced<S, A>};
}
// The least and the largest number of S.
template <class S, class A>
A limit(bool most) {
  using C = computed<S>;
  if constexpr (std::is_floating_point_v<C>)
    return most ? std::numeric_limits<A>::infinity() : -std::numeric_limits<A>::infinity();
  else if constexpr (std::is_same_v<S, truth>)
    return most ? A{1} : A{0};
  else
    return static_cast<A>(most ? std::numeric_limits<C>::max() : std::numeric_limits<C>::min());
}
template <class S, class A>
reduce_plan<A> plan_of(reduce_fn fn) {
  switch (fn) {
    case reduce_fn::log_sum_exp:
      if constexpr (std::is_same_v<A, double>) return make_plan<step_exponential, step_sum, S, A>(0);
      break;
    case reduce_fn::l2:
    case reduce_fn::sum_square: return make_plan<step_square, step_sum, S, A>(0);
    case reduce_fn::prod: return make_plan<step_prod, step_prod, S, A>(1);
    case reduce_fn::l1: return make_plan<step_absolute, step_sum, S, A>(0);
    case reduce_fn::max: return make_plan<step_max, step_max, S, A>(limit<S, A>(false));
    case reduce_fn::min: return make_plan<step_min, step_min, S, A>(limit<S, A>(true));
    default: break;
  }
  return make_plan<step_sum, step_sum, S, A>(0);
}

// The result, from what `count` elements added up to.
template <class A>
A finished(reduce_fn fn, A acc, A shift, std::int64_t count) {
  if constexpr (std::is_same_v<A, double>) {
    if (fn == reduce_fn::mean) return acc / static_cast<double>(count);
    if (fn == reduce_fn::l2) return std::sqrt(acc);
    if (fn == reduce_fn::log_sum) return std::log(acc);
    if (fn == reduce_fn::log_sum_exp) return shift + std::log(acc);
  } else if (fn == reduce_fn::mean) {
    return functions::div{}(acc, static_cast<A>(count));
  }
  return acc;
}
}  // namespace detail

}  // namespace hone::inline HONE_ABI::nd
