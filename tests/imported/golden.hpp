#pragma once
// Reference networks with golden vectors (../shared/models, see its README.md).
#include <hone/io/npy.hpp>
#include <hone/run/ports.hpp>

#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include "outside.hpp"

namespace golden {

using namespace hone;

// A port's file: "in.npy" where there is one input, else "in_<name>.npy" with '/' as '_'.
inline std::string file_of(std::string const& folder, port_view const& p) {
  std::string const kind = p.output ? "out" : "in";
  if (std::filesystem::exists(folder + "/" + kind + ".npy")) return folder + "/" + kind + ".npy";
  std::string name = p.name;
  for (char& c : name)
    if (c == '/') c = '_';
  return folder + "/" + kind + "_" + name + ".npy";
}

// How results differ from the golden vectors, over all calls and outputs.
struct differences {
  int calls{};
  double worst{};          // of floats, in parts of the largest
  long unequal{}, most{};  // of stored numbers: how many, and by how much
};

// Feeds every call's inputs, states too, and compares every output. `run()` runs the network.
template <class Run>
differences compare(port_table const& ports, std::string const& name, Run run) {
  std::string const folder = outside::shared("models/golden/" + name);
  struct file {
    port_view const* port;
    io::array values;
  };
  std::vector<file> in, out;
  for (port_view const& p : ports.inputs()) in.push_back({&p, io::load_npy(file_of(folder, p))});
  for (port_view const& p : ports.outputs()) out.push_back({&p, io::load_npy(file_of(folder, p))});
  differences d;
  d.calls = static_cast<int>(out[0].values.data.size() / out[0].port->bytes);
  double largest = 0, apart = 0;
  for (int k = 0; k < d.calls; ++k) {
    auto const at = [&](file const& f) {
      bool const each = f.values.data.size() / f.port->bytes == static_cast<std::size_t>(d.calls);
      return f.values.data.data() + (each ? static_cast<std::size_t>(k) * f.port->bytes : 0);
    };
    for (file const& f : in) std::memcpy(f.port->data, at(f), f.port->bytes);
    run();
    for (file const& f : out) {
      if (f.port->type == dtype::f32) {
        auto const* wanted = reinterpret_cast<float const*>(at(f));
        auto const got = f.port->template values<float>();
        for (std::size_t i = 0; i < got.size(); ++i) {
          apart = std::max(apart, std::fabs(double(got[i]) - double(wanted[i])));
          largest = std::max(largest, std::fabs(double(wanted[i])));
          if (got[i] != got[i]) apart = 1e30;
        }
      } else {
        for (std::size_t i = 0; i < f.port->bytes; ++i) {
          bool const is_signed = f.port->type == dtype::i8;
          auto const number = [&](std::byte b) {
            return is_signed ? long(static_cast<std::int8_t>(b)) : long(static_cast<std::uint8_t>(b));
          };
          long const difference = std::labs(number(f.port->data[i]) - number(at(f)[i]));
          d.unequal += difference != 0, d.most = std::max(d.most, difference);
        }
      }
    }
  }
  d.worst = largest > 0 ? apart / largest : apart;
  return d;
}

// What the golden vectors allow: f32 within 1e-4 of the largest output; int8 networks of which every value is expected
// equal (kws, ad01, and here the streaming one), and others whose near-ties may move a result by a step.
inline bool all_equal(std::string const& name) {
  return name == "kws_int8" || name == "ad01_int8" || name == "mww_hey_mycroft";
}

}  // namespace golden
