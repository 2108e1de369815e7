#pragma once
#include <hone/core/buffer.hpp>
#include <hone/core/dtype.hpp>
#include <hone/core/extents.hpp>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hone::inline HONE_ABI::io {

// Elements of these extents, and bytes of that many numbers; nothing where one is negative or 64 bits do not hold it.
inline std::optional<std::uint64_t> elements_of(std::span<std::int64_t const> dims) {
  std::uint64_t n = 1;
  bool empty = false, fits = true;
  for (std::int64_t d : dims) {
    if (d < 0) return {};
    if (d == 0)
      empty = true;
    else
      fits = fits && !__builtin_mul_overflow(n, static_cast<std::uint64_t>(d), &n);
  }
  if (empty) return 0;
  return fits ? std::optional(n) : std::nullopt;
}
inline std::optional<std::uint64_t> bytes_of(dtype type, std::span<std::int64_t const> dims) {
  auto n = elements_of(dims);
  if (!n || __builtin_mul_overflow(*n, static_cast<std::uint64_t>(size_of(type)), &*n)) return {};
  return n;
}

// A tensor as files hold it: row major, in the machine's byte order, of rank 0 (a scalar) to max_rank. An extent
// may be 0.
struct array {
  dtype type{dtype::f32};
  std::vector<std::int64_t> dims{};
  buffer data{};

  array() = default;
  // Zeros. Raises where there is no memory for so many.
  array(dtype t, std::vector<std::int64_t> d) : type(t), dims(std::move(d)) {
    auto const bytes = bytes_of(type, dims);
    if (!bytes) raise("cannot make an array", "its extents are negative or too large", "io::array", "use smaller ones");
    data = buffer(static_cast<std::size_t>(*bytes));
  }
  std::size_t elements() const { return data.size() / static_cast<std::size_t>(size_of(type)); }
  // Precondition: T is how `type` is stored; f16 and bf16 are std::uint16_t, a boolean is std::uint8_t.
  template <class T>
  std::span<T> values() {
    return {data.as<T>(), data.size() / sizeof(T)};
  }
  template <class T>
  std::span<T const> values() const {
    return {data.as<T>(), data.size() / sizeof(T)};
  }
};

// "2x3", "3", or "a scalar".
inline std::string text_of(std::span<std::int64_t const> dims) {
  std::string s;
  for (std::int64_t d : dims) s += (s.empty() ? "" : "x") + std::to_string(d);
  return s.empty() ? "a scalar" : s;
}

// Whether to_f32 converts these numbers: floats of any width.
constexpr bool is_float(dtype t) { return t == dtype::f32 || t == dtype::f64 || t == dtype::f16 || t == dtype::bf16; }
// The same numbers in f32, each the nearest one. Raises where they are no floats.
inline array to_f32(array a) {
  if (a.type == dtype::f32) return a;
  if (!is_float(a.type))
    raise("cannot convert an array to f32", message() << "it holds " << name(a.type), "io::to_f32", "store floats");
  array out(dtype::f32, std::move(a.dims));
  std::span<float> const to = out.values<float>();
  for (std::size_t i = 0; i < to.size(); ++i)
    to[i] = a.type == dtype::f64   ? nearest_f32(a.values<double>()[i])
            : a.type == dtype::f16 ? from_f16(a.values<std::uint16_t>()[i])
                                   : from_bf16(a.values<std::uint16_t>()[i]);
  return out;
}

// An array with the name that it has in its file.
struct named_array {
  std::string name{};
  array value{};
};

namespace detail {
// Bytes other than 0 become 1: what a boolean is here.
inline void settle_booleans(array& a) {
  if (a.type != dtype::boolean) return;
  for (std::uint8_t& b : a.values<std::uint8_t>()) b = b != 0;
}
// Every number's bytes in the opposite order.
inline void swap_bytes(array& a) {
  auto const size = static_cast<std::size_t>(size_of(a.type));
  for (std::size_t i = 0; i < a.data.size(); i += size) std::reverse(a.data.data() + i, a.data.data() + i + size);
}
// A name out of a file as messages show it: quoted, without control characters, not too long.
inline std::string shown(std::string_view name) {
  std::string s = "'";
  for (char c : name.substr(0, 60)) s += static_cast<unsigned char>(c) < 32 || c == 127 ? '?' : c;
  return s + (name.size() > 60 ? "...'" : "'");
}
}  // namespace detail

}  // namespace hone::inline HONE_ABI::io
