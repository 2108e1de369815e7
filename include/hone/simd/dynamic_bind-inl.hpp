// From an operation known at run time to its kernel, in one pass.
#if !defined(HONE_PASS)
#if !defined(HONE_SIMD_DYNAMIC_BIND_INL_HPP)
#define HONE_SIMD_DYNAMIC_BIND_INL_HPP
#include <hone/simd/dynamic_kinds.hpp>
#include <hone/simd/vector-inl.hpp>
#define HONE_SELF <hone/simd/dynamic_bind-inl.hpp>
#include <hone/simd/foreach.inc>
#endif
#else
HONE_BEGIN;
namespace hone::inline HONE_ABI::simd::HONE_PASS {

// Run-time kernels of operations of kind K in number format F: a specialisation with
//   template <int Lanes> static dynamic_kernel bind(op const&, dynamic_form&);
// where the op is one of a final graph (tiles chosen, weights laid out). It picks the kernel and keeps in the form what
// the kernel wants to know. K and F must be in dynamic_kinds.hpp, the header in dynamic_kernels.hpp.
template <op_kind const* K, format F>
struct run_time {};
// The same for every kind whose meaning is op.act alone (op_kind::pointwise), the user's too.
template <format F>
struct run_time_pointwise {};

template <class Kernel, int Lanes>
dynamic_kernel bind_one(op const& o, dynamic_form& form) {
  if constexpr (requires { Kernel::template bind<Lanes>(o, form); })
    return Kernel::template bind<Lanes>(o, form);
  else
    return {};
}
// The run-time kernel of o, whose number format is F, for vectors of `Lanes` lanes.
template <int Lanes, format F>
dynamic_kernel bind_kernel(op const& o, dynamic_form& form) {
  if (o.kind->pointwise) return bind_one<run_time_pointwise<F>, Lanes>(o, form);
  dynamic_kernel kernel;
  for_each_dynamic_kind([&]<op_kind const * K>() {
    if (is(o, *K)) kernel = bind_one<run_time<K, F>, Lanes>(o, form);
  });
  return kernel;
}

}  // namespace hone::inline HONE_ABI::simd::HONE_PASS
HONE_END;
#endif
