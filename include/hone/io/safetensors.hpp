#pragma once
#include <hone/io/detail/safetensors_header.hpp>
#include <hone/io/file.hpp>

// The .safetensors files of Hugging Face: arrays by name. The format: eight bytes with the length of a header, the
// header in JSON (detail/safetensors_header.hpp), and the numbers, little endian (github.com/huggingface/safetensors).
namespace hone::inline HONE_ABI::io {

// Arrays by name, and what their file says of itself.
struct tensor_file {
  std::vector<named_array> tensors{};
  metadata notes{};
};

namespace detail {

// The format allows 100 MB; 16 MiB describe more than 100,000 tensors.
inline constexpr std::size_t longest_safetensors_header = std::size_t{16} << 20;
inline constexpr bool little_endian = std::endian::native == std::endian::little;

// Why these tensors do not fill `size` bytes one after the other under different names; empty where they do.
inline message misfit(std::vector<stored_tensor> const& tensors, std::uint64_t size) {
  std::vector<stored_tensor const*> order;
  for (stored_tensor const& t : tensors) {
    auto const bytes = bytes_of(t.type, t.dims);
    if (t.begin > t.end || t.end > size || !bytes || *bytes != t.end - t.begin)
      return message() << "tensor " << shown(t.name).c_str() << ", " << text_of(t.dims).c_str() << " of "
                       << name(t.type) << ", does not fit its bytes " << t.begin << " to " << t.end << " of " << size;
    order.push_back(&t);
  }
  std::sort(order.begin(), order.end(), [](auto const* a, auto const* b) { return a->name < b->name; });
  for (std::size_t i = 1; i < order.size(); ++i)
    if (order[i]->name == order[i - 1]->name)
      return message() << "two tensors are named " << shown(order[i]->name).c_str();
  std::sort(order.begin(), order.end(),
            [](auto const* a, auto const* b) { return a->begin != b->begin ? a->begin < b->begin : a->end < b->end; });
  std::uint64_t at = 0;
  for (stored_tensor const* t : order) {
    if (t->begin != at)
      return message() << "tensor " << shown(t->name).c_str()
                       << (t->begin < at ? " overlaps the one" : " leaves a gap to what is") << " before it, at byte "
                       << t->begin;
    at = t->end;
  }
  if (at != size) return message() << size - at << " bytes at its end belong to no tensor";
  return {};
}

// The text as JSON.
inline std::string as_json(std::string_view text) {
  constexpr char const* digits = "0123456789abcdef";
  std::string s = "\"";
  for (char c : text) {
    if (static_cast<unsigned char>(c) < 32)
      s += std::string("\\u00") + digits[c >> 4] + digits[c & 15];
    else
      s += (c == '"' || c == '\\' ? "\\" : "") + std::string(1, c);
  }
  return s + '"';
}
inline std::string described(stored_tensor const& t) {
  std::string s = as_json(t.name) + ":{\"dtype\":\"";
  for (auto const& known : safetensors_types)
    if (known.type == t.type) s += known.code;
  s += "\",\"shape\":[";
  for (std::int64_t d : t.dims) s += std::to_string(d) + ',';
  if (!t.dims.empty()) s.pop_back();
  return s + "],\"data_offsets\":[" + std::to_string(t.begin) + ',' + std::to_string(t.end) + "]}";
}

}  // namespace detail

// The tensors in the bytes of a safetensors file, in its header's order; `where` names it in errors. Raises where it is
// none, where tensors overlap, leave gaps or do not fit it, and for types that Hone does not have. Memory: a few times
// the file.
inline tensor_file read_safetensors(std::span<std::byte const> file, char const* where = "safetensors") {
  auto const fail = [&](message const& why) {
    raise("cannot read the safetensors file", why, where, "write it with safetensors' save_file");
  };
  if (file.size() < 8) fail("it is cut short in its first eight bytes");
  std::uint64_t length = 0;
  for (std::size_t i = 8; i-- > 0;) length = length << 8 | static_cast<std::uint64_t>(file[i]);
  if (length > detail::longest_safetensors_header) fail(message() << "its header is of " << length << " bytes");
  if (length > file.size() - 8) fail("it is cut short in its header");
  std::string_view const text(reinterpret_cast<char const*>(file.data()) + 8, static_cast<std::size_t>(length));
  if (!text.starts_with('{')) fail("its header does not begin with {");
  detail::safetensors_header_reader header;
  if (!header.read(text)) fail(header.why());
  std::span<std::byte const> const data = file.subspan(8 + text.size());
  if (message const why = detail::misfit(header.tensors, data.size()); *why.c_str() != 0) fail(why);

  tensor_file out;
  out.notes = std::move(header.notes);
  for (detail::stored_tensor& t : header.tensors) {
    array a(t.type, std::move(t.dims));
    if (a.data.size() != 0) std::memcpy(a.data.data(), data.data() + t.begin, a.data.size());
    if (!detail::little_endian) detail::swap_bytes(a);
    detail::settle_booleans(a);
    out.tensors.push_back({std::move(t.name), std::move(a)});
  }
  return out;
}
// The tensors in the file at `path`. Raises as read_safetensors does, and where it cannot be read.
inline tensor_file load_safetensors(std::string const& path) {
  buffer const file = read_file(path, "cannot read the safetensors file");
  return read_safetensors({file.data(), file.size()}, path.c_str());
}

// The bytes of a safetensors file with these tensors. Wider numbers lie first, so that all are aligned. Raises where
// two have one name, or one is no UTF-8 or "__metadata__", and where the header would be longer than what is read.
inline buffer write_safetensors(tensor_file const& file) {
  auto const fail = [](message const& why) {
    raise("cannot write a safetensors file", why, "io::write_safetensors", "give tensors other names");
  };
  std::vector<detail::stored_tensor> stored;
  for (named_array const& n : file.tensors) stored.push_back({n.name, n.value.type, n.value.dims});
  std::uint64_t size = 0;
  for (int width : {8, 4, 2, 1})
    for (std::size_t i = 0; i < stored.size(); ++i)
      if (size_of(stored[i].type) == width)
        stored[i].begin = size, stored[i].end = size += file.tensors[i].value.data.size();
  if (message const why = detail::misfit(stored, size); *why.c_str() != 0) fail(why);

  std::string text = "{";
  for (auto const& [key, note] : file.notes)
    text += (text.size() == 1 ? "\"__metadata__\":{" : ",") + detail::as_json(key) + ':' + detail::as_json(note);
  if (!file.notes.empty()) text += "},";
  for (detail::stored_tensor const& t : stored) {
    if (t.name == detail::metadata_key) fail("a tensor is named __metadata__");
    text += detail::described(t) + ',';
  }
  if (text.back() == ',') text.pop_back();
  text += '}';
  text.append((8 - text.size() % 8) % 8, ' ');
  if (text.size() > detail::longest_safetensors_header)
    fail(message() << "its header would be of " << text.size() << " bytes");
  detail::safetensors_header_reader again;
  if (!again.read(text)) fail(again.why());
  buffer out(8 + text.size() + size);
  for (std::size_t i = 0; i < 8; ++i) out.data()[i] = static_cast<std::byte>(text.size() >> (8 * i) & 255);
  std::memcpy(out.data() + 8, text.data(), text.size());
  for (std::size_t i = 0; i < stored.size(); ++i) {
    array a = file.tensors[i].value;
    if (!detail::little_endian) detail::swap_bytes(a);
    if (a.data.size() != 0) std::memcpy(out.data() + 8 + text.size() + stored[i].begin, a.data.data(), a.data.size());
  }
  return out;
}
// Writes the tensors to the file at `path`. Raises as write_safetensors does, and where it cannot be written.
inline void save_safetensors(std::string const& path, tensor_file const& file) {
  buffer const bytes = write_safetensors(file);
  write_file(path, {bytes.data(), bytes.size()}, "cannot write the safetensors file");
}

}  // namespace hone::inline HONE_ABI::io
