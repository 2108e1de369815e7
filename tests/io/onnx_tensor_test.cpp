#include <hone/core/dtype.hpp>
#include <hone/io/onnx_file.hpp>

#include <filesystem>

#include "catch2.hpp"
#include "onnx_samples.hpp"

namespace {

namespace onnx = hone::io::onnx;
using namespace onnx_samples;
using onnx::element;

constexpr element all[]{
    element::f32,    element::u8,         element::i8,         element::u16,  element::i16,      element::i32,
    element::i64,    element::string,     element::boolean,    element::f16,  element::f64,      element::u32,
    element::u64,    element::complex64,  element::complex128, element::bf16, element::f8e4m3fn, element::f8e4m3fnuz,
    element::f8e5m2, element::f8e5m2fnuz, element::u4,         element::i4,   element::f4e2m1,   element::f8e8m0,
    element::u2,     element::i2};

// The initializer of a model.
onnx::tensor tensor_in(bytes const& model) {
  onnx::model m = onnx::read(model);
  return m.graph.initializers.at(0);
}
template <class F>
onnx::tensor tensor_with(F const& body) {
  return tensor_in(model_with_tensor(body));
}
template <class F>
void refused(F const& body, char const* why) {
  CHECK_THROWS_WITH(tensor_with(body), Contains(why) && Contains("graph.initializer[0] \"t\""));
}
void header(fields& w, element type, std::vector<std::int64_t> const& dims) {
  for (std::int64_t d : dims) w.integer(1, d);
  w.integer(2, static_cast<int>(type));
}
template <class T>
std::vector<T> values(onnx::tensor const& t) {
  return {t.values<T>().begin(), t.values<T>().end()};
}

}  // namespace

TEST_CASE("onnx tensor: the onnx package's typed and raw forms of every element type are the same") {
  for (auto const& entry : std::filesystem::directory_iterator(corpus)) {
    std::string const name = entry.path().filename().string();
    if (name.rfind("tensor_", 0) != 0 || name == "tensor_string.onnx") continue;
    INFO(name);
    auto const tensors = onnx::read_file(entry.path().string()).graph.initializers;
    REQUIRE(tensors.size() == 2);
    CHECK(tensors[0].type == tensors[1].type);
    std::string type = onnx::name(tensors[0].type);
    for (char& c : type) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    CHECK("tensor_" + type + ".onnx" == name);
    CHECK(tensors[0].dims == std::vector<std::int64_t>{2, 3});
    REQUIRE(tensors[0].data.size() == static_cast<std::size_t>((6 * onnx::bits_of(tensors[0].type) + 7) / 8));
    REQUIRE(tensors[1].data.size() == tensors[0].data.size());
    CHECK(std::memcmp(tensors[0].data.data(), tensors[1].data.data(), tensors[0].data.size()) == 0);
  }
}

TEST_CASE("onnx tensor: numbers that are no format have no name and no bits") {
  for (int i : {-1, 27, 1000}) {
    CHECK(std::string(onnx::name(static_cast<element>(i))) == "?");
    CHECK(onnx::bits_of(static_cast<element>(i)) == 0);
  }
}

TEST_CASE("onnx tensor: the values of the onnx package") {
  auto const first = [](char const* name) {
    return onnx::read_file(std::string(corpus) + "/tensor_" + name + ".onnx").graph.initializers.at(0);
  };
  CHECK(values<float>(first("float")) == std::vector<float>{-1, -0.5F, 0, 0.5F, 1, 1.5F});
  CHECK(values<double>(first("double")) == std::vector<double>{-1, -0.5, 0, 0.5, 1, 1.5});
  CHECK(values<std::int8_t>(first("int8")) == std::vector<std::int8_t>{-2, -1, 0, 1, 2, 3});
  CHECK(values<std::uint16_t>(first("uint16")) == std::vector<std::uint16_t>{0, 1, 2, 3, 4, 5});
  CHECK(values<std::int64_t>(first("int64")) == std::vector<std::int64_t>{-2, -1, 0, 1, 2, 3});
  CHECK(values<std::uint8_t>(first("bool")) == std::vector<std::uint8_t>{1, 0, 0, 1, 0, 0});
  CHECK(values<std::uint8_t>(first("int4")) == std::vector<std::uint8_t>{0xfe, 0x10, 0x32});
  CHECK(values<std::uint8_t>(first("uint2")) == std::vector<std::uint8_t>{0x44, 0x04});
  for (char const* half : {"float16", "bfloat16"}) {
    auto const t = first(half);
    auto const bits = values<std::uint16_t>(t);
    for (std::size_t i = 0; i < 6; ++i)
      CHECK((t.type == element::f16 ? hone::from_f16(bits[i]) : hone::from_bf16(bits[i])) ==
            (static_cast<float>(i) - 2) / 2);
  }
  CHECK(first("string").strings == std::vector<std::string>{"s0", "s1", "s2", "s3", "s4", "s5"});
  CHECK(first("string").data.size() == 0);
}

TEST_CASE("onnx tensor: every type is written and read, also empty and as a scalar") {
  for (element type : all)
    for (std::vector<std::int64_t> const& dims : {std::vector<std::int64_t>{}, {5}, {3, 0, 2}, {3, 1, 3}}) {
      onnx::model m = everything();
      onnx::tensor& t = m.graph.initializers[0];
      t.type = type, t.dims = dims;
      auto const n = static_cast<std::size_t>(t.elements());
      t.data = {};
      if (type == element::string)
        t.strings.assign(n, "text");
      else if (n != 0)
        t.data = hone::buffer((n * static_cast<std::size_t>(onnx::bits_of(type)) + 7) / 8);
      for (std::size_t i = 0; i < t.data.size(); ++i)
        t.data.data()[i] = static_cast<std::byte>(type == element::boolean ? i % 2 : 37 * i + 1);
      INFO(onnx::name(type) << " of rank " << dims.size());
      onnx::tensor const back = tensor_in(onnx::write(m));
      CHECK(back.type == type);
      CHECK(back.dims == dims);
      CHECK(back.strings == t.strings);
      CHECK(values<std::byte>(back) == values<std::byte>(t));
    }
}

TEST_CASE("onnx tensor: typed fields may be packed or not, in pieces, and before the dimensions") {
  auto const f = tensor_with([](fields& w) {
    w.real(4, 1);
    packed_fixed<float>(w, 4, {2, 3});
    w.real(4, 4);
    header(w, element::f32, {2, 2});
  });
  CHECK(values<float>(f) == std::vector<float>{1, 2, 3, 4});
  auto const i = tensor_with([](fields& w) {
    w.integer(7, -1);
    header(w, element::i64, {3});
    packed(w, 7, {5, ~std::uint64_t{0} - 2});
  });
  CHECK(values<std::int64_t>(i) == std::vector<std::int64_t>{-1, 5, -3});
  auto const d = tensor_with([](fields& w) {
    header(w, element::complex128, {1});
    packed_fixed<double>(w, 10, {0.25, -8});
  });
  CHECK(values<double>(d) == std::vector<double>{0.25, -8});
  auto const u = tensor_with([](fields& w) {
    header(w, element::u32, {2});
    packed(w, 11, {0xffffffff, 1});
  });
  CHECK(values<std::uint32_t>(u) == std::vector<std::uint32_t>{0xffffffff, 1});
}

TEST_CASE("onnx tensor: int32_data holds what fits its type, with or without the sign extended") {
  auto const one = [](element type, std::int64_t v) {
    return tensor_with([&](fields& w) {
      header(w, type, {1});
      w.integer(5, v);
    });
  };
  CHECK(values<std::int32_t>(one(element::i32, -5))[0] == -5);
  CHECK(values<std::int32_t>(one(element::i32, 0xfffffffb))[0] == -5);
  CHECK(values<std::int16_t>(one(element::i16, -32768))[0] == -32768);
  CHECK(values<std::uint16_t>(one(element::f16, 0xffff))[0] == 0xffff);
  CHECK(values<std::int8_t>(one(element::i8, -128))[0] == -128);
  CHECK(values<std::uint8_t>(one(element::f8e5m2, 255))[0] == 255);
  struct {
    element type;
    std::int64_t value;
  } const bad[]{
      {element::i32, std::int64_t{1} << 32},
      {element::i32, -(std::int64_t{1} << 31) - 1},
      {element::i16, 32768},
      {element::u16, -1},
      {element::u16, 65536},
      {element::bf16, 65536},
      {element::i8, 128},
      {element::i8, -129},
      {element::u8, 256},
      {element::u8, -1},
      {element::boolean, 2},
      {element::i4, 256},
      {element::f8e8m0, 256},
      {element::u2, -1}};
  for (auto const& b : bad) {
    INFO(onnx::name(b.type) << " " << b.value);
    CHECK_THROWS_WITH(one(b.type, b.value), Contains("in int32_data is no") && Contains(onnx::name(b.type)));
  }
  refused([](fields& w) { header(w, element::u32, {1}), w.integer(11, std::int64_t{1} << 32); }, "is no UINT32");
}

TEST_CASE("onnx tensor: booleans become 0 or 1") {
  auto const t = tensor_with([](fields& w) {
    header(w, element::boolean, {4});
    packed_fixed<std::uint8_t>(w, 9, {0, 1, 2, 255});
  });
  CHECK(values<std::uint8_t>(t) == std::vector<std::uint8_t>{0, 1, 1, 1});
}

TEST_CASE("onnx tensor: values that are missing, too many, of two kinds or of the wrong kind are refused") {
  refused([](fields& w) { header(w, element::f32, {2}); }, "ask for 2 values, 0 are stored");
  refused([](fields& w) { header(w, element::f32, {}); }, "ask for 1 values, 0 are stored");
  refused([](fields& w) { header(w, element::f32, {2}), w.text(9, "1234567"); }, "ask for 8 bytes, 7 are stored");
  refused([](fields& w) { header(w, element::i4, {3}), w.text(9, "1"); }, "ask for 2 bytes, 1 are stored");
  refused([](fields& w) { header(w, element::f32, {0}), w.text(9, "1234"); }, "ask for 0 bytes, 4 are stored");
  refused([](fields& w) { header(w, element::f32, {1}), w.real(4, 1), w.real(4, 2); }, "ask for 1 values, 2");
  refused([](fields& w) { header(w, element::f32, {1}), w.text(4, "12345"); }, "no whole number of values of 4");
  refused([](fields& w) { header(w, element::complex64, {1}), w.real(4, 1); }, "ask for 2 values, 1 are");
  refused(
      [](fields& w) { header(w, element::f32, {1}), w.real(4, 1), w.text(9, "1234"); }, "float_data and in raw_data");
  refused([](fields& w) { header(w, element::f32, {1}), w.text(9, "1234"), w.text(9, "1234"); }, "stands 2 times");
  refused([](fields& w) { header(w, element::f32, {1}), w.integer(5, 1); }, "FLOAT are in int32_data");
  refused([](fields& w) { header(w, element::string, {1}), w.text(9, "a"); }, "STRING are in raw_data");
  refused([](fields& w) { header(w, element::string, {2}), w.text(6, "a"); }, "ask for 2 values, 1 are");
  refused([](fields& w) { header(w, element::i8, {1}), w.text(6, "a"); }, "INT8 are in string_data");
  refused([](fields& w) { header(w, element::i8, {1}), w.text(5, "\xff"); }, "ends within a number");
  refused([](fields& w) { header(w, element::i8, {1}), w.real(5, 1); }, "wire type 5");
  refused([](fields& w) { w.integer(1, 1), w.text(9, "a"); }, "element type 0");
  refused([](fields& w) { w.integer(2, 27), w.text(9, "a"); }, "element type 27");
  refused([](fields& w) { w.integer(2, -1), w.text(9, "a"); }, "element type -1");
  refused([](fields& w) { header(w, element::i8, {1}), w.text(9, "a"), w.message(3, [&] { w.integer(1, 0); }); },
          "segment");
  refused([](fields& w) { header(w, element::i8, {1}), w.text(9, "a"), w.integer(14, 2); }, "data_location is 2");
  // An empty field is no value.
  CHECK(values<float>(tensor_with([](fields& w) { header(w, element::f32, {1}), w.text(9, ""), w.real(4, 3); }))[0] ==
        3);
}

TEST_CASE("onnx tensor: extents of any size cost nothing but an error") {
  std::int64_t const huge = std::int64_t{1} << 40;
  auto const dims = [](std::vector<std::int64_t> const& d) {
    return [d](fields& w) { header(w, element::f32, d), w.text(9, "1234"); };
  };
  refused(dims({huge}), "ask for 4398046511104 bytes, 4 are stored");
  refused(dims({huge, huge}), "1099511627776 x 1099511627776: negative, or over 2^63 bytes");
  refused(dims({INT64_MAX}), "over 2^63 bytes");
  refused(dims({-1}), "its dimensions are -1: negative");
  refused(dims({-2, -2}), "-2 x -2: negative");
  refused(dims({INT64_MIN, 0}), "negative");
  refused(dims({huge, 0, huge}), "over 2^63 bytes");
  refused(dims(std::vector<std::int64_t>(100, 2)), "x ...");
  CHECK(tensor_with([](fields& w) { header(w, element::f32, {1 << 30, 0}); }).data.size() == 0);
}
