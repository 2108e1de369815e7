#pragma once
#include <hone/io/array.hpp>

#include <cstddef>
#include <string_view>

namespace hone::inline HONE_ABI::io::detail {

// What an npy file says of its array.
struct npy_header {
  dtype type{};
  bool big_endian{}, fortran{};
  std::vector<std::int64_t> dims{};
};

inline constexpr struct {
  char code[3];
  dtype type;
} npy_types[]{{"f4", dtype::f32}, {"f8", dtype::f64}, {"f2", dtype::f16}, {"i1", dtype::i8},
              {"i2", dtype::i16}, {"i4", dtype::i32}, {"i8", dtype::i64}, {"u1", dtype::u8},
              {"u2", dtype::u16}, {"u4", dtype::u32}, {"u8", dtype::u64}, {"b1", dtype::boolean}};

// Reads the header, a dictionary as Python writes it: {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }.
class npy_header_reader {
 public:
  npy_header_reader(std::string_view text, char const* where) : text_(text), where_(where) {}

  npy_header read() {
    npy_header h;
    bool descr = false, fortran = false, shape = false;
    want('{');
    while (!got('}')) {
      std::string_view const key = quoted();
      want(':');
      if (key == "descr" && !descr)
        descr = true, read_type(h);
      else if (key == "fortran_order" && !fortran)
        fortran = true, h.fortran = read_truth();
      else if (key == "shape" && !shape)
        shape = true, read_shape(h);
      else
        fail(message() << "its header has the unknown or second key " << shown(key).c_str());
      if (!got(',')) {
        want('}');
        break;
      }
    }
    skip_space();
    if (at_ != text_.size()) fail("its header goes on after its end");
    if (!descr || !fortran || !shape) fail("its header lacks descr, fortran_order or shape");
    return h;
  }

 private:
  [[noreturn]] void fail(message const& why) const {
    raise("cannot read the npy file", why, where_, "write it with numpy.save");
  }
  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t')) ++at_;
  }
  bool got(char c) {
    skip_space();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void want(char c) {
    char const wanted[]{c, 0};
    if (!got(c)) fail(message() << "its header is not a dictionary: no " << wanted << " at byte " << at_);
  }
  std::string_view quoted() {
    char const quote = got('"') ? '"' : '\'';
    if (quote == '\'') want('\'');
    std::size_t const end = text_.find(quote, at_);
    if (end == text_.npos) fail("its header ends within quotes");
    std::string_view const found = text_.substr(at_, end - at_);
    at_ = end + 1;
    return found;
  }
  bool read_truth() {
    skip_space();
    for (std::string_view word : {"True", "False"})
      if (text_.substr(at_).starts_with(word)) return at_ += word.size(), word == "True";
    fail("fortran_order is neither True nor False");
  }
  void read_type(npy_header& h) {
    skip_space();
    if (at_ < text_.size() && text_[at_] == '[') fail("it holds records, not numbers");
    std::string_view const code = quoted();
    for (auto const& t : npy_types)
      if (code.size() == 3 && code.substr(1) == t.code && std::string_view("<>|=").find(code[0]) != code.npos) {
        h.type = t.type;
        h.big_endian = code[0] == '>' || (code[0] != '<' && std::endian::native == std::endian::big);
        return;
      }
    raise("cannot read the npy file", message() << "numbers of type " << shown(code).c_str() << " are not supported",
          where_, "convert the array to float32 (or f2, f8, i1..i8, u1..u8, b1) before it is saved");
  }
  void read_shape(npy_header& h) {
    want('(');
    while (!got(')')) {
      if (h.dims.size() == max_rank) fail(message() << "it has more than " << max_rank << " dimensions");
      h.dims.push_back(read_extent());
      if (got(',')) continue;
      want(')');
      break;
    }
  }
  std::int64_t read_extent() {
    skip_space();
    std::int64_t n = 0;
    std::size_t const begin = at_;
    for (; at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_)
      if (__builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, text_[at_] - '0', &n))
        fail("an extent in its header is too large");
    if (at_ == begin) fail("an extent in its header is not a number");
    if (at_ < text_.size() && text_[at_] == 'L') ++at_;  // as Python 2 wrote it
    return n;
  }

  std::string_view text_;
  char const* where_;
  std::size_t at_{};
};

}  // namespace hone::inline HONE_ABI::io::detail
