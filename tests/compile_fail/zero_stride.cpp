// A stride of zero is named, and does not end in a division by zero.
// expect: shape_mismatch<\(?& ?(hone::[a-z0-9_:]*)?conv2d_kind
// expect: got<0, 0, 1>
// expect: use_positive_strides
// errors: 1
#include <hone/hone.hpp>

namespace nn = hone::nn;
#if defined(HONE_FIXED)
constexpr int stride = 1;
#else
constexpr int stride = 0;
#endif
struct net : hone::model<nn::input<8, 8>, nn::conv2d<16, 3, stride>, nn::relu> {};
static_assert(net::shapes_fit());
