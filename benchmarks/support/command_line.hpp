#pragma once
// The options that every suite has.
#include <CLI/CLI.hpp>

#include "harness.hpp"

namespace bench {

/// Adds --json, --rounds, --cold and --filter to `app`.
inline void add_options(CLI::App& app, options& o) {
  app.add_option("--json", o.json, "write the records to this file");
  app.add_option("--rounds", o.rounds, "chunks a case (100; under 40 is a smoke test)")->check(CLI::Range(1, 1000000));
  app.add_option("--cold", o.cold, "cold calls a case (100; 0: none)")->check(CLI::Range(0, 1000000));
  app.add_option("--filter", o.filter, "only cases whose case/engine/isa matches this regular expression");
}

}  // namespace bench
