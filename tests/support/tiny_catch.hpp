#pragma once

// The part of Catch2 that exact tests use, for builds that have no Catch2: other machines (Debian's Catch2 3 is a library
// for the host) and many sets of flags (this costs no compile time). TEST_CASE, SECTION (one level deep), CHECK,
// CHECK_FALSE, REQUIRE, INFO, CAPTURE and WARN, as in Catch2; nothing else.

#include <cstdio>
#include <sstream>
#include <string>
#include <vector>

namespace tiny_catch {

struct test {
  char const* name;
  void (*body)();
};

// Runs a case once for each of its sections; counts failures and prints them.
struct session {
  std::vector<test> tests;
  std::vector<std::string> notes;  // of the INFOs in scope
  int section = 0;                 // the one to run
  int sections_seen = 0;
  int checks = 0;
  int failures = 0;

  bool enter_section() { return sections_seen++ == section; }
  void check(bool passed, char const* text, char const* file, int line);
};

inline session& current() {
  static session s;
  return s;
}

struct registration {
  registration(char const* name, void (*body)()) { current().tests.push_back({name, body}); }
};

struct failed_requirement {};

struct scoped_note {
  explicit scoped_note(std::string text) { current().notes.push_back(std::move(text)); }
  scoped_note(scoped_note const&) = delete;
  ~scoped_note() { current().notes.pop_back(); }
};

// " a b c"
template <class... T>
std::string values(T const&... v) {
  std::ostringstream text;
  ((text << ' ' << v), ...);
  return text.str();
}

}  // namespace tiny_catch

#define TINY_JOIN_(a, b) a##b
#define TINY_JOIN(a, b) TINY_JOIN_(a, b)
#define TINY_TEST_(body, name)                                                 \
  static void body();                                                          \
  static ::tiny_catch::registration const TINY_JOIN(body, _entry)(name, body); \
  static void body()
#define TINY_FIRST_(first, ...) first
#define TEST_CASE(...) TINY_TEST_(TINY_JOIN(tiny_test_, __COUNTER__), TINY_FIRST_(__VA_ARGS__, ))
#define SECTION(...) if (::tiny_catch::current().enter_section())
#define TINY_CHECK_(passed, text) ::tiny_catch::current().check(passed, text, __FILE__, __LINE__)
#define CHECK(...) TINY_CHECK_(static_cast<bool>(__VA_ARGS__), #__VA_ARGS__)
#define CHECK_FALSE(...) TINY_CHECK_(!static_cast<bool>(__VA_ARGS__), "!(" #__VA_ARGS__ ")")
#define REQUIRE(...)                                       \
  do {                                                     \
    bool const passed = static_cast<bool>(__VA_ARGS__);    \
    TINY_CHECK_(passed, #__VA_ARGS__);                     \
    if (!passed) throw ::tiny_catch::failed_requirement{}; \
  } while (false)
#define INFO(message) \
  ::tiny_catch::scoped_note const TINY_JOIN(tiny_note_, __LINE__)((std::ostringstream{} << message).str())
#define CAPTURE(...) INFO(#__VA_ARGS__ << " =" << ::tiny_catch::values(__VA_ARGS__))
#define WARN(message) std::fprintf(stderr, "%s\n", (std::ostringstream{} << message).str().c_str())
