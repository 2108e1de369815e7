#pragma once
#include <hone/core/error.hpp>

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace hone::inline HONE_ABI::store::detail {

static_assert(std::endian::native == std::endian::little,
              "artifacts are little endian, and so are all of Hone's targets");

inline constexpr std::size_t longest_text = 255;

// Texts of artifacts end up on terminals, in reports and in SQL: control characters have no business there.
constexpr bool printable(std::span<char const> text) {
  for (char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
  return true;
}

// "cannot read the artifact", with the reason.
struct refusal {
  char const* where;
  [[noreturn]] void operator()(message const& why, message const& fix) const {
    raise("cannot read the artifact", why, where, fix);
  }
  [[noreturn]] void operator()(message const& why) const { (*this)(why, "fetch the artifact again, or make it again"); }
};

// Appends numbers and texts, little endian and unaligned.
class encoder {
 public:
  void put(std::span<std::byte const> raw) {
    std::size_t const at = out_.size();
    out_.resize(at + raw.size());
    if (!raw.empty()) std::memcpy(out_.data() + at, raw.data(), raw.size());
  }
  template <class T>
  requires std::is_arithmetic_v<T>
  void put(T v) { put(std::as_bytes(std::span(&v, 1))); }
  void put(std::string const& s) {
    put(static_cast<std::uint32_t>(s.size()));
    put(std::as_bytes(std::span(s)));
  }
  std::vector<std::byte> const& bytes() const { return out_; }

 private:
  std::vector<std::byte> out_;
};

// Takes them back from untrusted bytes: every size is checked before it is used.
class decoder {
 public:
  decoder(std::span<std::byte const> in, char const* section, refusal refuse)
      : in_(in), section_(section), refuse_(refuse) {}

  std::span<std::byte const> raw(std::size_t n) {
    if (n > in_.size())
      refuse_(message() << "section " << section_ << " ends within a field: " << n << " bytes are wanted, "
                        << in_.size() << " are left");
    auto const piece = in_.first(n);
    in_ = in_.subspan(n);
    return piece;
  }
  template <class T>
  requires std::is_arithmetic_v<T>
  void take(T& v) { std::memcpy(&v, raw(sizeof v).data(), sizeof v); }
  void take(std::string& s) {
    std::uint32_t n{};
    take(n);
    if (n > longest_text)
      refuse_(message() << "section " << section_ << " has a text of " << n << " bytes, at most " << longest_text
                        << " are allowed");
    auto const piece = raw(n);
    s.assign(reinterpret_cast<char const*>(piece.data()), piece.size());
  }
  void finish() const {
    if (!in_.empty()) refuse_(message() << "section " << section_ << " has " << in_.size() << " bytes too many");
  }

 private:
  std::span<std::byte const> in_;
  char const* section_;
  refusal refuse_;
};

}  // namespace hone::inline HONE_ABI::store::detail
