// The reader of npy files over any bytes: it refuses them with an error, or reads an array that is written to bytes
// which are read to the same array.
#include <hone/io/npy.hpp>

#include <cstdlib>

#include "fuzz.hpp"
#include "fuzz_corpus.hpp"

namespace {

void expect(bool holds) {
  if (!holds) std::abort();
}

bool same(hone::io::array const& a, hone::io::array const& b) {
  return a.type == b.type && a.dims == b.dims && a.data.size() == b.data.size() &&
         std::memcmp(a.data.data(), b.data.data(), a.data.size()) == 0;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  try {
    hone::io::array const a = hone::io::read_npy({reinterpret_cast<std::byte const*>(data), size});
    expect(a.data.size() <= size && hone::io::bytes_of(a.type, a.dims) == a.data.size());
    hone::buffer const again = hone::io::write_npy(a);
    expect(same(hone::io::read_npy({again.data(), again.size()}), a));
  } catch (hone::error const& e) {
    expect(*e.parts().why != 0 && *e.parts().fix != 0);
  }
  return 0;
}

std::vector<std::vector<std::uint8_t>> fuzz_seeds() { return fuzz_corpus("tests/io/corpus/npy"); }
