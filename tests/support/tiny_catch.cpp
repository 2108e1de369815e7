#include "tiny_catch.hpp"

#include <cstdio>
#include <exception>

void tiny_catch::session::check(bool passed, char const* text, char const* file, int line) {
  ++checks;
  if (passed) return;
  ++failures;
  std::printf("%s:%d: failed: %s\n", file, line, text);
  for (auto const& note : notes) std::printf("    with %s\n", note.c_str());
}

int main() {
  auto& session = tiny_catch::current();
  for (auto const& test : session.tests) {
    auto const before = session.failures;
    session.section = 0;
    do {
      session.sections_seen = 0;
      try {
        test.body();
      } catch (tiny_catch::failed_requirement const&) {
      } catch (std::exception const& e) {
        session.check(false, e.what(), test.name, 0);
      }
    } while (++session.section < session.sections_seen);
    if (session.failures != before) std::printf("failed: %s\n", test.name);
  }
  std::printf("%zu test cases, %d checks, %d failures\n", session.tests.size(), session.checks, session.failures);
  return session.failures != 0 || session.checks == 0;
}
