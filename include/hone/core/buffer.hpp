#pragma once
#include <hone/core/error.hpp>

#include <cstdlib>
#include <cstring>

namespace hone::inline HONE_ABI {

// Owned memory, 64-byte aligned, zeroed, with 64 readable bytes past its end (kernels may read over, never write).
class buffer {
 public:
  buffer() = default;
  explicit buffer(std::size_t bytes) : buffer(nullptr, bytes) {}
  // A copy of the bytes at `from`; zeros where it is null.
  buffer(std::byte const* from, std::size_t bytes) : size_(bytes) {
    std::size_t const whole = (bytes + 127) / 64 * 64, copied = from != nullptr ? bytes : 0;
    if (whole > bytes) data_ = static_cast<std::byte*>(std::aligned_alloc(64, whole));
    if (data_ == nullptr)
      raise("cannot allocate memory", message() << bytes << " bytes were refused", "hone::buffer",
            "free memory, or run a smaller network");
    if (copied != 0) std::memcpy(data_, from, copied);
    std::memset(data_ + copied, 0, whole - copied);
  }
  buffer(buffer const& o) : buffer(o.data_, o.size_) {}
  buffer(buffer&& o) noexcept : data_(o.data_), size_(o.size_) { o.data_ = nullptr, o.size_ = 0; }
  buffer& operator=(buffer o) noexcept {
    std::byte* const p = data_;
    std::size_t const n = size_;
    data_ = o.data_, size_ = o.size_;
    o.data_ = p, o.size_ = n;
    return *this;
  }
  ~buffer() { std::free(data_); }

  std::byte* data() { return data_; }
  std::byte const* data() const { return data_; }
  std::size_t size() const { return size_; }
  template <class T>
  T* as() {
    return reinterpret_cast<T*>(data_);
  }
  template <class T>
  T const* as() const {
    return reinterpret_cast<T const*>(data_);
  }

 private:
  std::byte* data_{};
  std::size_t size_{};
};

}  // namespace hone::inline HONE_ABI
