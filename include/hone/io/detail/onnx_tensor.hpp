#pragma once
#include <hone/io/detail/external_data.hpp>
#include <hone/io/detail/protobuf.hpp>
#include <hone/io/onnx_model.hpp>

namespace hone::inline HONE_ABI::io::onnx::detail {

namespace wire_format = io::detail;
using io::detail::place;
using io::detail::wire;
using io::detail::wire_field;
using io::detail::wire_reader;

// The fields of a TensorProto, and which of them may hold values.
enum tensor_field : std::uint32_t {
  dims_field = 1,
  type_field = 2,
  segment_field = 3,
  float_data = 4,
  int32_data = 5,
  string_data = 6,
  int64_data = 7,
  name_field = 8,
  raw_data = 9,
  double_data = 10,
  uint64_data = 11,
  external_data = 13,
  location_field = 14
};
struct storage {
  std::uint32_t field{};
  char const* label{};
};
inline constexpr storage storages[]{
    {float_data, "float_data"}, {int32_data, "int32_data"},   {string_data, "string_data"}, {int64_data, "int64_data"},
    {raw_data, "raw_data"},     {double_data, "double_data"}, {uint64_data, "uint64_data"}};

// The typed field that holds elements of this format where raw_data does not.
constexpr std::uint32_t typed_storage(element e) {
  switch (e) {
    case element::f32:
    case element::complex64: return float_data;
    case element::f64:
    case element::complex128: return double_data;
    case element::i64: return int64_data;
    case element::u32:
    case element::u64: return uint64_data;
    case element::string: return string_data;
    default: return int32_data;
  }
}

// The bytes of n elements; -1 where they do not fit 63 bits.
constexpr std::int64_t bytes_of(element e, std::int64_t n) {
  std::int64_t bits{};
  if (__builtin_mul_overflow(n, std::int64_t{bits_of(e)}, &bits) || bits > INT64_MAX - 7) return -1;
  return (bits + 7) / 8;
}

// The number of elements of these extents; -1 where one is negative, or their product (with 1 for 0) takes over 63 bits.
inline std::int64_t count_elements(std::span<std::int64_t const> dims) {
  std::int64_t n = 1;
  bool empty = false;
  for (std::int64_t d : dims) {
    if (d < 0 || __builtin_mul_overflow(n, d == 0 ? 1 : d, &n)) return -1;
    empty = empty || d == 0;
  }
  return empty ? 0 : n;
}

inline element to_element(std::int64_t number, place const& at) {
  auto const e = static_cast<element>(number);
  if (number < 1 || number > 26)
    at.refuse(message("it has the element type ") << number << ", of which nothing is known here",
              "use a type of ONNX 1.20 or older: 1 (FLOAT) to 26 (INT2)");
  return e;
}

// The numbers that an entry of int32_data may be.
struct number_range {
  std::int64_t low{};
  std::int64_t high{};
};
constexpr number_range entries_of(element e) {
  switch (e) {
    case element::i32: return {INT32_MIN, UINT32_MAX};  // some writers do not extend the sign
    case element::i16: return {INT16_MIN, INT16_MAX};
    case element::i8: return {INT8_MIN, INT8_MAX};
    case element::boolean: return {0, 1};
    case element::u16:
    case element::f16:
    case element::bf16: return {0, UINT16_MAX};
    default: return {0, UINT8_MAX};
  }
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
    if (external_)
      t.data = files_.read(where_, static_cast<std::uint64_t>(size), at_);
    else
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

  // Where the values are: the one field that holds some, or none.
  storage stored(tensor const& t) const {
    storage found{};
    for (storage s : storages) {
      if (in_.count(s.field) == 0) continue;
      if (found.field != 0)
        at_.refuse(message("it has values in ") << found.label << " and in " << s.label, "keep one of them");
      found = s;
    }
    std::uint32_t const typed = typed_storage(t.type);
    bool const fits = found.field == 0 || found.field == typed || (found.field == raw_data && bits_of(t.type) != 0);
    if (!fits)
      at_.refuse(message("values of type ") << onnx::name(t.type) << " are in " << found.label,
                 "store them in raw_data, or in the field that ONNX has for the type");
    return found;
  }

  void read_values(tensor& t, std::int64_t n, std::uint64_t size) {
    storage const from = stored(t);
    if (from.field == string_data || t.type == element::string) return read_strings(t, n);
    std::uint64_t const expected = from.field == raw_data ? size : entries(t.type, n, size);
    std::uint64_t const present = from.field == 0 ? 0 : count(from);
    if (present != expected)
      at_.refuse(message("its dimensions and type, ")
                     << onnx::name(t.type) << ", ask for " << expected
                     << (from.field == raw_data ? " bytes, " : " values, ") << present << " are stored",
                 "export the file again");
    t.data = size == 0 ? buffer{} : buffer(static_cast<std::size_t>(size));
    if (size != 0) fill(t, from);
  }

  // The numbers that a typed field holds of n elements.
  static std::uint64_t entries(element e, std::int64_t n, std::uint64_t size) {
    if (bits_of(e) < 8) return size;
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
        case float_data: n += in.fixed(f, wire::fixed32, s.label).size() / 4; break;
        case double_data: n += in.fixed(f, wire::fixed64, s.label).size() / 8; break;
        default: in.each_varint(f, s.label, [&n](std::uint64_t) { ++n; });
      }
    });
    return n;
  }

  // Precondition: t.data has the size of what is stored.
  void fill(tensor& t, storage s) const {
    number_sink to(t.data, bits_of(t.type) < 8 ? 1 : static_cast<std::size_t>(bits_of(t.type)) / 8);
    number_range const allowed = entries_of(t.type);
    each_field(s.field, [&](wire_reader const& in, wire_field const& f) {
      if (s.field == raw_data) return to.append(f.bytes);
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

  void read_strings(tensor& t, std::int64_t n) const {
    if (static_cast<std::uint64_t>(n) != in_.count(string_data))
      at_.refuse(message("its dimensions ask for ")
                     << static_cast<long long>(n) << " strings, " << in_.count(string_data) << " are stored",
                 "export the file again");
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
