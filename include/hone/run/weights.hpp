#pragma once
#include <hone/run/plan_view.hpp>

namespace hone::inline HONE_ABI {

class resident_set;  // run/resident.hpp

// What handles share. The first door knows no more of it than how to count.
struct counted {
  int references{1};
  void (*destroy)(counted*){};
};

// The packed weights of a plan: immutable, and shared by any number of threads. A handle: copies share the memory, the
// last one frees it; handles may be copied and destroyed by several threads at once. One that was moved from can be
// assigned to and destroyed.
class packed_weights {
 public:
  // Packs the `resident` variants with the best predictions among those that this machine can run (priced as run by
  // `here`, where that is known); raises if there is none. Defined at the second door.
  packed_weights(plan_view const& plan, tensor_set canonical, int resident, profile const* here);
  packed_weights(packed_weights const& o) noexcept : shared_(o.shared_) {
    if (shared_ != nullptr) __atomic_add_fetch(&shared_->references, 1, __ATOMIC_RELAXED);
  }
  packed_weights(packed_weights&& o) noexcept : shared_(o.shared_) { o.shared_ = nullptr; }
  packed_weights& operator=(packed_weights o) noexcept {
    counted* const mine = shared_;
    shared_ = o.shared_, o.shared_ = mine;
    return *this;
  }
  ~packed_weights() {
    if (shared_ != nullptr && __atomic_sub_fetch(&shared_->references, 1, __ATOMIC_ACQ_REL) == 0)
      shared_->destroy(shared_);
  }
  resident_set& inside() const;

 private:
  counted* shared_{};
};

}  // namespace hone::inline HONE_ABI
