#pragma once
#include <hone/config/config.hpp>

#include <string>
#include <vector>

namespace hone::inline HONE_ABI::train {

// The processes that share a computation, as one of them sees them. Here: one process, alone.
class ranks {
 public:
  virtual ~ranks() = default;
  virtual int size() const { return 1; }
  virtual int own() const { return 0; }  // from 0
  // What every process gave, in the order of the ranks. All of them call this together.
  virtual std::vector<std::string> gather(std::string const& mine) { return {mine}; }
};

}  // namespace hone::inline HONE_ABI::train
