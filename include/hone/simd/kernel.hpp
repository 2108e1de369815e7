#pragma once
#include <hone/core/tensor_op.hpp>

namespace hone::inline HONE_ABI {

// Operands of one kernel: activations, packed parameters (pass/layout.hpp), the result and private scratch. Buffers are
// 64-byte aligned and readable for 64 bytes past their end; kernels write inside `out` and `scratch` alone.
inline constexpr int max_kernel_inputs = 4;
struct kernel_args {
  void const* in[max_kernel_inputs]{};
  void const* param[max_params]{};
  void* out{};
  void* scratch{};
  void const* form{};  // what a kernel for shapes known at run time needs; of a tensor operation its tensor_args
};
// One operation, ready to run.
using kernel_entry = void (*)(kernel_args const&) noexcept;

// The number format that a kernel computes in: i8 x u8, f32 with weights stored as bf16, or f32 alone.
enum class format : std::uint8_t { f32, bf16, int8 };
constexpr format format_of(op const& o) {
  if (o.from == dtype::u8 || o.type == dtype::u8) return format::int8;
  return o.weights == dtype::bf16 ? format::bf16 : format::f32;
}

namespace simd {

// o without what its kernel does not depend on (places in the graph and in memory), so that equal layers share one
// instantiation. Inputs and parameters keep only whether they are there: 0 or -1.
constexpr op canonical(op o) {
  for (std::int16_t& i : o.input) i = i < 0 ? std::int16_t{-1} : std::int16_t{0};
  for (std::int16_t& p : o.param) p = p < 0 ? std::int16_t{-1} : std::int16_t{0};
  o.layer = -1, o.form = -1, o.at = -1, o.scratch_at = -1;
  return o;
}

// Runs o's scalar reference on a kernel's operands; parameters are in canonical layouts.
inline void run_reference(op const& o, kernel_args const& a) noexcept {
  args<float> r{};
  for (std::size_t i = 0; i < max_kernel_inputs; ++i) r.in[i] = static_cast<float const*>(a.in[i]);
  for (std::size_t i = 0; i < max_params; ++i) r.param[i] = static_cast<float const*>(a.param[i]);
  r.out = static_cast<float*>(a.out);
  o.kind->reference_f32(o, r);
}
// The same of a kind that has no kernel.
template <op O>
void run_reference(kernel_args const& a) noexcept {
  static_assert(format_of(O) == format::f32 && O.kind->reference_f32.present,
                "hone: this kind of operation has neither a kernel in this number format nor an f32 reference");
  run_reference(O, a);
}

// Runs a tensor operation: everything is in its operands.
inline void run_tensor(kernel_args const& a) noexcept {
  auto const& t = *static_cast<tensor_args const*>(a.form);
  t.kind->evaluate(t);
}

}  // namespace simd
}  // namespace hone::inline HONE_ABI
