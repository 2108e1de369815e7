// The reader of artifacts over any bytes: it refuses them with an error, or reads an artifact that is written back to the
// same bytes. Every input is tried as it is, and with its checksums made right.
#include <hone/store/format.hpp>

#include <cstdlib>

#include "fuzz.hpp"
#include "sample.hpp"
#include "seal.hpp"

namespace {

void expect(bool holds) {
  if (!holds) std::abort();
}

bool refused(auto read) {
  try {
    read();
    return false;
  } catch (hone::error const& e) {
    expect(*e.parts().why != 0 && *e.parts().fix != 0);
    return true;
  }
}

void attempt(std::vector<std::byte> const& bytes) {
  hone::buffer aligned(bytes.size());
  if (!bytes.empty()) std::memcpy(aligned.data(), bytes.data(), bytes.size());
  bool const no_view = refused([&] { hone::store::read_view({aligned.data(), bytes.size()}); });
  bool const no_artifact = refused([&] {
    auto const again = hone::store::write(hone::store::read(bytes));
    expect(again.size() == bytes.size() && std::memcmp(again.data(), bytes.data(), bytes.size()) == 0);
  });
  expect(no_view == no_artifact);
}

std::vector<std::uint8_t> stored(hone::artifact const& a) {
  auto const b = hone::store::write(a);
  auto const* const p = reinterpret_cast<std::uint8_t const*>(b.data());
  return {p, p + b.size()};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  auto const* const p = reinterpret_cast<std::byte const*>(data);
  std::vector<std::byte> const bytes(p, p + size);
  attempt(bytes);
  attempt(sample::sealed(bytes));
  return 0;
}

std::vector<std::vector<std::uint8_t>> fuzz_seeds() {
  hone::artifact least{};
  least.model = "m";
  auto unpacked = sample::artifact(2);
  unpacked.packed.clear();
  return {stored(sample::artifact()), stored(least), stored(unpacked)};
}
