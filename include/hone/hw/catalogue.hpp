// All machines of the catalogue, and the list of them. One header a machine: to add one, include its header (a processor's
// in cpus.hpp) and add its name.
#pragma once
#include <hone/hw/catalogue/jetson_orin.hpp>
#include <hone/hw/catalogue/nvidia_h200.hpp>
#include <hone/hw/catalogue/tpu_v1.hpp>
#include <hone/hw/catalogue/tpu_v4i.hpp>
#include <hone/hw/cpus.hpp>

#include <boost/hana/tuple.hpp>
#include <boost/hana/type.hpp>
#include <boost/hana/unpack.hpp>

namespace hone::inline HONE_ABI::hw {

// The types of all machines here, a Hana sequence of types: filter and sort it at compile time.
inline constexpr auto catalogue =
    boost::hana::tuple_t<any, nehalem, haswell, skylake_x, cascade_lake, ice_lake, sapphire_rapids, zen3, zen4,
                         neoverse_n1, cortex_a72, cortex_a53, cortex_m7, nvidia_h200, jetson_orin, tpu_v1, tpu_v4i>;

// Their profiles, in the same order.
inline constexpr auto catalogue_profiles = boost::hana::unpack(catalogue, [](auto... machines) {
  return std::array<profile const*, sizeof...(machines)>{&decltype(machines)::type::value...};
});

}  // namespace hone::inline HONE_ABI::hw
