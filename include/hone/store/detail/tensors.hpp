#pragma once
#include <hone/core/artifact.hpp>
#include <hone/store/detail/description.hpp>
#include <hone/store/detail/sections.hpp>

// The tensors of an artifact: section 2 lists them, section 3 holds their values.
namespace hone::inline HONE_ABI::store::detail {

inline constexpr std::uint32_t most_tensors = 32767;  // what a graph can name

struct tensor_entry {
  char const* name{};  // zero-terminated, inside the stored bytes
  dtype type{};
  std::array<std::int32_t, 4> dims{};
  std::size_t bytes{};
};

// The first element that is not a finite number, or -1. Only f32 and bf16 can have one.
inline std::ptrdiff_t not_finite(dtype type, bytes_view values) {
  auto const scan = [values](auto word, auto exponent) {
    for (std::size_t i = 0; i < values.size() / sizeof word; ++i) {
      std::memcpy(&word, values.data() + i * sizeof word, sizeof word);
      if ((word & exponent) == exponent) return static_cast<std::ptrdiff_t>(i);
    }
    return std::ptrdiff_t{-1};
  };
  if (type == dtype::f32) return scan(std::uint32_t{}, std::uint32_t{0x7f800000});
  if (type == dtype::bf16) return scan(std::uint16_t{}, std::uint16_t{0x7f80});
  return -1;
}
inline message nan_message(char const* name, std::ptrdiff_t element) {
  return message("tensor ") << name << " holds no finite number in element " << static_cast<long long>(element);
}

inline void encode_tensors(encoder& out, tensor_set const& set) {
  out.put(static_cast<std::uint32_t>(set.size()));
  for (tensor const& t : set) {
    out.put(std::as_bytes(std::span(t.name)));
    out.put(static_cast<std::uint8_t>(t.type));
    for (std::int32_t d : t.dims) out.put(d);
  }
}

inline tensor_entry decode_tensor(decoder& in, refusal refuse) {
  tensor_entry t{};
  auto const field = in.raw(sizeof tensor::name);
  t.name = reinterpret_cast<char const*>(field.data());
  std::size_t const length =
      static_cast<std::size_t>(std::find(field.begin(), field.end(), std::byte{}) - field.begin());
  bool const padded = std::all_of(
      field.begin() + static_cast<std::ptrdiff_t>(length), field.end(), [](std::byte b) { return b == std::byte{}; });
  if (length == 0 || length == field.size() || !padded || !printable({t.name, length}))
    refuse("section 2 (tensors) has a name that is empty, too long, or holds a control character");
  std::uint8_t type{};
  in.take(type);
  t.type = to_dtype(type, refuse);
  t.bytes = static_cast<std::size_t>(size_of(t.type));
  for (std::int32_t& d : t.dims) {
    in.take(d);
    if (d < 1 || __builtin_mul_overflow(t.bytes, static_cast<std::size_t>(d), &t.bytes) || t.bytes > PTRDIFF_MAX)
      refuse(message("tensor ") << t.name << " has an impossible extent: " << d);
  }
  return t;
}

inline std::vector<tensor_entry> decode_tensors(bytes_view bytes, refusal refuse) {
  decoder in(bytes, "2 (tensors)", refuse);
  std::uint32_t count{};
  in.take(count);
  if (count > most_tensors)
    refuse(message() << "it claims " << count << " tensors, at most " << most_tensors << " are allowed");
  std::vector<tensor_entry> all;
  for (std::uint32_t i = 0; i < count; ++i) all.push_back(decode_tensor(in, refuse));
  in.finish();
  std::vector<std::string_view> sorted;
  sorted.reserve(all.size());
  for (tensor_entry const& t : all) sorted.emplace_back(t.name);
  std::sort(sorted.begin(), sorted.end());
  auto const twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice != sorted.end()) refuse(message("two tensors are named ") << twice->data());
  return all;
}

// The values of t, which begin at `at` of the weights; moves `at` to where those of the next tensor begin.
inline bytes_view take_values(bytes_view weights, std::size_t& at, tensor_entry const& t, refusal refuse) {
  if (t.bytes > weights.size() || aligned(t.bytes) > weights.size() - at)
    refuse(message("tensor ") << t.name << " has " << t.bytes << " bytes, section 3 (weights) has "
                              << weights.size() - at << " left for it");
  auto const values = weights.subspan(at, t.bytes);
  auto const element = not_finite(t.type, values);
  if (element >= 0) refuse(nan_message(t.name, element), "train it again, with a smaller learning rate");
  for (std::byte b : weights.subspan(at + t.bytes, aligned(t.bytes) - t.bytes))
    if (b != std::byte{}) refuse(message("tensor ") << t.name << " is followed by a byte that is not zero");
  at += aligned(t.bytes);
  return values;
}

}  // namespace hone::inline HONE_ABI::store::detail
