// A layer with more weights than sizes can count.
// expect: shape_mismatch<
// expect: at_position<1, .*dense<
// expect: got<1, 16000000, 1000>
// expect: use_smaller_extents
// errors: 1
#include <hone/hone.hpp>

namespace nn = hone::nn;
#if defined(HONE_FIXED)
constexpr int side = 40;
#else
constexpr int side = 4000;
#endif
struct net : hone::model<nn::input<side, side>, nn::dense<1000>, nn::relu> {};
static_assert(net::shapes_fit());
