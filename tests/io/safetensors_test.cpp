#include <hone/io/safetensors.hpp>

#include "catch2.hpp"
#include "tests/io/samples.hpp"
#include "tests/io/temporary.hpp"

using namespace hone;

namespace {

using dims = std::vector<std::int64_t>;

std::string const corpus = "tests/io/corpus/safetensors/";

std::string file_of(std::string const& header, std::size_t data = 0) {
  std::string s;
  for (int i = 0; i < 8; ++i) s += static_cast<char>(header.size() >> (8 * i) & 255);
  return s + header + std::string(data, '\1');
}
io::tensor_file read(std::string const& file) {
  return io::read_safetensors(std::as_bytes(std::span(file.data(), file.size())), "some.safetensors");
}
std::string tensor(char const* name, char const* type, char const* shape, char const* offsets) {
  return std::string("\"") + name + "\":{\"dtype\":\"" + type + "\",\"shape\":[" + shape + "],\"data_offsets\":[" +
         offsets + "]}";
}
io::array const& of(io::tensor_file const& f, std::string_view name) {
  for (io::named_array const& n : f.tensors)
    if (n.name == name) return n.value;
  FAIL("no tensor " << name);
  return f.tensors[0].value;
}
bool same(io::tensor_file const& a, io::tensor_file const& b) {
  if (a.notes != b.notes || a.tensors.size() != b.tensors.size()) return false;
  for (std::size_t i = 0; i < a.tensors.size(); ++i)
    if (a.tensors[i].name != b.tensors[i].name || !samples::same(a.tensors[i].value, b.tensors[i].value)) return false;
  return true;
}

}  // namespace

TEST_CASE("safetensors: what its Python package wrote is read, in every type") {
  io::tensor_file const f = io::load_safetensors(corpus + "types.safetensors");
  REQUIRE(f.tensors.size() == 12);
  for (auto const& [name, type] : std::initializer_list<std::pair<char const*, dtype>>{
           {"f2", dtype::f16},
           {"f4", dtype::f32},
           {"f8", dtype::f64},
           {"i1", dtype::i8},
           {"i2", dtype::i16},
           {"i4", dtype::i32},
           {"i8", dtype::i64},
           {"u1", dtype::u8},
           {"u2", dtype::u16},
           {"u4", dtype::u32},
           {"u8", dtype::u64},
           {"b1", dtype::boolean}}) {
    CAPTURE(name);
    CHECK(of(f, name).type == type);
    CHECK(of(f, name).dims == dims{2, 3});
    CHECK(samples::first_wrong(of(f, name)) == 6);
  }
  REQUIRE(f.notes.size() == 2);
  CHECK(std::find(f.notes.begin(), f.notes.end(), std::pair<std::string, std::string>("made by", "numpy \u00e9")) !=
        f.notes.end());
}

TEST_CASE("safetensors: any rank, extents of 0, bf16, and no tensor at all") {
  io::tensor_file const f = io::load_safetensors(corpus + "shapes.safetensors");
  for (auto const& [name, wanted, elements] : std::initializer_list<std::tuple<char const*, dims, std::size_t>>{
           {"scalar", {}, 1},
           {"vector", {5}, 5},
           {"empty", {0}, 0},
           {"hollow", {3, 0, 2}, 0},
           {"rank8", {1, 2, 1, 2, 1, 2, 1, 3}, 24}}) {
    CAPTURE(name);
    CHECK(of(f, name).dims == wanted);
    CHECK(samples::first_wrong(of(f, name)) == elements);
  }
  io::tensor_file const torch = io::load_safetensors(corpus + "torch.safetensors");
  CHECK(of(torch, "bf16").type == dtype::bf16);
  CHECK(samples::first_wrong(of(torch, "bf16")) == 6);
  CHECK(samples::first_wrong(of(torch, "a.weight")) == 6);
  CHECK(io::load_safetensors(corpus + "nothing.safetensors").tensors.empty());
}

TEST_CASE("safetensors: what is written is what its Python package writes, byte for byte") {
  temporary_folder const folder;
  for (char const* name : {"types", "shapes", "torch", "nothing"}) {
    CAPTURE(name);
    std::string const path = corpus + name + ".safetensors";
    io::save_safetensors(folder / "again", io::load_safetensors(path));
    buffer const theirs = io::read_file(path, "no file"), ours = io::read_file(folder / "again", "no file");
    REQUIRE(ours.size() == theirs.size());
    CHECK(std::memcmp(ours.data(), theirs.data(), ours.size()) == 0);
  }
}

TEST_CASE("safetensors: what is written is read back bit for bit, and is aligned") {
  io::tensor_file f{{{"a \"quoted\" \\ \n\x01 \u00e9", io::array(dtype::i8, {3})}, {"b", io::array(dtype::f64, {1})}},
                    {{"key", "text \""}, {"", ""}}};
  f.tensors[1].value.values<double>()[0] = 0.1;
  buffer const bytes = io::write_safetensors(f);
  CHECK(same(io::read_safetensors({bytes.data(), bytes.size()}), f));
  double first;
  std::memcpy(&first, bytes.data() + bytes.size() - 3 - 8, 8);
  CHECK(first == 0.1);
  CHECK((bytes.size() - 3) % 8 == 0);
}

TEST_CASE("safetensors: what cannot be written is refused") {
  io::array const a(dtype::f32, {1});
  CHECK_THROWS_WITH(io::write_safetensors({{{"x", a}, {"x", a}}, {}}), Contains("two tensors are named 'x'"));
  CHECK_THROWS_WITH(io::write_safetensors({{{"\xff", a}}, {}}), Contains("not JSON"));
  CHECK_THROWS_WITH(io::write_safetensors({{{"__metadata__", a}}, {}}), Contains("__metadata__"));
  CHECK_THROWS_WITH(io::write_safetensors({{{std::string(17 << 20, 'x'), a}}, {}}), Contains("header would be of"));
  io::array wrong = a;
  wrong.dims = {2};
  CHECK_THROWS_WITH(io::write_safetensors({{{"x", wrong}}, {}}), Contains("does not fit"));
  temporary_folder const folder;
  CHECK_THROWS_WITH(io::save_safetensors(folder / "no/a", {}), Contains("No such file"));
}

TEST_CASE("safetensors: what is none, or lies about its sizes, is refused by name") {
  auto const refused = [](std::string const& file, char const* why) {
    CHECK_THROWS_WITH(read(file), Contains("some.safetensors") && Contains(why));
  };
  auto const header = [&](std::string const& text, char const* why, std::size_t data = 0) {
    refused(file_of(text, data), why);
  };
  refused("", "cut short in its first eight bytes");
  refused(std::string(8, '\xff'), "its header is of 18446744073709551615 bytes");
  refused(file_of("{}").substr(0, 9), "cut short in its header");
  header("", "does not begin with {");
  header(" {}", "does not begin with {");
  header("{", "not JSON, from byte");
  header("{} x", "not JSON, from byte");
  header("{\"\xff\":{}}", "not JSON, from byte");
  header("{" + tensor("a", "F32", "2", "0,8") + "}", "does not fit its bytes 0 to 8 of 7", 7);
  header("{" + tensor("a", "F32", "2", "0,8") + "}", "1 bytes at its end belong to no tensor", 9);
  header("{" + tensor("a", "F32", "2", "8,0") + "}", "does not fit its bytes 8 to 0", 8);
  header("{" + tensor("a", "F32", "3", "0,8") + "}", "'a', 3 of f32, does not fit", 8);
  header("{" + tensor("a", "F64", "4611686018427387904,4", "0,0") + "}", "does not fit");
  header(
      "{" + tensor("a", "F32", "1", "0,4") + "," + tensor("b", "F32", "1", "2,6") + "}", "overlaps the one before", 6);
  header("{" + tensor("a", "F32", "1", "0,4") + "," + tensor("b", "F32", "1", "6,10") + "}", "leaves a gap", 10);
  header("{" + tensor("a", "F32", "1", "0,4") + "," + tensor("a", "F32", "1", "4,8") + "}", "two tensors are named 'a'",
         8);
  header("{" + tensor("a", "F8_E4M3", "1", "0,1") + "}", "is of type 'F8_E4M3'; supported are F32", 1);
  header("{" + tensor("a", "F32", "1,1,1,1,1,1,1,1,1", "0,4") + "}", "more than 8 dimensions", 4);
  header("{" + tensor("a", "F32", "-1", "0,4") + "}", "a negative number in the wrong place", 4);
  header("{" + tensor("a", "F32", "1.5", "0,4") + "}", "a fraction", 4);
  header("{" + tensor("a", "F32", "99999999999999999999", "0,4") + "}", "past 64 bits", 4);
  header("{" + tensor("a", "F32", "9999999999999999999", "0,4") + "}", "too large", 4);
  header("{" + tensor("a", "F32", "1", "0") + "}", "less than two data_offsets", 4);
  header("{" + tensor("a", "F32", "1", "0,4,4") + "}", "more than two data_offsets", 4);
  header("{" + tensor("a", "F32", "1", "[]") + "}", "a list in the wrong place", 4);
  header("{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", "lacks dtype, shape or data_offsets", 4);
  header("{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}}", "unknown or second key 'dtype'", 4);
  header("{\"a\":{\"size\":1}}", "unknown or second key 'size'", 4);
  header("{\"a\":[]}", "a list in the wrong place");
  header("{\"a\":null}", "null in the wrong place");
  header("{\"a\":\"b\"}", "a text in the wrong place");
  header("{\"a\":{\"dtype\":{}}}", "an object in the wrong place");
  header("{\"a\":{\"dtype\":true}}", "true or false in the wrong place");
  header("{\"a\":{\"dtype\":1}}", "a number in the wrong place");
  header("{\"__metadata__\":{\"a\":1}}", "a number in the wrong place");
  header("{\"__metadata__\":{\"a\":{}}}", "an object in the wrong place");
  header("{\"__metadata__\":{},\"__metadata__\":{}}", "two __metadata__");
  header("{\"a\":" + std::string(100000, '['), "a list in the wrong place");
}
