#include <hone/io/npy.hpp>

#include "catch2.hpp"
#include "tests/io/samples.hpp"
#include "tests/io/temporary.hpp"

using namespace hone;

namespace {

using dims = std::vector<std::int64_t>;

std::string const corpus = "tests/io/corpus/npy/";

struct written {
  char const* code;
  dtype type;
};
constexpr written types[]{{"f2", dtype::f16}, {"f4", dtype::f32}, {"f8", dtype::f64}, {"i1", dtype::i8},
                          {"i2", dtype::i16}, {"i4", dtype::i32}, {"i8", dtype::i64}, {"u1", dtype::u8},
                          {"u2", dtype::u16}, {"u4", dtype::u32}, {"u8", dtype::u64}, {"b1", dtype::boolean}};

// An npy file of this version, header and number of bytes of data.
std::string file_of(int version, std::string const& header, std::size_t data = 0) {
  std::string s = "\x93NUMPY";
  s += {static_cast<char>(version), '\0'};
  for (int i = 0; i < (version == 1 ? 2 : 4); ++i) s += static_cast<char>(header.size() >> (8 * i) & 255);
  return s + header + std::string(data, '\1');
}
io::array read(std::string const& file) {
  return io::read_npy(std::as_bytes(std::span(file.data(), file.size())), "some.npy");
}

}  // namespace

TEST_CASE("npy: what numpy wrote is read, in every type, byte order and order of elements") {
  for (written const& w : types) {
    CAPTURE(w.code);
    io::array const rows = io::load_npy(corpus + w.code + "_rows.npy");
    CHECK(rows.type == w.type);
    CHECK(rows.dims == dims{2, 3, 4});
    CHECK(samples::first_wrong(rows) == 24);
    io::array const columns = io::load_npy(corpus + w.code + "_swapped_columns.npy");
    CHECK(columns.type == w.type);
    CHECK(columns.dims == dims{4, 2, 3});
    CHECK(samples::first_wrong(columns) == 24);
  }
}

TEST_CASE("npy: any rank, extents of 0 and every version of the format") {
  auto const holds = [](char const* name, dims const& wanted, std::size_t elements) {
    CAPTURE(name);
    io::array const a = io::load_npy(corpus + "f4_" + name + ".npy");
    CHECK(a.dims == wanted);
    CHECK(a.elements() == elements);
    CHECK(samples::first_wrong(a) == elements);
  };
  holds("scalar", {}, 1);
  holds("one", {1}, 1);
  holds("vector", {5}, 5);
  holds("row", {1, 7}, 7);
  holds("empty", {0}, 0);
  holds("hollow", {3, 0, 2}, 0);
  holds("long", {12345678, 0}, 0);
  holds("rank8", {1, 2, 1, 2, 1, 2, 1, 3}, 24);
  holds("rank8_columns", {1, 2, 1, 2, 1, 2, 1, 3}, 24);
  holds("version2", {2, 3}, 6);
  holds("version3", {2, 3}, 6);
}

TEST_CASE("npy: what is written is what numpy writes, byte for byte") {
  std::vector<std::string> names{
      "f4_scalar", "f4_one", "f4_vector", "f4_row", "f4_empty", "f4_hollow", "f4_long", "f4_rank8"};
  for (written const& w : types) names.push_back(std::string(w.code) + "_rows");
  for (std::string const& name : names) {
    CAPTURE(name);
    buffer const numpys = io::read_file(corpus + name + ".npy", "no file");
    buffer const ours = io::write_npy(io::load_npy(corpus + name + ".npy"));
    REQUIRE(ours.size() == numpys.size());
    CHECK(std::memcmp(ours.data(), numpys.data(), ours.size()) == 0);
  }
}

TEST_CASE("npy: files come back as they were saved") {
  temporary_folder const folder;
  io::array a(dtype::i64, {3, 2});
  for (std::int64_t i = 0; i < 6; ++i) a.values<std::int64_t>()[static_cast<std::size_t>(i)] = i << 40;
  io::save_npy(folder / "a.npy", a);
  CHECK(samples::same(io::load_npy(folder / "a.npy"), a));
  io::save_npy(folder / "a.npy", io::array(dtype::f32, {}));
  CHECK(io::load_npy(folder / "a.npy").dims.empty());
}

TEST_CASE("npy: headers as others write them") {
  CHECK(read(file_of(1, "{\"shape\":(2,),\"fortran_order\":False,\"descr\":\"<i2\"}", 4)).values<std::int16_t>()[1] ==
        257);
  CHECK(read(file_of(1, "{'descr': '=f4', 'fortran_order': False, 'shape': (1L, 2L), }  \n", 8)).dims == dims{1, 2});
  CHECK(read(file_of(1, "{ 'descr' : '<f4' , 'fortran_order' : True , 'shape' : ( 2 , ) }", 8)).dims == dims{2});
  CHECK(read(file_of(2, "{'descr': '|b1', 'fortran_order': False, 'shape': (), }", 1)).values<std::uint8_t>()[0] == 1);
  std::string odd = file_of(1, "{'descr': '|b1', 'fortran_order': False, 'shape': (), }", 1);
  odd.back() = 7;
  CHECK(read(odd).values<std::uint8_t>()[0] == 1);
}

TEST_CASE("npy: what is none, or lies about its size, is refused by name") {
  auto const refused = [](std::string const& file, char const* why) {
    CHECK_THROWS_WITH(read(file), Contains("some.npy") && Contains(why));
  };
  auto const header = [](char const* type, char const* order, char const* shape) {
    return std::string("{'descr': ") + type + ", 'fortran_order': " + order + ", 'shape': " + shape + "}";
  };
  refused("", "does not begin as one");
  refused(std::string(64, 'x'), "does not begin as one");
  refused(file_of(4, header("'<f4'", "False", "(1,)"), 4), "of version 4.0");
  refused(file_of(0, header("'<f4'", "False", "(1,)"), 4), "of version 0.0");
  refused(file_of(1, header("'<f4'", "False", "(1,)"), 4).substr(0, 30), "cut short in its header");
  refused(file_of(2, "").substr(0, 10), "cut short in its header");
  refused(file_of(2, std::string(70000, ' ')), "header is of 70000 bytes");
  refused(file_of(1, header("'<f4'", "False", "(2,)"), 4), "2 of f32 do not make the 4 bytes");
  refused(file_of(1, header("'<f4'", "False", "(2,)"), 9), "2 of f32 do not make the 9 bytes");
  refused(file_of(1, header("'<f4'", "False", "(1099511627776, 1099511627776)"), 8), "do not make the 8 bytes");
  refused(file_of(1, header("'<f8'", "False", "(2305843009213693952,)"), 0), "do not make the 0 bytes");
  refused(file_of(1, header("'<f4'", "False", "(99999999999999999999,)"), 8), "too large");
  refused(file_of(1, header("'<f4'", "False", "(-1,)"), 8), "not a number");
  refused(file_of(1, header("'<f4'", "False", "(1,1,1,1,1,1,1,1,1)"), 4), "more than 8 dimensions");
  refused(file_of(1, header("'<c8'", "False", "(1,)"), 8), "type '<c8' are not supported");
  refused(file_of(1, header("'|O'", "False", "(1,)"), 8), "type '|O' are not supported");
  refused(file_of(1, header("'<f3'", "False", "(1,)"), 8), "type '<f3' are not supported");
  refused(file_of(1, header("[('x', '<f4')]", "False", "(1,)"), 4), "records");
  refused(file_of(1, header("'<f4'", "0", "(1,)"), 4), "neither True nor False");
  refused(file_of(1, header("'<f4'", "False", "1"), 4), "no ( at byte");
  refused(file_of(1, header("'<f4'", "False", "(1,)") + "x", 4), "goes on after its end");
  refused(file_of(1, "{'descr': '<f4', 'shape': (1,)}", 4), "lacks descr, fortran_order or shape");
  refused(file_of(1, "{'descr': '<f4', 'descr': '<f4'}", 4), "second key 'descr'");
  refused(file_of(1, "{'descr': '<f4", 4), "within quotes");
  refused(file_of(1, "", 4), "no { at byte 0");
}

TEST_CASE("npy: files that cannot be had, and types that numpy does not know") {
  temporary_folder const folder;
  CHECK_THROWS_WITH(io::load_npy(folder / "none.npy"), Contains("No such file") && Contains("none.npy"));
  CHECK_THROWS_WITH(io::load_npy(folder.path()), Contains("not an ordinary file"));
  CHECK_THROWS_WITH(io::save_npy(folder / "no/a.npy", io::array(dtype::f32, {1})), Contains("No such file"));
  CHECK_THROWS_WITH(io::write_npy(io::array(dtype::bf16, {1})), Contains("numpy has no bf16"));
}
