#pragma once
#include <hone/core/tensor_op.hpp>
#include <hone/nn/nd/product.hpp>

#include <type_traits>

namespace hone::inline HONE_ABI::nd {

// The inner loops of one call, see tensor_math: of f32 those it was given, where it was; else portable code.
template <class T>
struct routines {
  tensor_math const* own{};

  constexpr routines() = default;
  explicit routines(tensor_args const& a) : own(std::is_same_v<T, float> ? a.math : nullptr) {}

  void add_product(T* c, std::ptrdiff_t c_row, T const* a, std::ptrdiff_t a_row, std::ptrdiff_t a_step, T const* b,
                   std::ptrdiff_t b_step, int m, int n, int k) const {
    if constexpr (std::is_same_v<T, float>)
      if (own != nullptr) return own->add_product(c, c_row, a, a_row, a_step, b, b_step, m, n, k);
    nd::add_product(c, c_row, a, a_row, a_step, b, b_step, m, n, k);
  }
  void add_dots(T* c, std::ptrdiff_t c_row, std::ptrdiff_t c_step, T const* a, std::ptrdiff_t a_row, T const* b,
                std::ptrdiff_t b_row, int m, int n, int k) const {
    if constexpr (std::is_same_v<T, float>)
      if (own != nullptr) return own->add_dots(c, c_row, c_step, a, a_row, b, b_row, m, n, k);
    if (n < m) return add_dots(c, c_step, c_row, b, b_row, a, a_row, n, m, k);
    for (int i = 0; i < m; ++i) add_dot_products(c + i * c_row, c_step, b, b_row, a + i * a_row, n, k);
  }
};

}  // namespace hone::inline HONE_ABI::nd
