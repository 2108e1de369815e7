#pragma once
#include <hone/config/config.hpp>

#include <cstddef>
#if HONE_HAS_EXCEPTIONS
#include <exception>
#endif

namespace hone::inline HONE_ABI {

// The parts of an error, in the order in which a reader wants them.
struct error_parts {
  char const* what{""};   // what could not be done
  char const* why{""};    // the reason, with figures
  char const* where{""};  // file, table, layer or call
  char const* fix{""};    // what to do about it
};

// A text of at most 1535 bytes, built without allocation: error messages are made where memory may be short. Longer ones
// are cut.
class message {
 public:
  message() = default;
  message(char const* s) { *this << s; }  // NOLINT: a literal is a message
  message& operator<<(char const* s) {
    for (; s != nullptr && *s != 0 && n_ + 1 < sizeof text_; ++s) text_[n_++] = *s;
    text_[n_] = 0;
    return *this;
  }
  message& operator<<(long long v);
  message& operator<<(unsigned long long v);
  message& operator<<(int v) { return *this << static_cast<long long>(v); }
  message& operator<<(long v) { return *this << static_cast<long long>(v); }
  message& operator<<(unsigned v) { return *this << static_cast<unsigned long long>(v); }
  message& operator<<(unsigned long v) { return *this << static_cast<unsigned long long>(v); }
  char const* c_str() const { return text_; }

 private:
  char text_[1536]{};
  std::size_t n_{};
};
inline message& message::operator<<(unsigned long long v) {
  char digits[24]{};
  int n = 23;
  do digits[--n] = static_cast<char>('0' + v % 10);
  while ((v /= 10) != 0);
  return *this << (digits + n);
}
inline message& message::operator<<(long long v) {
  if (v < 0) *this << "-";
  return *this << (v < 0 ? 0ULL - static_cast<unsigned long long>(v) : static_cast<unsigned long long>(v));
}

#if HONE_HAS_EXCEPTIONS
// What the library throws: "what: why (where); fix".
class error : public std::exception {
 public:
  error(message const& what, message const& why, message const& where, message const& fix)
      : what_(what), why_(why), where_(where), fix_(fix) {
    char* p = all_;
    char* const end = all_ + sizeof all_ - 1;
    auto put = [&](char const* s) {
      while (*s != 0 && p < end) *p++ = *s++;
    };
    put(what_.c_str()), put(": "), put(why_.c_str());
    if (*where_.c_str() != 0) put(" ("), put(where_.c_str()), put(")");
    if (*fix_.c_str() != 0) put("; "), put(fix_.c_str());
  }
  char const* what() const noexcept override { return all_; }
  error_parts parts() const noexcept { return {what_.c_str(), why_.c_str(), where_.c_str(), fix_.c_str()}; }

 private:
  message what_, why_, where_, fix_;
  char all_[4 * sizeof(message)]{};
};
#endif

// Called instead of throwing where exceptions are off; must not return. Set it before anything can fail.
using error_handler = void (*)(error_parts const&);
inline error_handler& on_error() {
  static error_handler handler{};
  return handler;
}

// The one way to report a run-time error: throws hone::error, or under -fno-exceptions calls the handler of on_error().
[[noreturn]] inline void raise(message const& what, message const& why, message const& where = {},
                               message const& fix = {}) {
#if HONE_HAS_EXCEPTIONS
  throw error(what, why, where, fix);
#else
  error_parts const parts{what.c_str(), why.c_str(), where.c_str(), fix.c_str()};
  if (on_error() != nullptr) on_error()(parts);
  __builtin_trap();
#endif
}

}  // namespace hone::inline HONE_ABI
