#pragma once
#include <hone/io/detail/external_data.hpp>
#include <hone/io/detail/onnx_layout.hpp>
#include <hone/io/detail/protobuf.hpp>

namespace hone::inline HONE_ABI::io::onnx::detail {

using io::detail::place;
using io::detail::wire;
using io::detail::wire_field;
using io::detail::wire_reader;

inline element to_element(std::int64_t number, place const& at) {
  auto const e = static_cast<element>(number);
  if (number < 1 || number > 26)
    at.refuse(message("it has the element type ") << number << ", of which nothing is known here",
              "use a type of ONNX 1.20 or older: 1 (FLOAT) to 26 (INT2)");
  return e;
}

// Writes numbers one after the other, little endian, cut to `size` bytes each.
class number_sink {
 public:
  number_sink(buffer& to, std::size_t size) : to_(to.data()), size_(size) {}
  void operator()(std::uint64_t v) {
    std::memcpy(to_, &v, size_);
    to_ += size_;
  }
  void append(std::span<std::byte const> raw) {
    if (!raw.empty()) std::memcpy(to_, raw.data(), raw.size());
    to_ += raw.size();
  }

 private:
  std::byte* to_;
  std::size_t size_;
};

class tensor_reader {
 public:
  // `files`: where values outside the file are read.
  tensor_reader(place const& at, external_files& files) : in_(at), at_(at), files_(files) {}

  tensor read() {
    tensor t;
    read_header(t);
    std::int64_t const n = count_elements(t.dims);
    std::int64_t const size = n < 0 ? -1 : bytes_of(t.type, n);
    if (size < 0) refuse_dims(t);
    read_values(t, n, static_cast<std::uint64_t>(size));
    if (t.type == element::boolean)
      for (std::size_t i = 0; i < t.data.size(); ++i) t.data.data()[i] = std::byte{t.data.data()[i] != std::byte{}};
    return t;
  }

 private:
  void read_header(tensor& t) {
    std::int64_t type = 0, location = 0;
    for (wire_field f; in_.next(f);) switch (f.number) {
        case dims_field: in_.more(f, "dims", t.dims); break;
        case type_field: in_.one(f, "data_type", type); break;
        case name_field: in_.one(f, "name", t.name); break;
        case segment_field: at_.refuse("it is a segment of a tensor", "store the tensor in one piece"); break;
        case external_data: read_entry(in_.item(f, "external_data", entries_++)); break;
        case location_field: in_.one(f, "data_location", location); break;
        default: break;
      }
    t.type = to_element(type, at_);
    if (location != 0 && location != 1)
      at_.refuse(message("its data_location is ") << location, "use 0 (in the file) or 1 (external)");
    external_ = location == 1;
    if (external_ && bits_of(t.type) == 0) at_.refuse("its strings are in an external file", "keep them in the model");
  }

  void read_entry(place const& at) {
    std::string key, value;
    wire_reader in(at);
    for (wire_field f; in.next(f);)
      if (f.number == 1)
        in.one(f, "key", key);
      else if (f.number == 2)
        in.one(f, "value", value);
    where_.set(key, value, at);
  }

  // A field that holds values, and how many numbers those are; of raw_data, bytes.
  struct content {
    storage in{};
    std::uint64_t size{};
  };

  // The one field that holds values, or none.
  content stored(tensor const& t) const {
    content found{};
    for (storage s : storages) {
      std::uint64_t const n = in_.count(s.field) == 0 ? 0 : count(s);
      if (n == 0) continue;
      if (found.size != 0)
        at_.refuse(message("it has values in ") << found.in.label << " and in " << s.label, "keep one of them");
      found = {s, n};
    }
    if (external_ && found.size != 0)
      at_.refuse(message("it has values in ") << found.in.label << " and in an external file", "keep one of them");
    std::uint32_t const typed = typed_storage(t.type);
    bool const fits =
        found.size == 0 || found.in.field == typed || (found.in.field == raw_data && bits_of(t.type) != 0);
    if (!fits)
      at_.refuse(message("values of type ") << onnx::name(t.type) << " are in " << found.in.label,
                 "store them in raw_data, or in the field that ONNX has for the type");
    return found;
  }

  void read_values(tensor& t, std::int64_t n, std::uint64_t size) {
    content const from = stored(t);
    if (external_) {
      t.data = files_.read(where_, size, at_);
      return;
    }
    std::uint64_t const expected = from.in.field == raw_data ? size : entries(t.type, n, size);
    if (from.size != expected)
      at_.refuse(message("its dimensions and type, ")
                     << onnx::name(t.type) << ", ask for " << expected
                     << (from.in.field == raw_data ? " bytes, " : " values, ") << from.size << " are stored",
                 "export the file again");
    if (from.size == 0) return;
    if (t.type == element::string) return read_strings(t);
    if (from.in.field == raw_data)
      each_field(
          raw_data, [&t](wire_reader const&, wire_field const& f) { t.data = buffer(f.bytes.data(), f.bytes.size()); });
    else
      t.data = buffer(static_cast<std::size_t>(size)), fill(t, from.in);
  }

  // The numbers that a typed field holds of n elements.
  static std::uint64_t entries(element e, std::int64_t n, std::uint64_t size) {
    if (e != element::string && bits_of(e) < 8) return size;
    if (e == element::complex64 || e == element::complex128) return 2 * static_cast<std::uint64_t>(n);
    return static_cast<std::uint64_t>(n);
  }

  template <class F>
  void each_field(std::uint32_t number, F const& use) const {
    wire_reader again(at_);
    for (wire_field f; again.next(f);)
      if (f.number == number) use(again, f);
  }

  // The numbers in that field; of raw_data, the bytes.
  std::uint64_t count(storage s) const {
    std::uint64_t n = 0;
    each_field(s.field, [&n, s](wire_reader const& in, wire_field const& f) {
      switch (s.field) {
        case raw_data: n = in.blob(f, s.label).size(); break;
        case string_data: ++n; break;
        case float_data: n += in.fixed(f, wire::fixed32, s.label).size() / 4; break;
        case double_data: n += in.fixed(f, wire::fixed64, s.label).size() / 8; break;
        default: in.each_varint(f, s.label, [&n](std::uint64_t) { ++n; });
      }
    });
    return n;
  }

  // From a typed field. Precondition: t.data has the size of what is stored.
  void fill(tensor& t, storage s) const {
    number_sink to(t.data, bits_of(t.type) < 8 ? 1 : static_cast<std::size_t>(bits_of(t.type)) / 8);
    number_range const allowed = entries_of(t.type);
    each_field(s.field, [&](wire_reader const& in, wire_field const& f) {
      if (s.field == float_data) return to.append(in.fixed(f, wire::fixed32, s.label));
      if (s.field == double_data) return to.append(in.fixed(f, wire::fixed64, s.label));
      in.each_varint(f, s.label, [&](std::uint64_t v) {
        auto const i = static_cast<std::int64_t>(v);
        bool const fits =
            s.field == int32_data ? i >= allowed.low && i <= allowed.high : t.type != element::u32 || v <= UINT32_MAX;
        if (!fits)
          at_.refuse(message("the value ")
                         << static_cast<long long>(i) << " in " << s.label << " is no " << onnx::name(t.type),
                     "export the file again");
        to(v);
      });
    });
  }

  void read_strings(tensor& t) const {
    each_field(string_data, [&t](wire_reader const& in, wire_field const& f) { in.more(f, "string_data", t.strings); });
  }

  [[noreturn]] void refuse_dims(tensor const& t) const {
    message why("its dimensions are ");
    constexpr std::size_t shown = 8;
    for (std::size_t i = 0; i < t.dims.size() && i < shown; ++i)
      why << (i != 0 ? " x " : "") << static_cast<long long>(t.dims[i]);
    at_.refuse(
        why << (t.dims.size() > shown ? " x ..." : "") << ": negative, or over 2^63 bytes", "export the file again");
  }

  wire_reader in_;
  place const& at_;
  external_files& files_;
  external_range where_{};
  bool external_{};
  std::size_t entries_{};
};

}  // namespace hone::inline HONE_ABI::io::onnx::detail
