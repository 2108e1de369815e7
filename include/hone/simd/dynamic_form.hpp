#pragma once
#include <hone/simd/kernel.hpp>

#include <cstddef>
#include <cstring>

namespace hone::inline HONE_ABI {

// What a run-time kernel needs to know of its operation besides the operands: numbers derived from the op once, when a
// network is loaded. Each kernel keeps a trivially copyable struct of its own in it; kernel_args::form points to it.
struct dynamic_form {
  alignas(64) std::byte bytes[512]{};
};
// A kernel whose operation is known at run time alone. No entry: there is none for the operation; it runs its reference.
struct dynamic_kernel {
  kernel_entry entry{};
  int scratch{};  // bytes of private scratch that it wants
};

namespace simd {

// Keeps `value` in `form`, and gives it back.
template <class T>
void keep(dynamic_form& form, T const& value) {
  static_assert(sizeof(T) <= sizeof(dynamic_form) && alignof(T) <= alignof(dynamic_form));
  static_assert(__is_trivially_copyable(T));
  std::memcpy(form.bytes, &value, sizeof value);
}
template <class T>
T const& form_as(void const* form) {
  return *static_cast<T const*>(form);
}

// The tiles that run-time kernels of kind K in number format F exist for: a specialisation with
//   static int list(op const&, vector_shape const&, tile*);  // at most 32; 0: there is no run-time kernel
// Without one: those of op_kind::tiles, or the default tile where it gives none.
template <op_kind const* K, format F>
struct dynamic_tile_list {};

}  // namespace simd
}  // namespace hone::inline HONE_ABI
