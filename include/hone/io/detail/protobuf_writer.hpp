#pragma once
#include <hone/io/detail/place.hpp>

#include <cstring>
#include <string>
#include <vector>

namespace hone::inline HONE_ABI::io::detail {

// Appends fields in protobuf's wire format. Cost: what is within n messages is moved up to n times.
class wire_writer {
 public:
  void integer(std::uint32_t number, std::int64_t v) {
    key(number, 0);
    varint(static_cast<std::uint64_t>(v));
  }
  void real(std::uint32_t number, float v) {
    key(number, 5);
    append(std::as_bytes(std::span(&v, 1)));
  }
  void bytes(std::uint32_t number, bytes_view b) {
    key(number, 2);
    varint(b.size());
    append(b);
  }
  void text(std::uint32_t number, std::string_view s) { bytes(number, std::as_bytes(std::span(s))); }
  // A text that is left out where it is empty.
  void text_if(std::uint32_t number, std::string_view s) {
    if (!s.empty()) text(number, s);
  }
  // A message: body() writes its fields.
  template <class F>
  void message(std::uint32_t number, F const& body) {
    key(number, 2);
    std::size_t const start = out_.size();
    body();
    std::byte digits[10];
    std::size_t const n = encode(out_.size() - start, digits);
    out_.insert(out_.begin() + static_cast<std::ptrdiff_t>(start), digits, digits + n);
  }
  std::vector<std::byte> take() { return std::move(out_); }

 private:
  static std::size_t encode(std::uint64_t v, std::byte (&digits)[10]) {
    std::size_t n = 0;
    for (; v >= 0x80; v >>= 7) digits[n++] = static_cast<std::byte>((v & 0x7f) | 0x80);
    digits[n++] = static_cast<std::byte>(v);
    return n;
  }
  void varint(std::uint64_t v) {
    std::byte digits[10];
    append({digits, encode(v, digits)});
  }
  void key(std::uint32_t number, std::uint32_t type) { varint(std::uint64_t{number} << 3 | type); }
  void append(bytes_view b) { out_.insert(out_.end(), b.begin(), b.end()); }

  std::vector<std::byte> out_;
};

}  // namespace hone::inline HONE_ABI::io::detail
