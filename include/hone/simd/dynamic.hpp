// Kernels of operations that are known at run time alone: what dynamic_engine runs. The same tiles, packed weights and
// results as the compiled kernels; a load of the network picks them once (bind_dynamic).
#pragma once
#include <hone/simd/dynamic_bind-inl.hpp>
#include <hone/simd/dynamic_kernels.hpp>

namespace hone::inline HONE_ABI {
namespace simd {

// The registers' lanes that a pass of instruction set `i` has run-time kernels for: the widest. The base pass has those
// of each instruction set under it.
template <format F>
dynamic_kernel bind_in_base(op const& o, int lanes, dynamic_form& form) {
  dynamic_kernel kernel;
  if (lanes == 1) kernel = HONE_BASE::bind_kernel<1, F>(o, form);
  if constexpr (max_lanes(base_isa) >= 4)
    if (lanes == 4) kernel = HONE_BASE::bind_kernel<4, F>(o, form);
  if constexpr (max_lanes(base_isa) >= 8)
    if (lanes == 8) kernel = HONE_BASE::bind_kernel<8, F>(o, form);
  if constexpr (max_lanes(base_isa) >= 16)
    if (lanes == 16) kernel = HONE_BASE::bind_kernel<16, F>(o, form);
  return kernel;
}
template <format F>
dynamic_kernel bind_format(op const& o, int lanes, isa target, dynamic_form& form) {
  if (in_base_pass(target)) return lanes <= max_lanes(target) ? bind_in_base<F>(o, lanes, form) : dynamic_kernel{};
  if (lanes != max_lanes(target)) return {};
#if HONE_HAS_SSE4
  if (target == isa::sse4) return sse4::bind_kernel<4, F>(o, form);
#endif
#if HONE_HAS_AVX2
  if (target == isa::avx2) return avx2::bind_kernel<8, F>(o, form);
#endif
#if HONE_HAS_AVX512
  if (target == isa::avx512 || (target == isa::avx512_vnni && F != format::int8))
    return avx512::bind_kernel<16, F>(o, form);
#endif
#if HONE_HAS_AVX512_VNNI
  if constexpr (F == format::int8 || !HONE_HAS_AVX512)
    if (target == isa::avx512_vnni) return avx512_vnni::bind_kernel<16, F>(o, form);
#endif
  return {};
}

}  // namespace simd

// The kernel of `final_op`, an operation of a final graph, for registers of `lanes` 32-bit lanes on `target`, an
// instruction set that this machine has; fills `form`, whose address the operands must hold (kernel_args::form) whenever
// the kernel runs. No entry: there is no such kernel here, or none for these lanes or this tile. Not real time.
inline dynamic_kernel bind_dynamic(op const& final_op, int lanes, isa target, dynamic_form& form) {
  switch (format_of(final_op)) {
    case format::int8: return simd::bind_format<format::int8>(final_op, lanes, target, form);
    case format::bf16: return simd::bind_format<format::bf16>(final_op, lanes, target, form);
    case format::f32: break;
  }
  return simd::bind_format<format::f32>(final_op, lanes, target, form);
}

// The tiles that o may be given for bind_dynamic on registers like v, at most 32; returns how many. 0: o has no run-time
// kernel, so that its parameters must stay in canonical layouts, for its reference.
inline int dynamic_tiles(op const& o, vector_shape const& v, tile* list) {
  int n = 0;
  list[0] = tile{};
  if (o.kind->pointwise) return 1;
  simd::for_each_dynamic_kind([&]<op_kind const * K>() {
    if (!is(o, *K)) return;
    auto const from = [&]<format F>() {
      if constexpr (requires { simd::dynamic_tile_list<K, F>::list(o, v, list); })
        n = simd::dynamic_tile_list<K, F>::list(o, v, list);
      else if constexpr (F != format::bf16)  // which has no run-time kernels
        n = K->tiles ? K->tiles(o, v, list) : 0, n = n > 0 ? n : 1;
    };
    switch (format_of(o)) {
      case format::f32: from.template operator()<format::f32>(); break;
      case format::bf16: from.template operator()<format::bf16>(); break;
      case format::int8: from.template operator()<format::int8>(); break;
    }
  });
  return n;
}

}  // namespace hone::inline HONE_ABI
