// A model that starts with another layer than an input.
// expect: not_a_network<.*at_position<0, .*conv2d<
// expect: start_the_model_with_an_input_layer
// errors: 1
#include <hone/hone.hpp>

namespace nn = hone::nn;
#if defined(HONE_FIXED)
struct net : hone::model<nn::input<8, 8>, nn::conv2d<16, 3>, nn::relu> {};
#else
struct net : hone::model<nn::conv2d<16, 3>, nn::relu> {};
#endif
static_assert(net::shapes_fit());
