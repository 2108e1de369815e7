// Every way in which run-time int8 kernels round, under every set of flags.
#include <hone/simd/dynamic_conv_int8-inl.hpp>
#include <hone/simd/dynamic_depthwise_int8-inl.hpp>
#include <hone/simd/dynamic_edges_int8-inl.hpp>
#include <tests/simd/dynamic_int8.hpp>

using namespace tests;

// Of int8 kernels alone: those of f32 take as long again to compile.
dynamic_kernel tests::int8_kernels::bind_int8(op const& o, isa i, dynamic_form& form) {
  constexpr format f = format::int8;
  if (simd::in_base_pass(i)) return simd::HONE_BASE::bind_kernel<lanes_of(simd::base_isa), f>(o, form);
#if HONE_HAS_SSE4
  if (i == isa::sse4) return simd::sse4::bind_kernel<4, f>(o, form);
#endif
#if HONE_HAS_AVX2
  if (i == isa::avx2) return simd::avx2::bind_kernel<8, f>(o, form);
#endif
#if HONE_HAS_AVX512
  if (i == isa::avx512) return simd::avx512::bind_kernel<16, f>(o, form);
#endif
#if HONE_HAS_AVX512_VNNI
  if (i == isa::avx512_vnni) return simd::avx512_vnni::bind_kernel<16, f>(o, form);
#endif
  return {};
}
int tests::int8_kernels::tiles_for(op const& o, isa i, tile* list) {
  list[0] = tile{};
  return is(o, conv2d_kind) || is(o, dense_kind) ? simd::int8_dynamic_tiles(o, int8_registers(i), list) : 1;
}

TEST_CASE("results of run-time int8 kernels do not depend on ISA and flags") {
  op const conv = int8_op(conv2d_kind, {4, 6, 8}, 18, same(3, 3)), dense = int8_op(dense_kind, {1, 1, 21}, 6);
  op const depthwise = int8_op(depthwise_conv2d_kind, {4, 5, 35}, 35, same(3, 3));
  check_run_time(with_addend(conv));
  check_run_time(clipping(with_zeros(of_any_weights(conv), 77, 131), 131, 250));
  check_run_time(converting(dense));
  check_run_time(with_f32(dense));
  check_run_time(depthwise);
  check_run_time(with_zeros(with_addend(depthwise), 9, 200, 3));
  check_run_time(with_zeros(int8_op(avg_pool_kind, {3, 3, 9}, 9, valid(3, 3)), 3, 5));
  check_run_time(with_zeros(int8_op(add_kind, {1, 3, 9}, 9), 128, 7, 0));
  check_run_time(with_zeros(int8_op(concat_kind, {1, 3, 5}, 9), 0, 0, 128));
  check_run_time(quantizing({1, 3, 9}, 83));
  check_run_time(dequantizing({1, 3, 9}, 83));
  check_run_time(int8_op(table_kind, {1, 3, 9}, 9));
  check_run_time(with_zeros(int8_op(qadd_kind, {3, 7, 9}, 9), 3, 60, 200));
  check_run_time(with_zeros(int8_op(qmul_kind, {3, 7, 9}, 9), 3, 60, 200));
}

TEST_CASE("run-time int8 convolutions of random shapes are exact") {
  random_numbers next(7);
  for (int i = 0; i < 24; ++i) {
    window w{};
    auto const small = [&](int high) { return static_cast<std::int16_t>(next.between(1, high)); };
    w.kh = small(4), w.kw = small(4), w.sh = small(2), w.sw = small(3);
    w.top = static_cast<std::int16_t>(small(w.kh) - 1), w.bottom = static_cast<std::int16_t>(small(w.kh) - 1);
    w.left = static_cast<std::int16_t>(small(w.kw) - 1), w.right = static_cast<std::int16_t>(small(w.kw) - 1);
    shape const in{next.between(4, 9), next.between(4, 19), next.between(1, 20)};
    int const zero = next.between(0, 2) == 0 ? 0 : next.between(0, 255), result = next.between(0, 255);
    CAPTURE(i);
    check_run_time(with_zeros(int8_op(conv2d_kind, in, next.between(1, 70), w), zero, i % 2 == 0 ? 0 : result));
    check_run_time(with_zeros(int8_op(depthwise_conv2d_kind, in, in.c, w), zero, i % 2 == 0 ? 0 : result));
  }
}
