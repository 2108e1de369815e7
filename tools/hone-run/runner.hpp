#pragma once
// The engine behind hone-run, and what it tells; compiled on its own, for its kernels take long.
#include <hone/core/network.hpp>
#include <hone/run/ports.hpp>

#include <memory>
#include <string>
#include <vector>

namespace hone::inline HONE_ABI {
class dynamic_engine;
}

namespace tools {

// The instruction sets that there are, in order; and one of them as --isa names it, or empty for this machine's best.
std::vector<std::string> instruction_sets();

// A run of operations that is given a variant.
struct measured_part {
  std::string from, to, isa;
  double predicted_us{}, measured_us{};  // measured: 0 until it is
};

class runner {
 public:
  // Raises where this machine does not run the instruction set.
  runner(hone::network const& n, hone::dtype precision, std::string const& isa);
  ~runner();

  hone::port_table const& ports() const;
  void carry(std::string const& output, std::string const& input);
  void run() noexcept;

  std::size_t operations() const;
  std::size_t arena_bytes() const;
  std::vector<measured_part> parts() const;

 private:
  std::unique_ptr<hone::dynamic_engine> engine_;
};

// Sets the ranges of a network that is to be int8 from the inputs of calls, in the order of its ports.
void set_ranges(hone::network& n, std::vector<std::vector<hone::buffer>> const& calls);

}  // namespace tools
