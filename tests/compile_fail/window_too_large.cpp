// A window larger than its input.
// expect: shape_mismatch<\(?& ?(hone::[a-z0-9_:]*)?conv2d_kind
// expect: wanted<5, 5, 3>
// expect: got<4, 4, 3>
// expect: use_same_padding_or_a_smaller_window
// errors: 1
#include <hone/hone.hpp>

namespace nn = hone::nn;
#if defined(HONE_FIXED)
constexpr nn::padding edge = nn::padding::same;
#else
constexpr nn::padding edge = nn::padding::valid;
#endif
struct net : hone::model<nn::input<4, 4, 3>, nn::conv2d<8, 5, 1, edge>> {};
static_assert(net::shapes_fit());
