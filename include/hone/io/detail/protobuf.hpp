#pragma once
#include <hone/io/detail/place.hpp>

#include <array>
#include <cstring>
#include <string>
#include <vector>

// A reader of protobuf's wire format, for files that nobody vouches for: nothing is believed before it is checked, and
// nothing is allocated that the bytes present do not fill. It is strict where a writer has no choice: a field of a
// known number has its type, a single one stands once; groups, which protobuf gave up, are refused. Unknown fields are
// skipped.
namespace hone::inline HONE_ABI::io::detail {

enum class wire : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

struct wire_field {
  std::uint32_t number{};
  wire type{};
  std::uint64_t value{};  // of varint
  bytes_view bytes{};     // of all others: the contents
};

// Takes a varint, or a field, from the front of `in`. Result: nullptr, or what is wrong with it.
inline char const* take_long_varint(bytes_view& in, std::uint64_t& v) {
  v = 0;
  for (std::size_t i = 0; i < in.size(); ++i) {
    auto const b = static_cast<std::uint64_t>(in[i]);
    if (i == 9 && b > 1) return "a number of more than 64 bits";
    v |= (b & 0x7f) << (7 * i);
    if (b < 0x80) {
      in = in.subspan(i + 1);
      return nullptr;
    }
  }
  return "it ends within a number";
}
inline char const* take_varint(bytes_view& in, std::uint64_t& v) {
  if (in.empty() || in[0] >= std::byte{0x80}) return take_long_varint(in, v);
  v = static_cast<std::uint64_t>(in[0]);  // most are of one byte
  in = in.subspan(1);
  return nullptr;
}

inline char const* take_field(bytes_view& in, wire_field& f) {
  std::uint64_t key{}, size{};
  if (char const* wrong = take_varint(in, key)) return wrong;
  if (key >> 32 != 0 || key >> 3 == 0) return "a field with an impossible number";
  f = {static_cast<std::uint32_t>(key >> 3), static_cast<wire>(key & 7), 0, {}};
  switch (f.type) {
    case wire::varint: return take_varint(in, f.value);
    case wire::fixed64: size = 8; break;
    case wire::fixed32: size = 4; break;
    case wire::bytes:
      if (char const* wrong = take_varint(in, size)) return wrong;
      break;
    default: return (key & 7) < 5 ? "a group, which ONNX does not use" : "a field of an unknown wire type";
  }
  if (size > in.size()) return "a field that is longer than what is left of it";
  f.bytes = in.first(static_cast<std::size_t>(size));
  in = in.subspan(f.bytes.size());
  return nullptr;
}

inline std::string_view as_text(bytes_view b) { return {reinterpret_cast<char const*>(b.data()), b.size()}; }

// The contents of the first field of that number, for place::find_name.
template <std::uint32_t Number>
std::string_view text_of_field(bytes_view message) {
  for (wire_field f; !message.empty() && take_field(message, f) == nullptr;)
    if (f.number == Number && f.type == wire::bytes) return as_text(f.bytes);
  return {};
}

// How many numbers are in these bytes, if they are numbers.
inline std::size_t count_varints(bytes_view b) {
  std::size_t n = 0;
  for (std::byte x : b) n += x < std::byte{0x80};
  return n;
}

// The fields of one message, in the order of the file:
//   wire_reader in(at);
//   for (wire_field f; in.next(f);) switch (f.number) { case 1: in.one(f, "name", name); break; ... }
// Errors of the members below: a field of another type than the function takes; a field given twice to one().
class wire_reader {
 public:
  // Goes over the whole message once. Errors: it is cut, or no message. Precondition: `at` outlives this.
  explicit wire_reader(place const& at) : at_(at), rest_(at.bytes) {
    for (bytes_view rest = rest_; !rest.empty();) {
      wire_field f;
      std::size_t const offset = rest_.size() - rest.size();
      if (char const* wrong = take_field(rest, f))
        at_.refuse(message("damaged: there is ") << wrong << ", at byte " << offset << " of " << rest_.size(),
                   "is this an ONNX file, and whole? fetch or export it again");
      if (f.number < counts_.size()) ++counts_[f.number];
    }
  }
  place const& at() const { return at_; }
  // How many fields of that number there are. Precondition: number < 32.
  std::size_t count(std::uint32_t number) const { return counts_[number]; }

  bool next(wire_field& f) {
    if (rest_.empty()) return false;
    take_field(rest_, f);
    return true;
  }

  void one(wire_field const& f, char const* label, std::int64_t& to) const {
    single(f, label);
    expect(f, wire::varint, label);
    to = static_cast<std::int64_t>(f.value);
  }
  void one(wire_field const& f, char const* label, float& to) const {
    single(f, label);
    expect(f, wire::fixed32, label);
    std::memcpy(&to, f.bytes.data(), sizeof to);
  }
  void one(wire_field const& f, char const* label, std::string& to) const {
    single(f, label);
    to = text(f, label);
  }
  void more(wire_field const& f, char const* label, std::vector<std::string>& to) const {
    if (to.empty()) to.reserve(counts_[f.number]);
    to.emplace_back(text(f, label));
  }
  void more(wire_field const& f, char const* label, std::vector<std::int64_t>& to) const {
    if (to.empty()) to.reserve(f.type == wire::bytes ? count_varints(f.bytes) : counts_[f.number]);
    each_varint(f, label, [&to](std::uint64_t v) { to.push_back(static_cast<std::int64_t>(v)); });
  }
  void more(wire_field const& f, char const* label, std::vector<float>& to) const {
    bytes_view const values = fixed(f, wire::fixed32, label);
    std::size_t const before = to.size(), added = values.size() / 4;
    if (to.empty()) to.reserve(f.type == wire::bytes ? added : counts_[f.number]);
    to.resize(before + added);
    if (added != 0) std::memcpy(to.data() + before, values.data(), values.size());
  }
  // The place of a message within this one: a single one, or the next of several.
  place one(wire_field const& f, char const* label, place::name_finder name = nullptr) const {
    single(f, label);
    expect(f, wire::bytes, label);
    return {&at_, label, no_index, f.bytes, {}, name};
  }
  place item(wire_field const& f, char const* label, std::size_t index, place::name_finder name = nullptr) const {
    expect(f, wire::bytes, label);
    return {&at_, label, index, f.bytes, {}, name};
  }
  // Repeated numbers, packed or not: calls use(value) for each.
  template <class F>
  void each_varint(wire_field const& f, char const* label, F const& use) const {
    if (f.type == wire::varint) return use(f.value);
    expect(f, wire::bytes, label);
    for (bytes_view rest = f.bytes; !rest.empty();) {
      std::uint64_t v{};
      if (char const* wrong = take_varint(rest, v)) refuse(label, message("damaged: there is ") << wrong);
      use(v);
    }
  }
  // Repeated numbers of fixed size, packed or not: their bytes.
  bytes_view fixed(wire_field const& f, wire of, char const* label) const {
    if (f.type == of) return f.bytes;
    expect(f, wire::bytes, label);
    std::size_t const size = of == wire::fixed32 ? 4 : 8;
    if (f.bytes.size() % size != 0)
      refuse(label, message() << f.bytes.size() << " bytes are no whole number of values of " << size << " bytes");
    return f.bytes;
  }
  bytes_view blob(wire_field const& f, char const* label) const {
    single(f, label);
    expect(f, wire::bytes, label);
    return f.bytes;
  }

 private:
  [[noreturn]] void refuse(char const* label, message const& why) const {
    place{&at_, label}.refuse(why, "fetch or export the file again");
  }
  std::string_view text(wire_field const& f, char const* label) const {
    expect(f, wire::bytes, label);
    return as_text(f.bytes);
  }
  void single(wire_field const& f, char const* label) const {
    if (counts_[f.number] > 1) refuse(label, message("it stands ") << counts_[f.number] << " times, once is right");
  }
  void expect(wire_field const& f, wire type, char const* label) const {
    if (f.type != type)
      refuse(label, message("damaged: field ") << f.number << " has the wire type " << static_cast<int>(f.type) << ", "
                                               << static_cast<int>(type) << " is right");
  }

  place const& at_;
  bytes_view rest_;
  std::array<std::size_t, 32> counts_{};  // by the fields' numbers
};

}  // namespace hone::inline HONE_ABI::io::detail
