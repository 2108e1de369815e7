// Layers nested so deeply that the names of their weights would be cut off.
// expect: not_a_network<.*at_position<1, .*residual<
// expect: use_shorter_names_or_less_nesting
// errors: 1
#include <hone/hone.hpp>

namespace nn = hone::nn;
template <class Body>
using wrapped = nn::residual<nn::residual<nn::residual<Body>>>;
#if defined(HONE_FIXED)
struct net : hone::model<nn::input<4>, nn::residual<nn::named<"r", wrapped<nn::relu>>>> {};
#else
struct net : hone::model<nn::input<4>, nn::residual<nn::residual<wrapped<nn::relu>>>> {};
#endif
static_assert(net::shapes_fit());
