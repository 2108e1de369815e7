// Two layers of one name, whose weights could not be told apart: one named by the user, one by its place.
// expect: not_a_network<.*at_position<2, .*dense<3
// expect-gcc: in_layer<.*"dense_2"
// expect: give_layers_different_names
// errors: 1
#include <hone/hone.hpp>

namespace nn = hone::nn;
#if defined(HONE_FIXED)
using first = nn::named<"first", nn::dense<4>>;
#else
using first = nn::named<"dense_2", nn::dense<4>>;
#endif
struct net : hone::model<nn::input<4>, first, nn::dense<3>> {};
static_assert(net::shapes_fit());
