#pragma once
#include <hone/core/tensor_op.hpp>
#include <hone/io/detail/place.hpp>
#include <hone/io/onnx_model.hpp>

#include <deque>
#include <optional>
#include <string>

namespace hone::inline HONE_ABI::io::importing {

inline constexpr char const* what = "cannot import the ONNX network";

// The format of numbers that tensors of this element type have here; nothing where there is none.
constexpr std::optional<dtype> to_dtype(onnx::element e) {
  switch (e) {
    case onnx::element::f32: return dtype::f32;
    case onnx::element::u8: return dtype::u8;
    case onnx::element::i8: return dtype::i8;
    case onnx::element::u16: return dtype::u16;
    case onnx::element::i16: return dtype::i16;
    case onnx::element::i32: return dtype::i32;
    case onnx::element::i64: return dtype::i64;
    case onnx::element::boolean: return dtype::boolean;
    case onnx::element::f16: return dtype::f16;
    case onnx::element::f64: return dtype::f64;
    case onnx::element::u32: return dtype::u32;
    case onnx::element::u64: return dtype::u64;
    case onnx::element::bf16: return dtype::bf16;
    default: return {};
  }
}
inline constexpr char const* supported_types =
    "FLOAT, DOUBLE, FLOAT16, BFLOAT16, INT8 to INT64, UINT8 to UINT64 and BOOL are supported";

constexpr bool is_floating(dtype t) {
  return t == dtype::f32 || t == dtype::f64 || t == dtype::f16 || t == dtype::bf16;
}

inline std::string text_of(extents const& e) {
  std::string s = "[";
  for (int i = 0; i < e.rank; ++i) s += (i != 0 ? ", " : "") + std::to_string(e[i]);
  return s + "]";
}

// A text of the file as errors print it: no control characters, not too long.
inline std::string printable(std::string_view text) {
  std::string s(text.substr(0, 60));
  for (char& c : s)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  return s;
}

// What an empty tensor's data points to: a view is present where its data is.
inline void const* no_elements() {
  alignas(64) static constexpr std::byte nothing[128]{};
  return nothing;
}

// The extents of a tensor, where it has at most max_rank of them and at most most_elements elements.
inline std::optional<extents> to_extents(std::span<std::int64_t const> dims) {
  extents e;
  if (dims.size() > static_cast<std::size_t>(max_rank)) return {};
  std::int64_t n = 1;
  for (std::int64_t d : dims) {
    if (d < 0 || d > most_elements || (n *= d > 0 ? d : 1) > most_elements) return {};
    e.push_back(static_cast<std::int32_t>(d));
  }
  return e;
}

// A constant of a file, as operations see it: nothing is copied. Raises where its type or its extents are not supported.
inline tensor_view view_of(onnx::tensor const& t, std::string_view name) {
  message const where = message("constant ") << io::detail::quote(name).c_str();
  std::optional<dtype> const type = to_dtype(t.type);
  if (!type) raise(what, message("its values are of the type ") << onnx::name(t.type), where, supported_types);
  std::optional<extents> const dims = to_extents(t.dims);
  if (!dims)
    raise(what, message("it has ") << t.dims.size() << " dimensions, and " << t.data.size() << " bytes", where,
          "use at most 8 dimensions and 2^27 elements");
  return {t.data.size() != 0 ? static_cast<void const*>(t.data.data()) : no_elements(), *type, *dims};
}

// Element i of a tensor of whole numbers (or booleans); nothing where it is one of floats, or over 63 bits.
inline std::optional<std::int64_t> integer_at(tensor_view const& t, std::int64_t i) {
  switch (t.type) {
    case dtype::i64: return t.as<std::int64_t>()[i];
    case dtype::i32: return t.as<std::int32_t>()[i];
    case dtype::i16: return t.as<std::int16_t>()[i];
    case dtype::i8: return t.as<std::int8_t>()[i];
    case dtype::u32: return t.as<std::uint32_t>()[i];
    case dtype::u16: return t.as<std::uint16_t>()[i];
    case dtype::u8:
    case dtype::boolean: return t.as<std::uint8_t>()[i];
    case dtype::u64:
      if (t.as<std::uint64_t>()[i] > INT64_MAX) return {};
      return static_cast<std::int64_t>(t.as<std::uint64_t>()[i]);
    default: return {};
  }
}
// Element i of any tensor.
inline double number_at(tensor_view const& t, std::int64_t i) {
  switch (t.type) {
    case dtype::f32: return static_cast<double>(t.as<float>()[i]);
    case dtype::f64: return t.as<double>()[i];
    case dtype::f16: return static_cast<double>(from_f16(t.as<std::uint16_t>()[i]));
    case dtype::bf16: return static_cast<double>(from_bf16(t.as<std::uint16_t>()[i]));
    case dtype::u64: return static_cast<double>(t.as<std::uint64_t>()[i]);
    default: return static_cast<double>(integer_at(t, i).value_or(0));
  }
}

// The memory of values that the import computes, and how much it may still compute: files are not trusted. What would
// take more is left to the network itself. The measure is 64 MB, and 8 times what the file's own constants take.
class known_values {
 public:
  struct writable {
    tensor_view view{};
    std::byte* data{};
  };

  explicit known_values(std::int64_t constant_bytes) : bytes_left_((1 << 26) + 8 * constant_bytes) {}

  // Whether so many bytes more may be kept and so many elementary steps more may be done; counts them where they may.
  bool afford(std::int64_t bytes, std::int64_t steps) {
    if (bytes > bytes_left_ || steps > steps_left_) return false;
    bytes_left_ -= bytes, steps_left_ -= steps;
    return true;
  }
  // Zeros. Precondition: they were afforded.
  writable make(dtype type, extents const& dims) {
    buffer const& b = keep(buffer(static_cast<std::size_t>(dims.size() * size_of(type))));
    return {{b.data(), type, dims}, buffers_.back().data()};
  }
  buffer const& keep(buffer b) { return buffers_.emplace_back(static_cast<buffer&&>(b)); }

 private:
  std::deque<buffer> buffers_;
  std::int64_t bytes_left_, steps_left_{4 * bytes_left_};
};

}  // namespace hone::inline HONE_ABI::io::importing
