// Memory that catches stray accesses: bytes that a kernel may use lie against an inaccessible page.
#pragma once
#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace tests {

// Which end of the memory lies against the inaccessible page.
enum class against : bool { start, end };

// `bytes` bytes, 64-byte aligned, and the 64 readable ones that follow every buffer. They are filled with NaNs (as
// f32), so that a result that depends on them shows.
class guarded {
 public:
  guarded(std::size_t bytes, against side) : bytes_(bytes) {
    std::size_t const page = 4096, inner = (bytes + 64 + 63) / 64 * 64, whole = (inner + page - 1) / page * page;
    mapped_ = whole + 2 * page;
    void* const p = mmap(nullptr, mapped_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    base_ = static_cast<std::byte*>(p);
    mprotect(base_ + page, whole, PROT_READ | PROT_WRITE);
    data_ = base_ + page + (side == against::end ? whole - inner : 0);
    std::memset(base_ + page, 0xff, whole);
  }
  guarded(guarded&& o) noexcept : base_(o.base_), data_(o.data_), bytes_(o.bytes_), mapped_(o.mapped_) {
    o.base_ = nullptr;
  }
  guarded& operator=(guarded&&) = delete;
  ~guarded() {
    if (base_ != nullptr) munmap(base_, mapped_);
  }

  template <class T = std::byte>
  T* as() {
    return reinterpret_cast<T*>(data_);
  }
  // True if the bytes after the first `bytes` are as they were.
  bool untouched_after() const {
    for (std::size_t i = bytes_; i < (bytes_ + 64 + 63) / 64 * 64; ++i)
      if (data_[i] != std::byte{0xff}) return false;
    return true;
  }

 private:
  std::byte* base_{};
  std::byte* data_{};
  std::size_t bytes_{}, mapped_{};
};

}  // namespace tests
