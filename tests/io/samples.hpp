#pragma once
#include <hone/io/array.hpp>

#include <string>

// What scripts/io_reference.py puts into the arrays that it has numpy and others write.
namespace samples {

// Element k of its arrays.
inline double element(hone::dtype type, std::size_t k) {
  double const n = 3.0 * static_cast<double>(k);
  switch (type) {
    case hone::dtype::boolean: return k % 3 == 0 ? 1 : 0;
    case hone::dtype::u8:
    case hone::dtype::u16:
    case hone::dtype::u32:
    case hone::dtype::u64: return n;
    default: return hone::io::is_float(type) ? (n - 4) / 2 : n - 4;
  }
}

// Element k of a, whatever its type.
inline double value(hone::io::array const& a, std::size_t k) {
  auto const of = [&]<class T>(T) { return static_cast<double>(a.values<T>()[k]); };
  switch (a.type) {
    case hone::dtype::f32: return of(float{});
    case hone::dtype::f64: return of(double{});
    case hone::dtype::f16: return hone::from_f16(a.values<std::uint16_t>()[k]);
    case hone::dtype::bf16: return hone::from_bf16(a.values<std::uint16_t>()[k]);
    case hone::dtype::i8: return of(std::int8_t{});
    case hone::dtype::i16: return of(std::int16_t{});
    case hone::dtype::i32: return of(std::int32_t{});
    case hone::dtype::i64: return of(std::int64_t{});
    case hone::dtype::u8:
    case hone::dtype::boolean: return of(std::uint8_t{});
    case hone::dtype::u16: return of(std::uint16_t{});
    case hone::dtype::u32: return of(std::uint32_t{});
    case hone::dtype::u64: return of(std::uint64_t{});
  }
  return -1;
}

// The first element of a that is not what the script wrote, or a's size.
inline std::size_t first_wrong(hone::io::array const& a) {
  for (std::size_t k = 0; k < a.elements(); ++k)
    if (value(a, k) != element(a.type, k)) return k;
  return a.elements();
}

inline bool same(hone::io::array const& a, hone::io::array const& b) {
  return a.type == b.type && a.dims == b.dims && a.data.size() == b.data.size() &&
         std::memcmp(a.data.data(), b.data.data(), a.data.size()) == 0;
}

}  // namespace samples
