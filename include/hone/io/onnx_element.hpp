#pragma once
#include <hone/config/config.hpp>

#include <cstdint>

namespace hone::inline HONE_ABI::io::onnx {

// Number formats, with ONNX's own numbers (TensorProto.DataType).
enum class element : std::int32_t {
  undefined = 0,
  f32 = 1,
  u8 = 2,
  i8 = 3,
  u16 = 4,
  i16 = 5,
  i32 = 6,
  i64 = 7,
  string = 8,
  boolean = 9,
  f16 = 10,
  f64 = 11,
  u32 = 12,
  u64 = 13,
  complex64 = 14,
  complex128 = 15,
  bf16 = 16,
  f8e4m3fn = 17,
  f8e4m3fnuz = 18,
  f8e5m2 = 19,
  f8e5m2fnuz = 20,
  u4 = 21,
  i4 = 22,
  f4e2m1 = 23,
  f8e8m0 = 24,
  u2 = 25,
  i2 = 26
};

// ONNX's name of a format ("FLOAT", "INT8", ...); "?" where there is none.
constexpr char const* name(element e) {
  constexpr char const* names[]{
      "UNDEFINED", "FLOAT",      "UINT8",      "INT8",         "UINT16",         "INT16",      "INT32",
      "INT64",     "STRING",     "BOOL",       "FLOAT16",      "DOUBLE",         "UINT32",     "UINT64",
      "COMPLEX64", "COMPLEX128", "BFLOAT16",   "FLOAT8E4M3FN", "FLOAT8E4M3FNUZ", "FLOAT8E5M2", "FLOAT8E5M2FNUZ",
      "UINT4",     "INT4",       "FLOAT4E2M1", "FLOAT8E8M0",   "UINT2",          "INT2"};
  auto const i = static_cast<std::int32_t>(e);
  return i >= 0 && i < 27 ? names[i] : "?";
}

// Bits of one element; 0 of strings, of undefined and of what is no format.
constexpr int bits_of(element e) {
  switch (e) {
    case element::complex128: return 128;
    case element::f64:
    case element::i64:
    case element::u64:
    case element::complex64: return 64;
    case element::f32:
    case element::i32:
    case element::u32: return 32;
    case element::f16:
    case element::bf16:
    case element::i16:
    case element::u16: return 16;
    case element::i8:
    case element::u8:
    case element::boolean:
    case element::f8e4m3fn:
    case element::f8e4m3fnuz:
    case element::f8e5m2:
    case element::f8e5m2fnuz:
    case element::f8e8m0: return 8;
    case element::u4:
    case element::i4:
    case element::f4e2m1: return 4;
    case element::u2:
    case element::i2: return 2;
    case element::string:
    case element::undefined: break;
  }
  return 0;
}

}  // namespace hone::inline HONE_ABI::io::onnx
