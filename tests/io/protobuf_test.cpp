#include <hone/io/detail/protobuf.hpp>
#include <hone/io/detail/protobuf_writer.hpp>

#include <random>

#include "catch2.hpp"

namespace {

using namespace hone::io::detail;
using bytes = std::vector<std::byte>;

bytes raw(std::initializer_list<int> list) {
  bytes b;
  for (int v : list) b.push_back(static_cast<std::byte>(v));
  return b;
}
place at(bytes const& b) { return {nullptr, "cannot read", no_index, b, "here"}; }

// The values of field 1 of a message.
template <class T>
std::vector<T> list(bytes const& b) {
  place const p = at(b);
  wire_reader in(p);
  std::vector<T> values;
  for (wire_field f; in.next(f);)
    if (f.number == 1) in.more(f, "list", values);
  return values;
}

}  // namespace

TEST_CASE("protobuf: numbers of every length come back") {
  std::mt19937_64 random(1);
  for (int bits = 0; bits <= 64; ++bits)
    for (int trial = 0; trial < 4; ++trial) {
      auto const v = static_cast<std::int64_t>(bits == 0 ? 0 : random() >> (64 - bits));
      wire_writer w;
      w.integer(1, v);
      CHECK(list<std::int64_t>(w.take()) == std::vector{v});
    }
}

TEST_CASE("protobuf: numbers are what the format says") {
  CHECK(list<std::int64_t>(raw({8, 0x96, 1})) == std::vector<std::int64_t>{150});
  CHECK(list<std::int64_t>(raw({8, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1})) == std::vector<std::int64_t>{-1});
  CHECK(list<std::int64_t>(raw({8, 0x81, 0x80, 0})) == std::vector<std::int64_t>{1});  // longer than needed
  CHECK(list<float>(raw({13, 0, 0, 0x80, 0x3f})) == std::vector<float>{1});
}

TEST_CASE("protobuf: repeated numbers are packed, not packed, or both") {
  CHECK(list<std::int64_t>(raw({8, 1, 10, 3, 2, 0x80, 1, 8, 3, 10, 0})) == std::vector<std::int64_t>{1, 2, 128, 3});
  CHECK(list<float>(raw({10, 8, 0, 0, 0x80, 0x3f, 0, 0, 0, 0x40, 13, 0, 0, 0, 0x40})) == std::vector<float>{1, 2, 2});
}

TEST_CASE("protobuf: unknown fields are skipped, whatever their number and type") {
  wire_writer w;
  w.integer(2, -1);
  w.real(3, 1);
  w.text(31, "x");
  w.text(32, "y");
  w.text(536870911, "z");
  w.integer(1, 5);
  auto b = w.take();
  for (int v : {0x39, 1, 2, 3, 4, 5, 6, 7, 8}) b.push_back(static_cast<std::byte>(v));  // field 7, 8 bytes
  CHECK(list<std::int64_t>(b) == std::vector<std::int64_t>{5});
}

TEST_CASE("protobuf: what is no message is refused, with the byte") {
  auto const refused = [](std::initializer_list<int> b, char const* why) {
    CHECK_THROWS_WITH(list<std::int64_t>(raw(b)), Contains(why) && Contains("(here)"));
  };
  refused({8}, "ends within a number, at byte 0 of 1");
  refused({8, 1, 8, 0x80}, "ends within a number, at byte 2 of 4");
  refused({8, 255, 255, 255, 255, 255, 255, 255, 255, 255, 2}, "more than 64 bits");
  refused({8, 255, 255, 255, 255, 255, 255, 255, 255, 255, 128, 1}, "more than 64 bits");
  refused({0, 1}, "impossible number");
  refused({0x80, 0x80, 0x80, 0x80, 0x10, 1}, "impossible number");
  refused({0x12, 5, 1, 2}, "longer than what is left");
  refused({0x12, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1}, "longer than what is left");
  refused({0x15, 1, 2, 3}, "longer than what is left");
  refused({0x11, 1, 2, 3, 4, 5, 6, 7}, "longer than what is left");
  refused({0x13, 0x14}, "a group");
  refused({0x14}, "a group");
  refused({0x16}, "unknown wire type");
  refused({0x17}, "unknown wire type");
}

TEST_CASE("protobuf: known fields have their type, and single ones stand once") {
  auto const b = raw({8, 1, 8, 2, 18, 1, 65, 29, 0, 0, 0, 0});
  place const p = at(b);
  wire_reader in(p);
  wire_field f;
  std::int64_t i{};
  std::string s;
  float r{};
  std::vector<float> reals;
  in.next(f);
  CHECK_THROWS_WITH(in.one(f, "size", i), Contains("stands 2 times") && Contains("here: size"));
  CHECK_THROWS_WITH(in.more(f, "sizes", reals), Contains("wire type 0, 2 is right"));
  in.next(f), in.next(f);
  in.one(f, "name", s);
  CHECK(s == "A");
  CHECK_THROWS_WITH(in.one(f, "number", i), Contains("wire type 2, 0 is right"));
  CHECK_THROWS_WITH(in.more(f, "reals", reals), Contains("1 bytes are no whole number of values of 4"));
  in.next(f);
  in.one(f, "real", r);
  CHECK_THROWS_WITH(in.one(f, "name", s), Contains("wire type 5, 2 is right"));
  CHECK(!in.next(f));
  std::vector<std::int64_t> numbers;
  CHECK_THROWS_WITH(list<std::int64_t>(raw({10, 2, 1, 0x80})), Contains("ends within a number"));
}

TEST_CASE("protobuf: messages within messages have the right length at any size") {
  for (std::size_t n : {0U, 1U, 127U, 128U, 16383U, 16384U, 70000U}) {
    wire_writer w;
    w.message(1, [&] { w.message(2, [&] { w.text(3, std::string(n, 'a')); }); });
    auto const b = w.take();
    place const p = at(b);
    wire_reader outer(p);
    wire_field f;
    REQUIRE(outer.next(f));
    place const first = outer.one(f, "a");
    wire_reader middle(first);
    REQUIRE(middle.next(f));
    place const second = middle.one(f, "b");
    wire_reader inner(second);
    std::string s;
    REQUIRE(inner.next(f));
    inner.one(f, "c", s);
    CHECK(s == std::string(n, 'a'));
    CHECK(!outer.next(f));
  }
}

TEST_CASE("place: errors tell the way, cut where it is long, and print no control characters") {
  place const file{nullptr, "cannot read", no_index, {}, "f.onnx"};
  place const a{&file, "graph"}, b{&a, "node", 3, {}, "conv\n1"}, c{&b, "attribute", 0, {}, std::string_view("pads")};
  CHECK_THROWS_WITH(
      c.refuse("why", "fix"), Equals("cannot read: why (f.onnx: graph.node[3] \"conv?1\".attribute[0] \"pads\"); fix"));
  CHECK_THROWS_WITH(file.refuse("why", "fix"), Equals("cannot read: why (f.onnx); fix"));
  place const d{&c, "g"}, e{&d, "node", 1, {}, std::string_view("a name that is longer than forty characters")},
      f{&e, "t"}, g{&f, "dims"};
  CHECK_THROWS_WITH(g.refuse("why", "fix"), Contains("(f.onnx: ... node[3] \"conv?1\".attribute[0] \"pads\".g.node[1] "
                                                     "\"a name that is longer than forty charact...\".t.dims)"));
  std::string const path(300, 'p');
  place const far{nullptr, "cannot read", no_index, {}, path};
  CHECK_THROWS_WITH((place{&far, "graph"}.refuse("why", "fix")), Contains("(..." + std::string(100, 'p') + ": graph)"));
}
