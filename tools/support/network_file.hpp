#pragma once
// Networks from files, as the options of Hone's programs name them.
#include <hone/core/network.hpp>
#include <hone/io/onnx_model.hpp>

#include <CLI/CLI.hpp>

#include <cstdint>
#include <string>
#include <vector>

#include "tools/support/named.hpp"

namespace tools {

// What a file leaves open: sizes of dimensions, extents and values of inputs.
struct import_flags {
  names dims{}, shapes{}, binds{};

  void add_to(CLI::App& app) {
    auto const add = [&](char const* flag, names& to, char const* what) {
      app.add_option(flag, to, what)->allow_extra_args(false)->type_name("NAME=...");
    };
    add("--dim", dims, "size of a symbolic dimension: time=100 (may be repeated)");
    add("--shape", shapes, "extents of an input: x=1,3,48,192 (may be repeated)");
    add("--bind", binds, "value of an input that is to be a constant: shape=shape.npy (may be repeated)");
  }
};

// Extents of an array that an input will be fed with. `carried`: it is the first value of a state, not a sequence.
struct fed_extents {
  std::string input;
  std::vector<std::int64_t> dims;
  bool carried{};
};
// What a run says of a network before it is imported. `chained`: calls follow each other, one along the leading axis.
struct feeding {
  std::vector<fed_extents> arrays{};
  bool chained{};
  bool possible{};  // the program takes arrays: errors may ask for them
};

// An ONNX file that was read and not yet imported.
class network_file {
 public:
  explicit network_file(std::string const& path);

  // Of the inputs that take values at run time, and of the outputs.
  names inputs() const;
  names outputs() const;
  // As a network, lowered to Hone's own operations. Dimensions that the file leaves open are what the flags say, else
  // what the arrays say; a first one is 1 where nothing says else. One that is a batch stays 1 whatever a longer array
  // says: its rows are calls. Raises where one remains, with the flags that settle it.
  hone::network load(import_flags const& flags, feeding const& fed = {}) const;

 private:
  hone::io::onnx::model model_;
};

inline hone::network load_network(std::string const& path, import_flags const& flags) {
  return network_file(path).load(flags);
}

}  // namespace tools
