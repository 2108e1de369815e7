#pragma once
// What the mains of Hone's programs have in common.
#include <hone/core/dtype.hpp>
#include <hone/core/error.hpp>

#include <CLI/CLI.hpp>

#include <fcntl.h>

#include <csignal>
#include <cstdio>
#include <sstream>
#include <string>

namespace tools {

// The precisions that --precision takes.
inline CLI::IsMember const& precisions() {
  static CLI::IsMember const known({"f32", "bf16", "int8"});
  return known;
}
inline hone::dtype precision_of(std::string const& text) {
  return text == "int8" ? hone::dtype::i8 : text == "bf16" ? hone::dtype::bf16 : hone::dtype::f32;
}

// A text with names out of a file as a terminal may see it: on one line.
inline std::string printable(std::string s) {
  for (char& c : s)
    if (static_cast<unsigned char>(c) < 32 || c == 127) c = '?';
  return s;
}

// Standard streams that are closed must not be opened again as a file of the program's: what is printed there would go
// into it. A pipe nobody reads is an error of printing, not a signal.
inline void guard_streams() {
  for (int stream = 0; stream < 3; ++stream)
    if (fcntl(stream, F_GETFD) < 0) static_cast<void>(open("/dev/null", O_RDONLY));
  std::signal(SIGPIPE, SIG_IGN);
}

// Parses and runs a program: its exit status, which is 2 where the command line makes no sense and 1 after other
// errors. These go to standard error; one is what it printed being lost, on a full disk behind a redirection.
template <class Run>
int run_program(CLI::App& app, int argc, char** argv, Run run) {
  guard_streams();
  std::string const program = app.get_name();
  app.set_version_flag("--version", program + " " HONE_VERSION);
  auto const print_all = [] {
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
      hone::raise("cannot print", "standard output refuses it", "stdout", "free space, or print elsewhere");
  };
  try {
    try {
      app.parse(argc, argv);
      run();
    } catch (CLI::Success const& asked) {  // for help, or the version
      std::ostringstream text, nothing;
      app.exit(asked, text, nothing);
      std::fputs(text.str().c_str(), stdout);
    }
    print_all();
  } catch (CLI::ParseError const& e) {
    std::fprintf(stderr, "%s: %s; see %s --help\n", program.c_str(), printable(e.what()).c_str(), program.c_str());
    return 2;
  } catch (std::exception const& e) {
    std::fprintf(stderr, "%s: %s\n", program.c_str(), printable(e.what()).c_str());
    return 1;
  }
  return 0;
}

}  // namespace tools
