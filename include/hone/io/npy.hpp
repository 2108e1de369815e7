#pragma once
#include <hone/io/array.hpp>
#include <hone/io/detail/npy_header.hpp>
#include <hone/io/file.hpp>

// The .npy files of numpy (numpy.lib.format): one array, with its type and extents. Read are the format's versions 1, 2
// and 3 in either byte order, rows or columns first, of types f2 f4 f8 i1..i8 u1..u8 b1; written is what numpy.save
// writes.
namespace hone::inline HONE_ABI::io {
namespace detail {

inline constexpr std::string_view npy_magic = "\x93NUMPY";
inline constexpr std::size_t longest_npy_header = 1 << 16;

// Calls f with a value of the unsigned type of that many bytes.
template <class F>
void with_unsigned(int bytes, F f) {
  switch (bytes) {
    case 1: return f(std::uint8_t{});
    case 2: return f(std::uint16_t{});
    case 4: return f(std::uint32_t{});
    default: return f(std::uint64_t{});
  }
}

// The same elements from column major order (the first index runs fastest) to row major.
inline array rows_first(array const& a) {
  if (a.dims.size() < 2 || a.elements() == 0) return a;
  array out(a.type, a.dims);
  std::size_t const rank = a.dims.size();
  std::vector<std::size_t> step(rank, 1), index(rank, 0);
  for (std::size_t i = 1; i < rank; ++i) step[i] = step[i - 1] * static_cast<std::size_t>(a.dims[i - 1]);
  with_unsigned(size_of(a.type), [&]<class T>(T) {
    std::size_t at = 0;
    for (T& to : out.values<T>()) {
      to = a.values<T>()[at];
      for (std::size_t i = rank; i-- > 0;) {
        at += step[i];
        if (++index[i] < static_cast<std::size_t>(a.dims[i])) break;
        at -= step[i] * index[i];
        index[i] = 0;
      }
    }
  });
  return out;
}

}  // namespace detail

// The array in the bytes of an npy file; `where` names it in errors. Raises where it is none, is cut short or goes on
// after its array, or holds what is not supported. Memory: twice the file, for columns first three times.
inline array read_npy(std::span<std::byte const> file, char const* where = "npy") {
  auto const fail = [&](message const& why) {
    raise("cannot read the npy file", why, where, "write it with numpy.save");
  };
  auto const byte_at = [&](std::size_t i) { return static_cast<std::size_t>(file[i]); };
  std::string_view const text(reinterpret_cast<char const*>(file.data()), file.size());
  if (file.size() < 10 || !text.starts_with(detail::npy_magic)) fail("it does not begin as one");
  std::size_t const version = byte_at(6), begin = version == 1 ? 10 : 12;
  if (version < 1 || version > 3 || byte_at(7) != 0)
    fail(message() << "it is of version " << version << "." << byte_at(7) << ", known are 1.0, 2.0 and 3.0");
  if (file.size() < begin) fail("it is cut short in its header");
  std::size_t length = byte_at(8) | byte_at(9) << 8;
  if (begin == 12) length |= byte_at(10) << 16 | byte_at(11) << 24;
  if (length > detail::longest_npy_header) fail(message() << "its header is of " << length << " bytes");
  if (file.size() - begin < length) fail("it is cut short in its header");
  detail::npy_header h = detail::npy_header_reader(text.substr(begin, length), where).read();

  auto const bytes = bytes_of(h.type, h.dims);
  std::size_t const rest = file.size() - begin - length;
  if (!bytes || *bytes != rest)
    fail(message() << text_of(h.dims).c_str() << " of " << name(h.type) << " do not make the " << rest
                   << " bytes after its header");
  array a(h.type, static_cast<std::vector<std::int64_t>&&>(h.dims));
  if (rest != 0) std::memcpy(a.data.data(), file.data() + begin + length, rest);
  if (h.big_endian != (std::endian::native == std::endian::big)) detail::swap_bytes(a);
  detail::settle_booleans(a);
  return h.fortran ? detail::rows_first(a) : a;
}
// The array in the file at `path`. Raises as read_npy does, and where it cannot be read.
inline array load_npy(std::string const& path) {
  buffer const file = read_file(path, "cannot read the npy file");
  return read_npy({file.data(), file.size()}, path.c_str());
}

// The bytes of an npy file with this array, as numpy.save writes them. Raises for bf16, which numpy does not know.
inline buffer write_npy(array const& a) {
  char const* code = nullptr;
  for (auto const& t : detail::npy_types)
    if (t.type == a.type) code = t.code;
  if (code == nullptr)
    raise("cannot write an npy file", message() << "numpy has no " << name(a.type), "io::write_npy",
          "convert it with io::to_f32");
  std::string shape;
  for (std::int64_t d : a.dims) shape += std::to_string(d) + (a.dims.size() == 1 ? "," : ", ");
  if (a.dims.size() > 1) shape.resize(shape.size() - 2);
  bool const little = std::endian::native == std::endian::little;
  std::string header = "{'descr': '";
  header += size_of(a.type) == 1 ? "|" : little ? "<" : ">";
  header += std::string(code) + "', 'fortran_order': False, 'shape': (" + shape + "), }";
  // numpy leaves room for the first extent to grow to 21 digits, and aligns the numbers to 64 bytes.
  if (!a.dims.empty()) header.append(21 - std::to_string(a.dims[0]).size(), ' ');
  header.append(64 - (header.size() + 11) % 64, ' ');
  header += '\n';
  std::string const start{'\1', '\0', static_cast<char>(header.size() & 255), static_cast<char>(header.size() >> 8)};
  header = std::string(detail::npy_magic) + start + header;
  buffer file(header.size() + a.data.size());
  std::memcpy(file.data(), header.data(), header.size());
  if (a.data.size() != 0) std::memcpy(file.data() + header.size(), a.data.data(), a.data.size());
  return file;
}
// Writes the array to the file at `path`. Raises as write_npy does, and where it cannot be written.
inline void save_npy(std::string const& path, array const& a) {
  buffer const file = write_npy(a);
  write_file(path, {file.data(), file.size()}, "cannot write the npy file");
}

}  // namespace hone::inline HONE_ABI::io
