// Pruning more than there is.
// expect: options::prune is a share of channels
#include <hone/hone.hpp>
#include <hone/hw/catalogue/any.hpp>

namespace nn = hone::nn;
struct net : hone::model<nn::input<8, 8>, nn::conv2d<8, 3>, nn::dense<4>> {};
#if defined(HONE_FIXED)
constexpr hone::options chosen{.precision = hone::dtype::i8, .prune = 0.5f};
#else
constexpr hone::options chosen{.precision = hone::dtype::i8, .prune = 1.5f};
#endif
auto const id = hone::specialized<net, chosen, hone::hw::any>::plan_id;
