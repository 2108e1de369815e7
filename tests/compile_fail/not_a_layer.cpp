// A model of something that is no layer.
// expect: layer_type
// expect-clang: L::name. would be invalid
// expect-gcc: template constraint failure for .*model
// expect-clang: constraints not satisfied for class template 'model'
// errors: 1
#include <hone/hone.hpp>

namespace nn = hone::nn;
#if defined(HONE_FIXED)
using relu = nn::relu;
#else
using relu = float;
#endif
struct net : hone::model<nn::input<8, 8>, relu, nn::dense<4>> {};
