#include <hone/store/format.hpp>

#include <fstream>
#include <limits>
#include <string>

#include "catch2.hpp"
#include "sample.hpp"
#include "seal.hpp"

namespace store = hone::store;

namespace {

using bytes = std::vector<std::byte>;

bytes stored(hone::artifact const& a) {
  auto const b = store::write(a);
  return {b.data(), b.data() + b.size()};
}

// The reason for which `b` is refused; empty: it is read.
std::string why(std::span<std::byte const> b) {
  try {
    store::read(b, "here");
  } catch (hone::error const& e) {
    CHECK(std::string(e.parts().what) == "cannot read the artifact");
    CHECK(std::string(e.parts().where) == "here");
    CHECK(std::string(e.parts().fix) != "");
    return e.parts().why;
  }
  return "";
}
std::string why(std::string const& text) { return why(std::as_bytes(std::span(text))); }

std::string why_not_written(hone::artifact const& a) {
  try {
    store::write(a);
  } catch (hone::error const& e) {
    CHECK(std::string(e.parts().what) == "cannot write the artifact");
    return e.parts().why;
  }
  return "";
}

using sample::get;
using sample::sealed;
using sample::set;

std::uint64_t offset_of_section(bytes const& b, std::size_t number) {
  return get<std::uint64_t>(b, 64 + 32 * (number - 1) + 16);
}

void check_same(hone::artifact const& a, hone::artifact const& b) {
  CHECK(static_cast<hone::artifact_info const&>(a) == b);
  REQUIRE(a.weights.size() == b.weights.size());
  auto other = b.weights.begin();
  for (hone::tensor const& t : a.weights) {
    CHECK(t.name == other->name);
    CHECK(t.type == other->type);
    CHECK(t.dims == other->dims);
    REQUIRE(t.data.size() == other->data.size());
    CHECK(std::memcmp(t.data.data(), other->data.data(), t.data.size()) == 0);
    ++other;
  }
  REQUIRE(a.packed.size() == b.packed.size());
  for (std::size_t i = 0; i < a.packed.size(); ++i) {
    CHECK(a.packed[i].layout == b.packed[i].layout);
    REQUIRE(a.packed[i].data.size() == b.packed[i].data.size());
    CHECK(std::memcmp(a.packed[i].data.data(), b.packed[i].data.data(), a.packed[i].data.size()) == 0);
  }
}

}  // namespace

TEST_CASE("what is written reads back, and is written the same again") {
  auto const a = sample::artifact();
  auto const b = stored(a);
  auto const c = store::read(b);
  check_same(a, c);
  CHECK(stored(c) == b);

  hone::artifact nothing{};
  nothing.model = "m";
  check_same(nothing, store::read(stored(nothing)));
}

TEST_CASE("artifacts of any shape read back") {
  std::mt19937_64 random(11);
  auto const below = [&random](std::uint64_t n) { return random() % n; };
  for (int round = 0; round < 300; ++round) {
    auto a = sample::artifact(random(), sample::info(random(), "m"));
    a.weights = {}, a.packed.clear();
    a.precision = std::array{hone::dtype::f32, hone::dtype::bf16, hone::dtype::i8}[below(3)];
    a.made_for.name = std::string(below(256), 'x');
    a.origin.time = static_cast<std::int64_t>(random());
    for (std::uint64_t i = below(6); i > 0; --i) {
      std::array<std::int32_t, 4> dims{};
      for (auto& d : dims) d = static_cast<std::int32_t>(below(9) + 1);
      auto const name = std::string(below(60) + 1, 't') + std::to_string(i);
      sample::fill(a.weights.add(name.c_str(), static_cast<hone::dtype>(below(5)), dims), random);
    }
    for (std::uint64_t i = 0, n = below(4); i < n; ++i) a.packed.push_back({i, hone::buffer(below(200))});
    check_same(a, store::read(stored(a)));
  }
}

// When this fails, the format has changed: it needs another version number, and this file a successor.
TEST_CASE("version 1 stays version 1") {
  std::ifstream file("tests/store/data/artifact-1.hone", std::ios::binary);
  std::string const golden{std::istreambuf_iterator<char>(file), {}};
  REQUIRE(!golden.empty());
  auto const now = stored(sample::artifact());
  CHECK(golden == std::string(reinterpret_cast<char const*>(now.data()), now.size()));
}

TEST_CASE("the order in which packed weights were added does not matter") {
  auto a = sample::artifact();
  auto const b = stored(a);
  std::swap(a.packed[0], a.packed[1]);
  CHECK(stored(a) == b);
}

TEST_CASE("a view points at aligned values inside the bytes") {
  auto const a = sample::artifact();
  auto const b = store::write(a);
  auto const v = store::read_view({b.data(), b.size()});
  CHECK(static_cast<hone::artifact_info const&>(v) == a);
  REQUIRE(v.tensors.size() == a.weights.size());
  for (auto const& t : v.tensors) {
    auto const& original = a.weights.at(t.name);
    CHECK(reinterpret_cast<std::uintptr_t>(t.data.data()) % 64 == 0);
    CHECK(t.data.data() + t.data.size() + 64 <= b.data() + b.size());
    REQUIRE(t.data.size() == original.data.size());
    CHECK(std::memcmp(t.data.data(), original.data.data(), t.data.size()) == 0);
  }
  for (auto const& p : v.packed) {
    CHECK(reinterpret_cast<std::uintptr_t>(p.data.data()) % 64 == 0);
    CHECK(p.data.data() + p.data.size() + 64 <= b.data() + b.size());
  }

  hone::buffer shifted(b.size() + 4);
  std::memcpy(shifted.data() + 4, b.data(), b.size());
  CHECK_THROWS_WITH(store::read_view({shifted.data() + 4, b.size()}), Contains("multiple of 64"));
  check_same(a, store::read({shifted.data() + 4, b.size()}));
}

TEST_CASE("every truncation is refused, and says that it was cut") {
  auto const b = stored(sample::artifact());
  for (std::size_t n = 1; n < b.size(); ++n) {
    auto const reason = why(std::span(b).first(n));
    INFO(n << ": " << reason);
    REQUIRE(reason.find("it was cut") != std::string::npos);
  }
  CHECK(why(std::span(b).first(0)) == "it is empty");
  CHECK_THAT(why(std::span(b).first(700)), Contains("700 of its"));
}

TEST_CASE("every flipped bit is refused") {
  auto b = stored(sample::artifact());
  for (std::size_t i = 0; i < 8 * b.size(); ++i) {
    b[i / 8] ^= std::byte{1} << (i % 8);
    INFO("bit " << i);
    REQUIRE(why(b) != "");
    b[i / 8] ^= std::byte{1} << (i % 8);
  }
  CHECK(why(b) == "");
}

TEST_CASE("bytes after the end are refused") {
  auto b = stored(sample::artifact());
  b.resize(b.size() + 64);
  CHECK_THAT(why(b), Contains("64 bytes follow its end"));
}

TEST_CASE("files of others are called by their names") {
  using namespace std::string_literals;
  CHECK(why(""s) == "it is empty");
  CHECK_THAT(why("\x89PNG\r\n\x1a\n picture"s), Contains("PNG"));
  CHECK_THAT(why("SQLite format 3\0 page size and so on"s), Contains("SQLite database"));
  CHECK_THAT(why("\x89HONE\n\x1a and so on"s), Contains("line ends"));
  CHECK_THAT(why("PK\3\4 npz"s), Contains("ZIP"));
  CHECK_THAT(why("hello"s), Contains("68656c6c"));
}

TEST_CASE("another version is refused, and both are named") {
  auto b = stored(sample::artifact());
  set(b, 8, std::uint32_t{2});
  CHECK_THAT(why(sealed(b)), Contains("version 2") && Contains("version 1"));
}

TEST_CASE("sections that are damaged are named") {
  auto const b = stored(sample::artifact());
  char const* const names[]{"description", "tensors", "weights", "packed weights", "packed weights"};
  for (std::size_t s = 1; s <= 5; ++s) {
    auto damaged = b;
    damaged[offset_of_section(b, s)] ^= std::byte{1};
    CHECK_THAT(why(damaged), Contains("section " + std::to_string(s) + " (" + names[s - 1] + ") is damaged"));
  }
}

TEST_CASE("a forged table of sections is refused") {
  auto const b = stored(sample::artifact());
  auto const forged = [&b](std::size_t at, auto v) {
    auto f = b;
    set(f, at, v);
    return why(sealed(f));
  };
  std::size_t const second = 64 + 32, fourth = 64 + 3 * 32, fifth = fourth + 32;
  CHECK_THAT(forged(second, std::uint32_t{1}), Contains("missing, twice or out of place"));
  CHECK_THAT(forged(fourth, std::uint32_t{7}), Contains("missing, twice or out of place"));
  CHECK_THAT(forged(fifth + 8, std::uint64_t{2}), Contains("twice"));
  CHECK_THAT(forged(fifth + 8, std::uint64_t{1}), Contains("out of order"));
  CHECK_THAT(forged(second + 8, std::uint64_t{1}), Contains("key"));
  CHECK_THAT(forged(second + 16, std::uint64_t{64}), Contains("belongs at"));
  CHECK_THAT(forged(second + 16, ~std::uint64_t{0}), Contains("belongs at"));
  CHECK_THAT(forged(fifth + 24, ~std::uint64_t{0}), Contains("the file ends at"));
  CHECK_THAT(forged(fifth + 24, std::uint64_t{b.size()}), Contains("the file ends at"));
  CHECK_THAT(forged(40, std::uint32_t{1}), Contains("reserved"));

  auto few = b;
  set(few, 12, std::uint32_t{2});
  CHECK_THAT(why(sealed(few)), Contains("claims 2 sections"));
  auto many = sealed(b);
  set(many, 12, std::uint32_t{0xffffffff});
  set(many, 60, store::checksum(std::span(many).first(60)));
  CHECK_THAT(why(many), Contains("claims 4294967295 sections"));
}

TEST_CASE("a forged list of tensors is refused") {
  auto const b = stored(sample::artifact());
  auto const list = offset_of_section(b, 2);
  auto const forged = [&](std::size_t at, auto v) {
    auto f = b;
    set(f, list + at, v);
    return why(sealed(f));
  };
  std::size_t const entry = 64 + 1 + 16, first = 4;
  CHECK_THAT(forged(0, std::uint32_t{100000}), Contains("100000 tensors"));
  CHECK_THAT(forged(0, std::uint32_t{5}), Contains("ends within a field"));
  CHECK_THAT(forged(0, std::uint32_t{3}), Contains("bytes too many"));
  CHECK_THAT(forged(first, char{0}), Contains("name"));
  CHECK_THAT(forged(first, char{'\n'}), Contains("name"));
  CHECK_THAT(forged(first + 63, char{'x'}), Contains("name"));
  CHECK_THAT(forged(first + 64, std::uint8_t{13}), Contains("number format 13"));
  CHECK_THAT(forged(first + 65, std::int32_t{0}), Contains("impossible extent"));
  CHECK_THAT(forged(first + 65, std::int32_t{-3}), Contains("impossible extent"));
  CHECK_THAT(forged(first + 65, std::int32_t{0x7fffffff}), Contains("left for it"));
  CHECK_THAT(forged(first + 65, std::int32_t{1}), Contains("followed by a byte"));
  auto twice = b;
  std::memcpy(twice.data() + list + first + entry, twice.data() + list + first, 64);
  CHECK_THAT(why(sealed(twice)), Contains("two tensors are named conv2d_0.weight"));
}

TEST_CASE("weights that are not finite are refused by the writer and by the reader") {
  auto const good = stored(sample::artifact());
  for (float v : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    auto a = sample::artifact();
    a.weights.find("conv2d_0.weight")->values<float>()[17] = v;
    CHECK_THAT(why_not_written(a), Contains("conv2d_0.weight") && Contains("element 17"));
    auto b = good;
    set(b, offset_of_section(b, 3) + 17 * 4, v);
    CHECK_THAT(why(sealed(b)), Contains("conv2d_0.weight") && Contains("element 17"));
  }
  auto a = sample::artifact();
  a.weights.find("conv2d_0.bias")->values<std::uint16_t>()[4] = 0xff80;
  CHECK_THAT(why_not_written(a), Contains("conv2d_0.bias") && Contains("element 4"));
}

TEST_CASE("descriptions that make no sense are refused by the writer and by the reader") {
  auto const refused = [](auto change) {
    auto a = sample::artifact();
    change(a);
    return why_not_written(a);
  };
  CHECK_THAT(refused([](auto& a) { a.model = ""; }), Contains("no name"));
  CHECK_THAT(refused([](auto& a) { a.model = std::string(256, 'm'); }), Contains("256 bytes"));
  CHECK_THAT(refused([](auto& a) { a.origin.data_set = "a\nb"; }), Contains("control character"));
  CHECK_THAT(refused([](auto& a) { a.figures.latency = {-1}; }), Contains("negative"));
  CHECK_THAT(refused([](auto& a) { a.figures.energy = {std::numeric_limits<double>::quiet_NaN()}; }),
             Contains("not a number"));
  CHECK_THAT(refused([](auto& a) { a.figures.accuracy = 98.6; }), Contains("share"));
  CHECK_THAT(refused([](auto& a) { a.precision = hone::dtype::i32; }), Contains("precision"));
  CHECK_THAT(refused([](auto& a) { a.made_for.cores = -1; }), Contains("cores"));
  CHECK_THAT(refused([](auto& a) { a.packed[0].layout = a.packed[1].layout; }), Contains("same layout"));
  CHECK_THAT(refused([](auto& a) { a.weights.begin()->dims[0] = 9; }), Contains("does not match its dimensions"));

  auto b = stored(sample::artifact());
  auto const description = offset_of_section(b, 1);
  set(b, description, std::uint8_t{99});
  CHECK_THAT(why(sealed(b)), Contains("number format 99"));
  set(b, description, std::uint8_t{2});
  set(b, description + 9, std::uint32_t{0xffffffff});
  CHECK_THAT(why(sealed(b)), Contains("at most 255"));
}
