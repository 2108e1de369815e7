#pragma once
#include <hone/io/array.hpp>

#include <nlohmann/json.hpp>

namespace hone::inline HONE_ABI::io {

// What a file says of itself: texts by name, in its order.
using metadata = std::vector<std::pair<std::string, std::string>>;

namespace detail {

inline constexpr struct {
  char const* code;
  dtype type;
} safetensors_types[]{
    {"F32", dtype::f32}, {"F16", dtype::f16}, {"BF16", dtype::bf16},   {"F64", dtype::f64}, {"I8", dtype::i8},
    {"I16", dtype::i16}, {"I32", dtype::i32}, {"I64", dtype::i64},     {"U8", dtype::u8},   {"U16", dtype::u16},
    {"U32", dtype::u32}, {"U64", dtype::u64}, {"BOOL", dtype::boolean}};

// A tensor as the header describes it: it lies in the bytes [begin, end) after the header.
struct stored_tensor {
  std::string name{};
  dtype type{};
  std::vector<std::int64_t> dims{};
  std::uint64_t begin{}, end{};
};

inline constexpr char const* metadata_key = "__metadata__";

// Reads {"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, "__metadata__": {"key": "text"}}. It takes
// the parser's events, not a tree, so that nothing grows but what is wanted.
class safetensors_header_reader {
 public:
  std::vector<stored_tensor> tensors{};
  metadata notes{};

  // Whether the text is such a header; if not, why() tells.
  bool read(std::string_view text) { return nlohmann::json::sax_parse(text.begin(), text.end(), this); }
  message const& why() const { return why_; }

  bool start_object(std::size_t) {
    if (at_ == place::outside) return at_ = place::names, true;
    if (at_ != place::names) return unexpected("an object");
    at_ = in_metadata_ ? place::notes : place::tensor, seen_ = 0;
    return true;
  }
  bool key(std::string& k) {
    if (at_ == place::notes) return notes.emplace_back(k, ""), true;
    if (at_ == place::names) {
      in_metadata_ = k == metadata_key;
      if (in_metadata_ && had_metadata_) return fail("it has two __metadata__");
      had_metadata_ = had_metadata_ || in_metadata_;
      if (!in_metadata_) tensors.push_back({k});
      return true;
    }
    field_ = k == "dtype"          ? field::type
             : k == "shape"        ? field::shape
             : k == "data_offsets" ? field::offsets
                                   : field::none;
    unsigned const mark = 1u << static_cast<int>(field_);
    if (field_ == field::none || (seen_ & mark) != 0)
      return fail(message() << "tensor " << shown(tensors.back().name).c_str() << " has the unknown or second key "
                            << shown(k).c_str());
    seen_ |= mark;
    return true;
  }
  bool string(std::string& v) {
    if (at_ == place::notes) return notes.back().second = v, true;
    if (at_ != place::tensor || field_ != field::type) return unexpected("a text");
    for (auto const& t : safetensors_types)
      if (v == t.code) return tensors.back().type = t.type, true;
    return fail(message() << "tensor " << shown(tensors.back().name).c_str() << " is of type " << shown(v).c_str()
                          << "; supported are F32, F16, BF16, F64, I8 to I64, U8 to U64 and BOOL");
  }
  bool start_array(std::size_t) {
    if (at_ != place::tensor || (field_ != field::shape && field_ != field::offsets)) return unexpected("a list");
    at_ = place::list, offsets_ = 0;
    return true;
  }
  bool number_unsigned(std::uint64_t v) {
    if (at_ != place::list) return unexpected("a number");
    stored_tensor& t = tensors.back();
    if (field_ == field::offsets) {
      if (++offsets_ > 2) return fail("a tensor has more than two data_offsets");
      return (offsets_ == 1 ? t.begin : t.end) = v, true;
    }
    if (v > std::uint64_t{INT64_MAX}) return fail("an extent in its header is too large");
    if (t.dims.size() == max_rank)
      return fail(message() << "tensor " << shown(t.name).c_str() << " has more than " << max_rank << " dimensions");
    t.dims.push_back(static_cast<std::int64_t>(v));
    return true;
  }
  bool end_array() {
    if (field_ == field::offsets && offsets_ != 2) return fail("a tensor has less than two data_offsets");
    at_ = place::tensor;
    return true;
  }
  bool end_object() {
    if (at_ == place::tensor && seen_ != 7)
      return fail(
          message() << "tensor " << shown(tensors.back().name).c_str() << " lacks dtype, shape or data_offsets");
    at_ = at_ == place::names ? place::outside : place::names;
    return true;
  }
  bool null() { return unexpected("null"); }
  bool boolean(bool) { return unexpected("true or false"); }
  bool number_integer(std::int64_t) { return unexpected("a negative number"); }
  bool number_float(double, std::string const&) { return unexpected("a fraction or a number past 64 bits"); }
  bool binary(std::vector<std::uint8_t>&) { return unexpected("binary data"); }
  bool parse_error(std::size_t at, std::string const&, nlohmann::detail::exception const&) {
    return fail(message() << "its header is not JSON, from byte " << at << " on");
  }

 private:
  enum class place : std::uint8_t { outside, names, notes, tensor, list };
  enum class field : std::uint8_t { type, shape, offsets, none };

  bool fail(message const& why) { return why_ = why, false; }
  bool unexpected(char const* found) {
    message m("its header has ");
    m << found << " in the wrong place";
    if (!tensors.empty()) m << ", at or after tensor " << shown(tensors.back().name).c_str();
    return fail(m);
  }

  message why_{};
  place at_{place::outside};
  field field_{field::none};
  bool in_metadata_{}, had_metadata_{};
  unsigned seen_{};
  int offsets_{};
};

}  // namespace detail
}  // namespace hone::inline HONE_ABI::io
