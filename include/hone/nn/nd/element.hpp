#pragma once
#include <hone/core/dtype.hpp>

#include <cstring>
#include <limits>
#include <type_traits>

// The elements of tensors as C++ types, and the types in which operations compute.
namespace hone::inline HONE_ABI::nd {

// Stored elements that are no C++ number.
struct half {
  std::uint16_t bits;
};
struct brain {  // bf16
  std::uint16_t bits;
};
struct truth {  // boolean
  std::uint8_t byte;
};

constexpr bool is_half(dtype t) { return t == dtype::f16 || t == dtype::bf16; }
constexpr bool is_float(dtype t) { return t == dtype::f32 || t == dtype::f64 || is_half(t); }
constexpr bool is_unsigned(dtype t) { return t == dtype::u8 || t == dtype::u16 || t == dtype::u32 || t == dtype::u64; }
constexpr bool is_integer(dtype t) { return !is_float(t) && t != dtype::boolean; }
constexpr bool is_number(dtype t) { return t != dtype::boolean; }

// f(T{}) with the stored type of t.
template <class F>
constexpr decltype(auto) with_stored(dtype t, F&& f) {
  switch (t) {
    case dtype::f32: return f(float{});
    case dtype::f64: return f(double{});
    case dtype::f16: return f(half{});
    case dtype::bf16: return f(brain{});
    case dtype::i8: return f(std::int8_t{});
    case dtype::u8: return f(std::uint8_t{});
    case dtype::i16: return f(std::int16_t{});
    case dtype::u16: return f(std::uint16_t{});
    case dtype::i32: return f(std::int32_t{});
    case dtype::u32: return f(std::uint32_t{});
    case dtype::i64: return f(std::int64_t{});
    case dtype::u64: return f(std::uint64_t{});
    case dtype::boolean: return f(truth{});
  }
  return f(float{});
}
// f(C{}) with the type in which elements of t are computed: f16 and bf16 as float, boolean as u8.
template <class F>
constexpr decltype(auto) with_computed(dtype t, F&& f) {
  switch (t) {
    case dtype::f16:
    case dtype::bf16:
    case dtype::f32: return f(float{});
    case dtype::f64: return f(double{});
    case dtype::i8: return f(std::int8_t{});
    case dtype::i16: return f(std::int16_t{});
    case dtype::u16: return f(std::uint16_t{});
    case dtype::i32: return f(std::int32_t{});
    case dtype::u32: return f(std::uint32_t{});
    case dtype::i64: return f(std::int64_t{});
    case dtype::u64: return f(std::uint64_t{});
    default: return f(std::uint8_t{});
  }
}
// f(U{}) with the unsigned integer of `bytes` (1, 2, 4, 8): for what only moves.
template <class F>
constexpr decltype(auto) with_bits(int bytes, F&& f) {
  switch (bytes) {
    case 1: return f(std::uint8_t{});
    case 2: return f(std::uint16_t{});
    case 4: return f(std::uint32_t{});
    default: return f(std::uint64_t{});
  }
}
// f(T{}) with float or double: what floating-point elements of t are computed in.
template <class F>
constexpr decltype(auto) with_float(dtype t, F&& f) {
  return t == dtype::f64 ? f(double{}) : f(float{});
}

template <class S>
constexpr auto value_of(S s) {
  if constexpr (std::is_same_v<S, half>)
    return from_f16(s.bits);
  else if constexpr (std::is_same_v<S, brain>)
    return from_bf16(s.bits);
  else if constexpr (std::is_same_v<S, truth>)
    return s.byte;
  else
    return s;
}
template <class S>
using computed = decltype(value_of(S{}));

// The stored form of a value of its own computed type.
template <class S>
constexpr S stored(computed<S> v) {
  if constexpr (std::is_same_v<S, half>)
    return {to_f16(v)};
  else if constexpr (std::is_same_v<S, brain>)
    return {to_bf16(v)};
  else if constexpr (std::is_same_v<S, truth>)
    return {v};
  else
    return v;
}

// By bits: flags that promise finite numbers do not fold it. False for integers.
template <class T>
constexpr bool not_a_number(T v) {
  if constexpr (std::is_same_v<T, float>)
    return (std::bit_cast<std::uint32_t>(v) & 0x7fffffffu) > 0x7f800000u;
  else if constexpr (std::is_same_v<T, double>)
    return (std::bit_cast<std::uint64_t>(v) & 0x7fffffffffffffffu) > 0x7ff0000000000000u;
  else
    return false;
}
template <class T>
constexpr bool infinite(T v) {
  if constexpr (std::is_same_v<T, float>)
    return (std::bit_cast<std::uint32_t>(v) & 0x7fffffffu) == 0x7f800000u;
  else
    return (std::bit_cast<std::uint64_t>(v) & 0x7fffffffffffffffu) == 0x7ff0000000000000u;
}

}  // namespace hone::inline HONE_ABI::nd
