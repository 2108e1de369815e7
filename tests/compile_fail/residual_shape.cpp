// Branches of a residual that do not fit: the layer, both shapes and the fix.
// expect: shape_mismatch<\(?& ?(hone::[a-z0-9_:]*)?add_kind
// expect: at_position<2, .*residual<
// expect: wanted<8, 8, 16>
// expect: got<4, 4, 16>
// expect: give_both_branches_the_same_shape
// errors: 1
#include <hone/hone.hpp>

namespace nn = hone::nn;
#if defined(HONE_FIXED)
constexpr int stride = 1;
#else
constexpr int stride = 2;
#endif
struct net : hone::model<nn::input<8, 8, 1>, nn::conv2d<16, 3>, nn::residual<nn::conv2d<16, 3, stride>, nn::relu>> {};
static_assert(net::shapes_fit());
