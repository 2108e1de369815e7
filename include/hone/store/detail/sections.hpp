#pragma once
#include <hone/core/buffer.hpp>
#include <hone/store/checksum.hpp>
#include <hone/store/detail/wire.hpp>

#include <algorithm>
#include <array>

// The container of an artifact: header, table of sections, sections. The description of the format is in format.hpp.
namespace hone::inline HONE_ABI::store::detail {

using bytes_view = std::span<std::byte const>;

inline constexpr std::uint32_t format_version = 1;
inline constexpr std::array<unsigned char, 8> magic{0x89, 'H', 'O', 'N', 'E', 0x0d, 0x0a, 0x1a};
inline constexpr std::size_t header_bytes = 64, entry_bytes = 32, alignment = 64;

enum class section_kind : std::uint32_t { description = 1, tensors, weights, packed };
inline constexpr std::array names{"none", "description", "tensors", "weights", "packed weights"};
inline constexpr std::uint32_t fixed_sections = 3;  // those before the packed weights

struct section {
  section_kind kind{};
  std::uint64_t key{};
  bytes_view bytes{};
};

struct header {
  std::array<unsigned char, 8> mark{magic};
  std::uint32_t version{format_version};
  std::uint32_t sections{};
  std::uint64_t bytes{};
  std::uint32_t table_checksum{};
  std::array<std::uint32_t, 8> reserved{};
  std::uint32_t checksum{};  // of all before it
};
static_assert(sizeof(header) == header_bytes && std::is_trivially_copyable_v<header>);

struct table_entry {
  std::uint32_t kind{}, checksum{};
  std::uint64_t key{}, offset{}, bytes{};
};
static_assert(sizeof(table_entry) == entry_bytes && std::is_trivially_copyable_v<table_entry>);

template <class T>
T load(bytes_view bytes, std::size_t at) {
  T v{};
  std::memcpy(&v, bytes.data() + at, sizeof v);
  return v;
}
template <class T>
bytes_view as_bytes(T const& v) {
  return {reinterpret_cast<std::byte const*>(&v), sizeof v};
}

// Where the first section begins, and the next one after a section of n bytes at `at`.
constexpr std::size_t aligned(std::size_t n) { return (n + alignment - 1) / alignment * alignment; }
constexpr std::size_t first_section(std::size_t count) { return aligned(header_bytes + entry_bytes * count); }
constexpr std::size_t after(std::size_t at, std::size_t n) { return aligned(at + n) + alignment; }

inline buffer join(std::vector<section> const& sections) {
  std::vector<table_entry> table;
  std::size_t at = first_section(sections.size());
  for (section const& s : sections) {
    table.push_back({static_cast<std::uint32_t>(s.kind), checksum(s.bytes), s.key, at, s.bytes.size()});
    at = after(at, s.bytes.size());
  }
  header h{};
  h.sections = static_cast<std::uint32_t>(sections.size());
  h.bytes = at;
  h.table_checksum = checksum(std::as_bytes(std::span(table)));
  h.checksum = checksum(as_bytes(h).first(header_bytes - sizeof h.checksum));

  buffer out(at);
  auto put = [&out](std::size_t to, bytes_view from) {
    if (!from.empty()) std::memcpy(out.data() + to, from.data(), from.size());
  };
  put(0, as_bytes(h));
  put(header_bytes, std::as_bytes(std::span(table)));
  for (std::size_t i = 0; i < table.size(); ++i) put(table[i].offset, sections[i].bytes);
  return out;
}

struct hex {
  std::array<char, 9> text{};
  explicit hex(std::uint32_t v) {
    for (std::size_t i = 8; i-- > 0; v >>= 4) text[i] = "0123456789abcdef"[v & 15U];
  }
};

// What begins with these bytes, which are no artifact.
inline message looks_like(bytes_view bytes) {
  struct kind {
    std::string_view begins;
    char const* is;
  };
  constexpr kind kinds[]{
      {"SQLite format 3", "a SQLite database: if it is a repository, use repository::open"},
      {"\x89PNG", "a PNG picture"},
      {"\x7f"
       "ELF",
       "a program or library"},
      {"PK\3\4", "a ZIP archive"},
      {"\x1f\x8b", "gzip data: decompress it first"},
      {"\x93NUMPY", "a NumPy array"},
      {"\x89HONE", "an artifact whose line ends were changed: transfer it as binary"}};
  std::string_view const text{reinterpret_cast<char const*>(bytes.data()), bytes.size()};
  for (kind const& k : kinds)
    if (text.substr(0, k.begins.size()) == k.begins) return message("it is ") << k.is;
  std::uint32_t first = 0;
  for (std::size_t i = 0; i < std::min<std::size_t>(4, bytes.size()); ++i)
    first = first << 8 | std::to_integer<std::uint32_t>(bytes[i]);
  return message("it begins with ") << hex(first).text.data() << ", not with the mark of an artifact";
}

inline header read_header(bytes_view bytes, refusal refuse) {
  if (bytes.empty()) refuse("it is empty");
  auto const known = std::min(bytes.size(), magic.size());
  if (std::memcmp(bytes.data(), magic.data(), known) != 0) refuse(looks_like(bytes), "name an artifact of Hone");
  if (bytes.size() < header_bytes)
    refuse(message() << "it has " << bytes.size() << " bytes, its header alone has " << header_bytes << ": it was cut");
  auto const h = load<header>(bytes, 0);
  if (h.version != format_version)
    refuse(message() << "it is of format version " << h.version << ", this library reads version " << format_version,
           "use the library that wrote it, or make the artifact again with this one");
  auto const sum = checksum(bytes.first(header_bytes - sizeof h.checksum));
  if (sum != h.checksum)
    refuse(message() << "its header is damaged: checksum " << hex(sum).text.data() << ", not "
                     << hex(h.checksum).text.data());
  if (h.bytes > bytes.size())
    refuse(message() << "it has " << bytes.size() << " of its " << h.bytes << " bytes: it was cut");
  if (h.bytes < bytes.size())
    refuse(message() << bytes.size() - h.bytes << " bytes follow its end at byte " << h.bytes);
  return h;
}

// Checks section `number` (from 1), whose entry is e, and that nothing but zeros lies between it and the next one.
inline section check_section(bytes_view bytes, std::uint32_t number, table_entry const& e, std::size_t at,
                             refusal refuse) {
  std::uint32_t const expected = std::min<std::uint32_t>(number, fixed_sections + 1);
  message const section_text = message("section ") << number << " (" << names[expected] << ")";
  auto const says = [&] { return message(section_text.c_str()); };
  if (e.kind != expected)
    refuse(says() << " is of kind " << e.kind << ", not " << expected
                  << ": a section is missing, twice or out of place");
  if (e.offset != at) refuse(says() << " begins at byte " << e.offset << ", it belongs at " << at);
  if (e.bytes > bytes.size() || after(at, e.bytes) > bytes.size())
    refuse(says() << " has " << e.bytes << " bytes from byte " << at << ", but the file ends at " << bytes.size());
  auto const content = bytes.subspan(at, e.bytes);
  auto const sum = checksum(content);
  if (sum != e.checksum)
    refuse(says() << " is damaged: checksum " << hex(sum).text.data() << ", not " << hex(e.checksum).text.data());
  for (std::byte b : bytes.subspan(at + e.bytes, after(at, e.bytes) - at - e.bytes))
    if (b != std::byte{}) refuse(says() << " is followed by a byte that is not zero: the file is damaged");
  return {static_cast<section_kind>(e.kind), e.key, content};
}

inline std::vector<section> split(bytes_view bytes, refusal refuse) {
  header const h = read_header(bytes, refuse);
  for (std::uint32_t r : h.reserved)
    if (r != 0) refuse("a reserved field of its header is not zero");
  if (h.sections < fixed_sections || first_section(h.sections) > bytes.size())
    refuse(message() << "it claims " << h.sections << " sections, which it cannot hold");
  auto const table = bytes.subspan(header_bytes, entry_bytes * h.sections);
  if (checksum(table) != h.table_checksum) refuse("its table of sections is damaged: the checksum differs");
  std::size_t at = first_section(h.sections);
  for (std::byte b : bytes.subspan(header_bytes + table.size(), at - header_bytes - table.size()))
    if (b != std::byte{}) refuse("its table of sections is followed by a byte that is not zero: the file is damaged");

  std::vector<section> sections;
  for (std::uint32_t i = 0; i < h.sections; ++i) {
    auto const e = load<table_entry>(table, entry_bytes * i);
    sections.push_back(check_section(bytes, i + 1, e, at, refuse));
    bool const rises = i == fixed_sections || (i > fixed_sections && e.key > sections[i - 1].key);
    if (i < fixed_sections ? e.key != 0 : !rises)
      refuse(message("section ") << i + 1 << " has a key out of order: packed weights are there twice, or misplaced");
    at = after(at, e.bytes);
  }
  if (at != bytes.size()) refuse(message() << bytes.size() - at << " bytes belong to no section");
  return sections;
}

}  // namespace hone::inline HONE_ABI::store::detail
