// Compiled several times under different flags; HONE_ODR_UNIT names the copy.
#include "unit.hpp"

#if defined(HONE_ODR_REVERSED)
#include <hone/engine.hpp>

#include <hone/core/units.hpp>
#include <hone/hw/catalogue.hpp>
#else
#include <hone/core/units.hpp>
#include <hone/hone.hpp>
#include <hone/hw/catalogue.hpp>

#include <hone/engine.hpp>
#endif

#include "networks.hpp"

namespace odr {

// A network that all units share by name, as a user's header would have it.
struct net : hone::model<hone::nn::input<6, 5, 2>, hone::nn::conv2d<8, 3>, hone::nn::batch_norm, hone::nn::relu,
                         hone::nn::flatten, hone::nn::dense<4>> {};

}  // namespace odr

// The engine's answer to one input.
double odr::HONE_ODR_UNIT() {
  hone::engine<net, hone::hw::any, hone::hw::haswell> engine(networks::parameters_of(net::description, 1));
  auto const x = networks::input_of(engine.input_shape, 2, false);
  double sum = 0;
  for (float y : engine(x)) sum += double{y} * y;
  return sum;
}
