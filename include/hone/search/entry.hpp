#pragma once
#include <hone/search/training.hpp>

#include <charconv>
#include <string_view>

namespace hone::inline HONE_ABI::search {

// A trial as journals and other processes have it.
struct entry {
  trial of{};
  std::vector<rung> rungs{};
  std::int64_t artifact{};  // its id in the repository; 0: none
  std::string note{};       // of one that failed
};

namespace detail {

inline char const* name(outcome o) {
  return o == outcome::finished ? "finished" : o == outcome::stopped ? "stopped" : "failed";
}
template <class T>
void append(std::string& text, T v) {
  char digits[32];
  text.append(digits, std::to_chars(digits, digits + sizeof digits, v).ptr).push_back(' ');
}
inline void append(std::string& text, std::string const& of_any_letters) {
  append(text, of_any_letters.size()), text += of_any_letters;
}

// Reads what append() has written.
class words {
 public:
  explicit words(std::string_view text) : rest_(text) {}
  std::string_view next() {
    std::size_t const end = rest_.find(' ');
    if (end == std::string_view::npos) refuse();
    std::string_view const word = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return word;
  }
  template <class T>
  T number() {
    std::string_view const word = next();
    T v{};
    auto const [end, failed] = std::from_chars(word.data(), word.data() + word.size(), v);
    if (failed != std::errc{} || end != word.data() + word.size()) refuse();
    return v;
  }
  template <class F>
  void list(F f) {
    for (auto n = number<std::uint32_t>(); n > 0; --n) f();
  }
  bool empty() const { return rest_.empty(); }
  std::string rest() const { return std::string(rest_); }
  std::string text() {
    auto const n = number<std::size_t>();
    if (n > rest_.size()) refuse();
    std::string const text(rest_.substr(0, n));
    rest_.remove_prefix(n);
    return text;
  }
  [[noreturn]] static void refuse() {
    raise("cannot read a trial", "its text is not what was written", "hone::search::entry",
          "the journal was edited: restore it, or begin with another one");
  }

 private:
  std::string_view rest_;
};

}  // namespace detail

// e as text, every number exactly.
inline std::string text(entry const& e) {
  std::string t = detail::name(e.of.how) + std::string(" ");
  auto const list = [&](auto const& values, auto put) {
    detail::append(t, values.size());
    for (auto const& v : values) put(v);
  };
  list(e.of.what.at, [&](std::uint16_t v) { detail::append(t, v); });
  detail::append(t, e.of.error);
  list(e.of.costs, [&](double v) { detail::append(t, v); });
  list(e.rungs, [&](rung const& r) { detail::append(t, r.epochs), detail::append(t, r.error); });
  detail::append(t, e.artifact);
  return t + e.note;
}
// What text() made. Raises where it is something else.
inline entry entry_of(std::string_view text) {
  detail::words in(text);
  entry e;
  std::string_view const how = in.next();
  bool known = false;
  for (outcome o : {outcome::finished, outcome::stopped, outcome::failed})
    if (how == detail::name(o)) e.of.how = o, known = true;
  if (!known) detail::words::refuse();
  in.list([&] { e.of.what.at.push_back(in.number<std::uint16_t>()); });
  e.of.error = in.number<double>();
  in.list([&] { e.of.costs.push_back(in.number<double>()); });
  in.list([&] {
    int const epochs = in.number<int>();
    e.rungs.push_back({epochs, in.number<double>()});
  });
  e.artifact = in.number<std::int64_t>();
  e.note = in.rest();
  return e;
}

}  // namespace hone::inline HONE_ABI::search
