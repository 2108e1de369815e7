#pragma once
// How the files of networks add theirs.
#include <hone/engine.hpp>
#include <hone/hw/catalogue/any.hpp>
#include <hone/hw/catalogue/haswell.hpp>
#include <hone/hw/catalogue/nehalem.hpp>
#include <hone/hw/catalogue/sapphire_rapids.hpp>
#include <hone/hw/catalogue/skylake_x.hpp>
#include <hone/hw/supported.hpp>

#include <memory>

#include "benchmarks/predict/networks.hpp"

namespace bench::predict {

namespace nn = hone::nn;
namespace hw = hone::hw;

template <class Network>
struct in_bf16 : hone::specialized<Network, hone::options{.precision = hone::dtype::bf16}> {};
template <class Network>
struct in_int8 : hone::specialized<Network, hone::options{.precision = hone::dtype::i8}> {};

template <class Network, class... Machines>
void add_machines(variants& all, char const* network, char const* precision) {
  using engine = hone::engine<Network, Machines...>;
  hone::adaptation how;
  how.frozen = true, how.resident_variants = sizeof...(Machines), how.rl_training_epochs = 0;
  constexpr auto const& canonical = engine::specialized_type::canonical;
  auto const parameters = hone::pass::canonical_tensors(canonical, hone::calibration::plausible_parameters(canonical));
  typename engine::weights const weights(parameters, sizeof...(Machines));
  std::int16_t next = 0;
  auto const add = [&]<class Machine>(Machine) {
    std::int16_t const number = next++;
    if (!hw::supported(Machine::value.target)) return;
    auto const net = std::make_shared<engine>(weights, how);
    net->set({{{0, static_cast<std::int16_t>(engine::view().ops), number, 0}}});
    std::vector<float> x(engine::input_shape.size());
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i % 17) * 0.0625f;
    all.push_back({network, precision, &Machine::value,
                   [net, x](int n) {
                     for (int i = 0; i < n; ++i) (*net)(x);
                   },
                   hone::calibration::make_bench<Network, Machine>(network)});
  };
  (add(Machines()), ...);
}
template <class Network>
void add_precision(variants& all, char const* network, char const* precision) {
  add_machines<Network, hw::sapphire_rapids, hw::skylake_x, hw::haswell, hw::nehalem, hw::any>(all, network, precision);
}
template <class Network>
void add_network(variants& all, char const* name) {
  add_precision<Network>(all, name, "f32");
  add_precision<in_bf16<Network>>(all, name, "bf16");
  add_precision<in_int8<Network>>(all, name, "int8");
}

}  // namespace bench::predict
