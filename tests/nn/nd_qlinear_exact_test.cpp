#include <hone/nn/nd/qlinear.hpp>

#include "catch2.hpp"
#include "nd_values.hpp"

using namespace hone;
using namespace nd_values;

// Stored numbers are the same whatever flags they are computed under: the hashes of some results, as ONNX Runtime and
// numpy give them.
namespace {

value numbers(dtype t, extents const& dims, double least, double step, int count) {
  value v(t, dims);
  std::uint32_t seed = 1;
  for (std::size_t i = 0; i < v.size(); ++i) {
    seed = seed * 1664525u + 1013904223u;
    v.set(i, least + step * static_cast<double>((seed >> 8) % static_cast<std::uint32_t>(count)));
  }
  return v;
}
value scale(double v) { return make(dtype::f32, {}, {v}); }
std::uint64_t hash(value const& v) {
  std::uint64_t h = 0xcbf29ce484222325ULL;
  for (std::size_t i = 0; i < v.bytes(); ++i) h = (h ^ static_cast<std::uint64_t>(v.begin()[i])) * 0x100000001b3ULL;
  return h;
}

}  // namespace

TEST_CASE("quantised numbers do not depend on flags") {
  value const x = numbers(dtype::f32, {4096}, -97.5, 0.0625, 3121);  // ties and others
  auto const quantized = [&](dtype to, double s) {
    return hash(evaluate([&](auto& g, int a, int b) { return nd::quantize_linear(g, a, b, -1, 0, to); }, x, scale(s)));
  };
  CHECK(quantized(dtype::u8, 0.125) == 0x936dad5d9ba91f3cULL);
  CHECK(quantized(dtype::i8, 0.3) == 0xb558ae8e6e63879eULL);
  CHECK(quantized(dtype::i16, 0.0007) == 0x95844f8ffc56ac3dULL);
  CHECK(quantized(dtype::u16, 1e-30) == 0x9c186ea939ca7755ULL);
  value const words = numbers(dtype::i16, {4096}, -32768, 1, 65536);
  CHECK(hash(evaluate([](auto& g, int a, int b) { return nd::dequantize_linear(g, a, b, -1); }, words, scale(0.1))) ==
        0x08f8888e6c828625ULL);
  CHECK(hash(evaluate([](auto& g, int a) { return nd::dynamic_quantize_value(g, a); }, x)) == 0x45a2d03abfcbf393ULL);
}

TEST_CASE("layers of stored numbers do not depend on flags") {
  value const x = numbers(dtype::u8, {1, 6, 9, 9}, 0, 1, 256), w = numbers(dtype::i8, {8, 3, 3, 3}, -128, 1, 256),
              bias = numbers(dtype::i32, {8}, -3000, 1, 6000), zero = make(dtype::u8, {}, {131});
  auto const conv = [](auto& g, int a, int sa, int z, int b, int sb, int sy, int c) {
    return nd::qlinear_conv(g, a, sa, z, b, sb, -1, sy, z, c, {.before = {1, 1}, .after = {1, 1}}, 2);
  };
  CHECK(hash(evaluate(conv, x, scale(0.02), zero, w, scale(0.003), scale(0.07), bias)) == 0x4804755ce5a232fbULL);
  value const a = numbers(dtype::i8, {7, 30}, -128, 1, 256), b = numbers(dtype::u8, {30, 11}, 0, 1, 256);
  auto const matmul = [](auto& g, int i, int si, int j, int sj, int z, int sy) {
    return nd::qlinear_matmul(g, i, si, -1, j, sj, z, sy, z);
  };
  CHECK(hash(evaluate(matmul, a, scale(0.02), b, scale(0.003), zero, scale(0.013))) == 0x28b6ff45ee5c5610ULL);
}
