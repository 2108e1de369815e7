// Addresses of columns that lie a run-time number apart.
#if !defined(HONE_PASS)
#if !defined(HONE_SIMD_DYNAMIC_COLUMNS_INL_HPP)
#define HONE_SIMD_DYNAMIC_COLUMNS_INL_HPP
#include <hone/simd/vector-inl.hpp>
#define HONE_SELF <hone/simd/dynamic_columns-inl.hpp>
#include <hone/simd/foreach.inc>
#endif
#else
HONE_BEGIN;
namespace hone::inline HONE_ABI::simd::HONE_PASS {

// Hides from the compiler what it knows of v. It else keeps every address of a tile in a register of its own, and spills.
template <class T>
HWY_INLINE void hide(T& v) {
  asm("" : "+r"(v));
}
// The distances of W columns that lie `step` numbers apart. They need few registers: the odd multiples of the step under
// 9 and its ninefold, which addressing modes double and add to each other.
template <int W>
class column_steps {
 public:
  explicit HWY_INLINE column_steps(std::ptrdiff_t step)
      : step1_(step * 4), step3_(step * 12), step5_(step * 20), step7_(step * 28), step9_(step * 36) {}
  HWY_INLINE void hide_steps() {
    if constexpr (W > 1) hide(step1_);
    if constexpr (W > 3) hide(step3_);
    if constexpr (W > 5) hide(step5_);
    if constexpr (W > 7) hide(step7_);
    if constexpr (W > 9) hide(step9_);
  }
  // Where column c is, 0 <= c < 18, whose column 0 is at p.
  template <class T>
  HWY_INLINE T* at(T* p, int c) const {
    std::ptrdiff_t const offsets[]{0, step1_, step1_ * 2, step3_, step1_ * 4, step5_, step3_ * 2, step7_, step1_ * 8};
    auto const* const q = reinterpret_cast<char const*>(p) + (c < 9 ? 0 : step9_) + offsets[c % 9];
    return reinterpret_cast<T*>(const_cast<char*>(q));
  }

 private:
  std::ptrdiff_t step1_, step3_, step5_, step7_, step9_;
};
// The numbers of W columns that lie `step` numbers apart: a pointer to every ninth column, and distances.
template <int W>
class column_numbers {
 public:
  explicit HWY_INLINE column_numbers(std::ptrdiff_t step) : steps_(step) {}
  // Begins at x in column 0.
  HWY_INLINE void start(float const* x) {
    p_[0] = x;
    HONE_UNROLL for (int i = 1; i < pointers; ++i) p_[i] = steps_.at(p_[i - 1], 9);
  }
  HWY_INLINE void hide_addresses() {
    HONE_UNROLL for (int i = 0; i < pointers; ++i) hide(p_[i]);
    steps_.hide_steps();
  }
  // Where column c is.
  HWY_INLINE float const* at(int c) const { return steps_.at(p_[c / 9], c % 9); }
  HWY_INLINE void advance(std::ptrdiff_t elements) { HONE_UNROLL for (int i = 0; i < pointers; ++i) p_[i] += elements; }

 private:
  static constexpr int pointers = ceil_div(W, 9);
  float const* p_[pointers];
  column_steps<W> steps_;
};

}  // namespace hone::inline HONE_ABI::simd::HONE_PASS
HONE_END;
#endif
