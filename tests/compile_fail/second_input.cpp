// An input in the middle of a model, where it would cut off what comes before.
// expect: not_a_network<.*at_position<2, .*residual<
// expect-gcc: residual_2\.input_0
// expect: start_the_model_with_an_input_layer
// errors: 1
#include <hone/hone.hpp>

namespace nn = hone::nn;
#if defined(HONE_FIXED)
using first = nn::identity;
#else
using first = nn::input<8, 8, 3>;
#endif
struct net : hone::model<nn::input<8, 8, 3>, nn::relu, nn::residual<first, nn::relu>> {};
static_assert(net::shapes_fit());
