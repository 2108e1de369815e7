#pragma once
// Reads the .npy files that the trainer exports: little-endian float32, float64 or int64, C order.
#include <bit>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace bench {

namespace detail {

template <class From, class To>
std::vector<To> numbers(std::string const& file, std::size_t offset, std::size_t count) {
  std::vector<To> values(count);
  for (To& value : values) {
    From stored{};
    std::memcpy(&stored, file.data() + offset, sizeof stored);
    value = static_cast<To>(stored);
    offset += sizeof stored;
  }
  return values;
}

/// The number of elements of the shape "8, 8, 1"; 1 for the empty one.
inline std::size_t elements(std::string const& shape) {
  std::size_t count = 1;
  std::istringstream in{shape};
  for (std::string extent; std::getline(in, extent, ',');) {
    if (extent.find_first_of("0123456789") != std::string::npos) count *= std::stoul(extent);
  }
  return count;
}

}  // namespace detail

/// The values of `path` as T, in C order. Throws std::runtime_error (which file, what is wrong) where the file is
/// missing, shorter than it says, or of another kind.
template <class T>
std::vector<T> read_npy(std::filesystem::path const& path) {
  static_assert(std::endian::native == std::endian::little);
  auto const fail = [&](char const* what) { throw std::runtime_error{path.string() + ": " + what}; };
  std::ifstream in{path, std::ios::binary};
  if (!in) fail("cannot be opened: export the trained weights first");
  std::string const file{std::istreambuf_iterator<char>{in}, {}};
  if (file.size() < 10 || !file.starts_with("\x93NUMPY\x01")) fail("not a .npy file of version 1");
  auto const header_size = static_cast<std::size_t>(static_cast<unsigned char>(file[8])) +
                           256 * static_cast<std::size_t>(static_cast<unsigned char>(file[9]));
  if (file.size() < 10 + header_size) fail("cut short in its header");
  std::string const header = file.substr(10, header_size);
  auto const value_of = [&](char const* key) {
    auto const at = header.find(key);
    if (at == std::string::npos) fail("a header without descr, fortran_order or shape");
    return header.substr(at + std::strlen(key));
  };
  std::string const type = value_of("'descr': '<").substr(0, 2);
  if (type != "f4" && type != "f8" && type != "i8") fail("neither float32, float64 nor int64");
  if (!value_of("'fortran_order': ").starts_with("False")) fail("not in C order");
  std::string const shape = value_of("'shape': (");
  std::size_t const count = detail::elements(shape.substr(0, shape.find(')')));
  std::size_t const start = 10 + header_size;
  if ((file.size() - start) / (type == "f4" ? 4 : 8) < count) fail("cut short");
  if (type == "f4") return detail::numbers<float, T>(file, start, count);
  if (type == "f8") return detail::numbers<double, T>(file, start, count);
  return detail::numbers<std::int64_t, T>(file, start, count);
}

}  // namespace bench
