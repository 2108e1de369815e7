// Copies of u8 images in a frame of what lies outside.
#if !defined(HONE_PASS)
#if !defined(HONE_SIMD_INT8_FRAME_INL_HPP)
#define HONE_SIMD_INT8_FRAME_INL_HPP
#include <hone/nn/frame.hpp>
#include <hone/simd/int8_vector-inl.hpp>
#define HONE_SELF <hone/simd/int8_frame-inl.hpp>
#include <hone/simd/foreach.inc>
#endif
#else
HONE_BEGIN;
namespace hone::inline HONE_ABI::simd::HONE_PASS {

// Copies n bytes, and up to 63 more: what follows is to be written later.
template <int Lanes>
HWY_INLINE std::uint8_t* put_bytes(std::uint8_t* to, std::uint8_t const* from, int n) {
  constexpr int step = has_bytes<Lanes> ? 4 * Lanes : 8;
  for (int i = 0; i < n; i += step) std::memcpy(to + i, from + i, step);
  return to + n;
}
template <int Lanes>
HWY_INLINE std::uint8_t* put_fill(std::uint8_t* to, std::uint8_t const (&fill)[64], int n) {
  for (int i = 0; i < n; i += 64) put_bytes<Lanes>(to + i, fill, n - i < 64 ? n - i : 64);
  return to + n;
}
// The image `in` in its frame, in scratch: written from its beginning to its end, each piece over what the one before
// wrote too much.
template <int Lanes>
HWY_NOINLINE std::uint8_t const* framed(nn::frame_copy const& f, void const* in, void* scratch) {
  auto const* from = static_cast<std::uint8_t const*>(in);
  auto* const copy = static_cast<std::uint8_t*>(scratch);
  alignas(64) std::uint8_t fill[64];
  std::memset(fill, f.fill, 64);
  std::uint8_t* to = put_fill<Lanes>(copy, fill, f.at);
  int const between = f.row - f.image_row;
  for (int y = 0; y < f.rows; ++y, from += f.image_row) {
    to = put_bytes<Lanes>(to, from, f.image_row);
    to = put_fill<Lanes>(to, fill, y + 1 < f.rows ? between : static_cast<int>(copy + f.size - to));
  }
  return copy;
}

// The same as words, a byte each; without a frame all of the image. Takes twice the scratch.
template <int Lanes>
HWY_NOINLINE std::uint8_t const* framed_words(nn::frame_copy const& f, void const* in, void* scratch) {
  constexpr hn::CappedTag<std::uint16_t, 2 * Lanes> words{};
  constexpr hn::Rebind<std::uint8_t, decltype(words)> bytes{};
  auto const* from = static_cast<std::uint8_t const*>(in);
  auto* const copy = static_cast<std::uint16_t*>(scratch);
  auto const fill = hn::Set(words, static_cast<std::uint16_t>(f.fill));
  std::uint16_t* to = copy;
  auto const put_fills = [&](int n) __attribute__((always_inline)) {
    for (int i = 0; i < n; i += 2 * Lanes) hn::StoreU(fill, words, to + i);
    to += n;
  };
  put_fills(f.at);
  for (int y = 0; y < f.rows; ++y, from += f.image_row) {
    for (int i = 0; i < f.image_row; i += 2 * Lanes)
      hn::StoreU(hn::PromoteTo(words, hn::LoadU(bytes, from + i)), words, to + i);
    to += f.image_row;
    put_fills(y + 1 < f.rows ? f.row - f.image_row : static_cast<int>(copy + f.size - to));
  }
  return static_cast<std::uint8_t const*>(scratch);
}

}  // namespace hone::inline HONE_ABI::simd::HONE_PASS
HONE_END;
#endif
