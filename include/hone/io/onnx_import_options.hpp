#pragma once
#include <hone/core/extents.hpp>
#include <hone/io/array.hpp>

namespace hone::inline HONE_ABI::io {

// The size of a symbolic dimension, such as {"batch", 4}.
struct named_size {
  std::string name{};
  std::int32_t size{};
};
// The extents of an input, such as {"x", {1, 3, 48, 192}}.
struct named_extents {
  std::string name{};
  extents dims{};
};

// What a file leaves open and an import has to settle, for the shapes of a network are fixed.
struct import_options {
  std::vector<named_size> sizes{};       // of symbolic dimensions, by their names
  std::vector<named_extents> inputs{};   // extents of inputs: these win over what the file says
  std::vector<named_array> constants{};  // values of inputs that are to be constants; those inputs vanish
};

}  // namespace hone::inline HONE_ABI::io
