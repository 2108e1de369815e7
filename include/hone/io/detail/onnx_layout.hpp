#pragma once
#include <hone/io/onnx_model.hpp>

// Which field of a message holds which values, and how many.
namespace hone::inline HONE_ABI::io::onnx::detail {

// The fields of a TensorProto, and which of them may hold values.
enum tensor_field : std::uint32_t {
  dims_field = 1,
  type_field = 2,
  segment_field = 3,
  float_data = 4,
  int32_data = 5,
  string_data = 6,
  int64_data = 7,
  name_field = 8,
  raw_data = 9,
  double_data = 10,
  uint64_data = 11,
  external_data = 13,
  location_field = 14
};
struct storage {
  std::uint32_t field{};
  char const* label{};
};
inline constexpr storage storages[]{
    {float_data, "float_data"}, {int32_data, "int32_data"},   {string_data, "string_data"}, {int64_data, "int64_data"},
    {raw_data, "raw_data"},     {double_data, "double_data"}, {uint64_data, "uint64_data"}};

// The typed field that holds elements of this format where raw_data does not.
constexpr std::uint32_t typed_storage(element e) {
  switch (e) {
    case element::f32:
    case element::complex64: return float_data;
    case element::f64:
    case element::complex128: return double_data;
    case element::i64: return int64_data;
    case element::u32:
    case element::u64: return uint64_data;
    case element::string: return string_data;
    default: return int32_data;
  }
}

// The numbers that an entry of int32_data may be.
struct number_range {
  std::int64_t low{};
  std::int64_t high{};
};
constexpr number_range entries_of(element e) {
  switch (e) {
    case element::i32: return {INT32_MIN, UINT32_MAX};  // some writers do not extend the sign
    case element::i16: return {INT16_MIN, INT16_MAX};
    case element::i8: return {INT8_MIN, INT8_MAX};
    case element::boolean: return {0, 1};
    case element::u16:
    case element::f16:
    case element::bf16: return {0, UINT16_MAX};
    default: return {0, UINT8_MAX};
  }
}

// The bytes of n elements; -1 where they do not fit 63 bits.
constexpr std::int64_t bytes_of(element e, std::int64_t n) {
  std::int64_t bits{};
  if (__builtin_mul_overflow(n, std::int64_t{bits_of(e)}, &bits) || bits > INT64_MAX - 7) return -1;
  return (bits + 7) / 8;
}

// The number of elements of these extents; -1 where one is negative, or 63 bits do not hold their product (1 for 0).
inline std::int64_t count_elements(std::span<std::int64_t const> dims) {
  std::int64_t n = 1;
  bool empty = false;
  for (std::int64_t d : dims) {
    if (d < 0 || __builtin_mul_overflow(n, d == 0 ? 1 : d, &n)) return -1;
    empty = empty || d == 0;
  }
  return empty ? 0 : n;
}

// The fields of an AttributeProto that hold values.
struct attribute_form {
  attribute_type type{};
  std::uint32_t field{};
};
inline constexpr attribute_form attribute_forms[]{
    {attribute_type::f, 2},       {attribute_type::i, 3},           {attribute_type::s, 4},
    {attribute_type::t, 5},       {attribute_type::g, 6},           {attribute_type::floats, 7},
    {attribute_type::ints, 8},    {attribute_type::strings, 9},     {attribute_type::tensors, 10},
    {attribute_type::graphs, 11}, {attribute_type::type_proto, 14}, {attribute_type::type_protos, 15}};

constexpr bool is_known(attribute_type t) {
  for (attribute_form const& a : attribute_forms)
    if (a.type == t) return true;
  return false;
}

}  // namespace hone::inline HONE_ABI::io::onnx::detail
