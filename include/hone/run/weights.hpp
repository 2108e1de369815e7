#pragma once
#include <hone/run/plan_view.hpp>

namespace hone::inline HONE_ABI {

// The packed weights of a plan: immutable, shared by any number of threads and contexts, which they must outlive.
class packed_weights {
 public:
  // Packs the `resident` variants with the best predictions among those that this machine can run; raises if there is
  // none. Defined at the second door.
  packed_weights(plan_view const& plan, tensor_set const& canonical, int resident);
  bool ready(std::size_t variant) const { return blocks_[variant].ready; }
  std::byte const* data(std::size_t variant) const { return blocks_[variant].bytes.data(); }

 private:
  struct block {
    buffer bytes;
    bool ready{};
  };
  std::vector<block> blocks_;
};

}  // namespace hone::inline HONE_ABI
