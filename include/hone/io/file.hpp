#pragma once
#include <hone/core/buffer.hpp>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

namespace hone::inline HONE_ABI::io {
namespace detail {

struct closing {
  void operator()(std::FILE* f) const { std::fclose(f); }
};
[[noreturn]] inline void fail_with(int reason, char const* what, std::string const& path) {
  raise(what, std::strerror(reason), path.c_str(), "check the path, its permissions and the space on the disk");
}

}  // namespace detail

// What is in the file at `path`, an ordinary one. Errors begin with `what` ("cannot read the npy file").
inline buffer read_file(std::string const& path, char const* what) {
  std::error_code reason;
  auto const kind = std::filesystem::status(path, reason).type();
  if (reason || kind == std::filesystem::file_type::not_found)
    detail::fail_with(reason ? reason.value() : ENOENT, what, path);
  if (kind != std::filesystem::file_type::regular)
    raise(what, "it is not an ordinary file", path.c_str(), "name a file");
  std::unique_ptr<std::FILE, detail::closing> const file(std::fopen(path.c_str(), "rb"));
  if (file == nullptr) detail::fail_with(errno, what, path);
  auto const size = std::filesystem::file_size(path, reason);
  if (reason) detail::fail_with(reason.value(), what, path);
  buffer bytes(static_cast<std::size_t>(size));
  if (std::fread(bytes.data(), 1, bytes.size(), file.get()) != bytes.size())
    raise(what, "it became shorter while it was read", path.c_str(), "replace files by renaming a new one");
  return bytes;
}

// Writes the file at `path`. It is renamed when whole: an error leaves what was there. What is there and no ordinary file
// (a pipe, a device) is written to as it is.
inline void write_file(std::string const& path, std::span<std::byte const> bytes, char const* what) {
  std::error_code ignored;
  auto const kind = std::filesystem::status(path, ignored).type();
  bool const ordinary = kind == std::filesystem::file_type::regular || kind == std::filesystem::file_type::not_found;
  std::string const part = ordinary ? path + ".part" : path;
  std::unique_ptr<std::FILE, detail::closing> file(std::fopen(part.c_str(), "wb"));
  if (file == nullptr) detail::fail_with(errno, what, path);
  bool written = std::fwrite(bytes.data(), 1, bytes.size(), file.get()) == bytes.size();
  written = std::fclose(file.release()) == 0 && written;
  if (!written || (ordinary && std::rename(part.c_str(), path.c_str()) != 0)) {
    int const reason = errno;
    if (ordinary) std::remove(part.c_str());
    detail::fail_with(reason, what, path);
  }
}

}  // namespace hone::inline HONE_ABI::io
