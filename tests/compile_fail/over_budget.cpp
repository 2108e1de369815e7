// A budget that is missed says what it needs, where the time goes, and what other precisions would need.
// expect: over_budget<tiny, machine, (hone::[a-z0-9_:]*)?needs_ns<[0-9]+>, (hone::[a-z0-9_:]*)?budget_ns<3>
// expect: largest_part<.*dense<512>, 1, [0-9]+
// expect: would_need<.*i8, [0-9]+
#include <hone/pass/predict.hpp>

namespace nn = hone::nn;
struct machine {
  static constexpr hone::profile value{.name = "m", .target = hone::isa::avx2, .vectors = {8, 16, 4, true}, .clock = {3.0},
                                       .f32 = {2}, .bf16 = {2}, .int8 = {1}};
};
struct tiny : hone::model<nn::input<64>, nn::dense<512>, nn::relu, nn::dense<4>> {};
#if defined(HONE_FIXED)
static_assert(hone::require<tiny, machine, 3'000'000>());
#else
static_assert(hone::require<tiny, machine, 3>());
#endif
