#pragma once
// Networks from files, as the options of Hone's programs name them.
#include <hone/core/network.hpp>
#include <hone/io/onnx_import_options.hpp>

#include <CLI/CLI.hpp>

#include <charconv>
#include <string>
#include <utility>
#include <vector>

namespace tools {

// What a file leaves open: sizes of dimensions, extents and values of inputs.
struct import_flags {
  std::vector<std::string> dims, shapes, binds;

  void add_to(CLI::App& app) {
    app.add_option("--dim", dims, "size of a symbolic dimension: batch=1 (may be repeated)");
    app.add_option("--shape", shapes, "extents of an input: x=1,3,48,192 (may be repeated)");
    app.add_option("--bind", binds, "value of an input that is to be a constant: shape=shape.npy (may be repeated)");
  }
  hone::io::import_options options() const;

  // NAME=VALUE in two; the name may hold '=' itself, the value not.
  static std::pair<std::string, std::string> split(std::string const& s, char const* option) {
    auto const at = s.rfind('=');
    if (at == std::string::npos || at == 0 || at + 1 == s.size())
      hone::raise("cannot read an option", hone::message() << "'" << s.c_str() << "' is not NAME=VALUE", option,
                  "write the name, '=' and the value without spaces");
    return {s.substr(0, at), s.substr(at + 1)};
  }
};

// An ONNX network, lowered to Hone's own operations.
hone::network load_network(std::string const& path, import_flags const& flags);

}  // namespace tools
