#pragma once
// What the mains of Hone's programs have in common.
#include <hone/core/dtype.hpp>
#include <hone/core/error.hpp>

#include <cstdio>
#include <string>

namespace tools {

// The precision of that name; raises where there is none.
inline hone::dtype precision_of(std::string const& text) {
  for (hone::dtype const t : {hone::dtype::f32, hone::dtype::bf16, hone::dtype::i8})
    if (text == name(t)) return t;
  hone::raise("cannot choose a precision", hone::message() << "there is none called '" << text.c_str() << "'",
              "--precision", "name f32, bf16 or int8");
}

// Runs a program: its exit status. Errors go to standard error; one is what it printed being lost, on a full disk behind a
// redirection.
template <class Run>
int run_program(char const* program, Run run) {
  try {
    run();
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
      hone::raise("cannot print", "standard output refuses it", "stdout", "free space, or print elsewhere");
  } catch (std::exception const& e) {
    std::fprintf(stderr, "%s: %s\n", program, e.what());
    return 1;
  }
  return 0;
}

}  // namespace tools
