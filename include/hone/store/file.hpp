#pragma once
#include <hone/store/detail/descriptor.hpp>
#include <hone/store/format.hpp>

#include <cstdio>
#include <cstdlib>

#include <sys/mman.h>

namespace hone::inline HONE_ABI::store {

// The artifact in the file at `path`. Errors: those of read(), and of the file: missing, unreadable, no file.
inline artifact load(std::string const& path) {
  detail::descriptor const file(
      ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK), "cannot read the artifact", path.c_str());
  buffer bytes(file.size());
  file.read({bytes.data(), bytes.size()});
  return read({bytes.data(), bytes.size()}, path.c_str());
}

// Writes a to the file at `path`, which then holds either what it held before or all of a, also after a crash or a power
// cut. Errors: those of write(), and of the file: a folder that is missing or may not be written, a full disk.
inline void save(std::string const& path, artifact const& a) {
  constexpr char const* what = "cannot write the artifact";
  buffer const bytes = write(a);
  std::string part = path + ".XXXXXX";
  struct remover {
    char const* path;
    ~remover() {
      if (path != nullptr) ::unlink(path);
    }
  };
  {
    detail::descriptor const file(::mkostemp(part.data(), O_CLOEXEC), what, path.c_str());
    remover half_written{part.c_str()};
    file.write({bytes.data(), bytes.size()});
    if (::fchmod(file.get(), 0644) != 0) file.fail();
    file.flush();
    if (std::rename(part.c_str(), path.c_str()) != 0) file.fail();
    half_written.path = nullptr;
  }
  std::string const folder = path.substr(0, path.find_last_of('/') + 1) + ".";
  detail::descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC), what, path.c_str()).flush();
}

// A file in memory, read only.
class mapping {
 public:
  explicit mapping(std::string const& path) {
    detail::descriptor const file(
        ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK), "cannot map the artifact", path.c_str());
    size_ = file.size();
    if (size_ == 0) return;
    void* const data = ::mmap(nullptr, size_, PROT_READ, MAP_SHARED, file.get(), 0);
    if (data == MAP_FAILED) file.fail();
    data_ = static_cast<std::byte const*>(data);
  }
  mapping(mapping const&) = delete;
  mapping& operator=(mapping const&) = delete;
  ~mapping() {
    if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), size_);
  }
  std::span<std::byte const> bytes() const { return {data_, size_}; }

 private:
  std::byte const* data_{};
  std::size_t size_{};
};

// An artifact used where it lies in its file, without a copy. Checked once, here: only for files that nobody cuts or
// overwrites while they are mapped (save() replaces, it does not overwrite). Errors: those of load().
class mapped_artifact {
 public:
  explicit mapped_artifact(std::string const& path) : file_(path), view_(read_view(file_.bytes(), path.c_str())) {}
  artifact_view const& view() const { return view_; }

 private:
  mapping file_;
  artifact_view view_;
};

}  // namespace hone::inline HONE_ABI::store
