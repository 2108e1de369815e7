#pragma once
// Folders, and processes of their own, for the tests of store/.
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sample {

// A folder of this test's, gone afterwards.
class folder {
 public:
  folder() {
    std::string name = (std::filesystem::temp_directory_path() / "hone-store-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
    std::filesystem::permissions(path_, std::filesystem::perms(0755));
  }
  folder(folder const&) = delete;
  ~folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string operator/(char const* name) const { return (path_ / name).string(); }
  std::string string() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

// The text that f returns in a process of its own, or "error: ..." for what it throws.
template <class F>
std::string in_child(F f) {
  int ends[2]{};
  if (::pipe(ends) != 0) return "no pipe";
  pid_t const child = ::fork();
  if (child == 0) {
    std::string text;
    try {
      text = f();
    } catch (std::exception const& e) {
      text = std::string("error: ") + e.what();
    }
    bool const sent = ::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size());
    ::_exit(sent ? 0 : 1);
  }
  ::close(ends[1]);
  std::string text;
  char piece[512];
  for (ssize_t n = 0; (n = ::read(ends[0], piece, sizeof piece)) > 0;) text.append(piece, static_cast<std::size_t>(n));
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  return text;
}

// A file system in memory, mounted at `path` until the end.
class small_file_system {
 public:
  small_file_system(std::string path, char const* size)
      : path_(std::move(path)), mounted_(::mount("tmpfs", path_.c_str(), "tmpfs", 0, size) == 0) {}
  small_file_system(small_file_system const&) = delete;
  ~small_file_system() {
    if (mounted_) ::umount2(path_.c_str(), MNT_DETACH);
  }
  bool mounted() const { return mounted_; }

 private:
  std::string path_;
  bool mounted_;
};

// For a child: permissions count from here on, as they do not for root.
inline bool drop_privileges() {
  constexpr unsigned nobody = 65534;
  return ::geteuid() != 0 || (::setgid(nobody) == 0 && ::setuid(nobody) == 0);
}

// For a child: no file may grow over `bytes`.
inline void limit_files(rlim_t bytes) {
  ::signal(SIGXFSZ, SIG_IGN);
  rlimit const limit{bytes, bytes};
  ::setrlimit(RLIMIT_FSIZE, &limit);
}

}  // namespace sample
