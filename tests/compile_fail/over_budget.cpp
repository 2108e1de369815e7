// A budget that is missed says what it needs, where the time goes, and what other precisions would need.
// expect: over_budget<tiny, (hone::[a-z0-9_:]*)?hw::haswell, (hone::[a-z0-9_:]*)?needs_ns<[0-9]+>, (hone::[a-z0-9_:]*)?budget_ns<3>
// expect: largest_part<.*dense<512>, 1, [0-9]+
// expect: would_need<.*i8, [0-9]+
#include <hone/hw/catalogue/haswell.hpp>
#include <hone/pass/predict.hpp>

namespace nn = hone::nn;
struct tiny : hone::model<nn::input<64>, nn::dense<512>, nn::relu, nn::dense<4>> {};
#if defined(HONE_FIXED)
static_assert(hone::require<tiny, hone::hw::haswell, 3'000'000>());
#else
static_assert(hone::require<tiny, hone::hw::haswell, 3>());
#endif
