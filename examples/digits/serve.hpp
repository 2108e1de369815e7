// Steps 1 and 5 to 7: this machine, the repository, deployment, the adaptive run.
#pragma once
#include "report.hpp"

#include <memory>
#include <span>

namespace digits {

// Fills r.machine and r.counters. Returns the name of the nearest profile of the catalogue, empty if there is none.
std::string describe_machine(report& r);
// What the repository holds.
std::vector<fact> stored(std::string const& repository);

// Serves images with what the repository has for this machine.
class server {
 public:
  // 64 pixels an image, which stay where they are.
  server(std::string const& repository, std::span<float const> pixels, std::span<std::int32_t const> labels);
  ~server();
  // Deploys through the C++ API and inside SQLite: r.served, r.deployment, r.samples.
  void deploy(report& r);
  // Every precision on every instruction set here, predicted for this machine and measured: r.measured.
  void measure(report& r);
  // Runs for some seconds while the engine adapts: r.subgraphs, r.changes, r.selection, r.variants, r.operations.
  void adapt(report& r, double seconds);

 private:
  struct inside;
  std::unique_ptr<inside> in_;
};

}  // namespace digits
