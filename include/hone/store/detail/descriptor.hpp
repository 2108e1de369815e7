#pragma once
#include <hone/core/error.hpp>

#include <cerrno>
#include <cstring>
#include <span>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hone::inline HONE_ABI::store::detail {

// What to do about an error of the operating system.
inline char const* advice(int error) {
  switch (error) {
    case ENOENT: return "check the path; folders are not created";
    case EACCES:
    case EPERM:
    case EROFS: return "change the permissions, or use a folder that may be written";
    case ENOSPC:
    case EDQUOT:
    case EFBIG: return "free space or raise the limit; nothing was changed";
    case EISDIR: return "name a file";
    default: return "check the path and the device";
  }
}

// An open file. Errors are raised as `what`, with the system's reason, at the path.
class descriptor {
 public:
  descriptor(int fd, char const* what, char const* path) : fd_(fd), what_(what), path_(path) {
    if (fd_ < 0) fail();
  }
  descriptor(descriptor const&) = delete;
  descriptor& operator=(descriptor const&) = delete;
  ~descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

  [[noreturn]] void fail() const {
    int const error = errno;
    raise(what_, std::strerror(error), path_, advice(error));
  }
  std::size_t size() const {
    struct stat s {};
    if (::fstat(fd_, &s) != 0) fail();
    if (!S_ISREG(s.st_mode)) raise(what_, "it is not an ordinary file", path_, "name a file");
    return static_cast<std::size_t>(s.st_size);
  }
  void read(std::span<std::byte> to) const {
    while (!to.empty()) {
      auto const n = ::read(fd_, to.data(), to.size());
      if (n < 0 && errno != EINTR) fail();
      if (n == 0) raise(what_, "it became shorter while it was read", path_, "replace files by renaming a new one");
      if (n > 0) to = to.subspan(static_cast<std::size_t>(n));
    }
  }
  void write(std::span<std::byte const> from) const {
    while (!from.empty()) {
      auto const n = ::write(fd_, from.data(), from.size());
      if (n < 0 && errno != EINTR) fail();
      if (n > 0) from = from.subspan(static_cast<std::size_t>(n));
    }
  }
  void flush() const {
    if (::fsync(fd_) != 0) fail();
  }

 private:
  int fd_;
  char const* what_;
  char const* path_;
};

}  // namespace hone::inline HONE_ABI::store::detail
