#pragma once
#include <unistd.h>
#include <filesystem>
#include <fstream>
#include <string>

namespace bench_test {

/// A file name of one's own in the folder for temporary files; the file is removed at the end.
class temporary_file {
 public:
  temporary_file()
      : path_{std::filesystem::temp_directory_path() /
              ("hone-bench-" + std::to_string(::getpid()) + '-' + std::to_string(count()++))} {}
  temporary_file(temporary_file const&) = delete;
  temporary_file& operator=(temporary_file const&) = delete;
  ~temporary_file() {
    std::error_code gone_already;
    std::filesystem::remove_all(path_, gone_already);
  }

  [[nodiscard]] std::filesystem::path const& path() const { return path_; }
  void write(std::string const& content) const { std::ofstream{path_, std::ios::binary} << content; }

 private:
  static int& count() {
    static int made = 0;
    return made;
  }

  std::filesystem::path path_;
};

}  // namespace bench_test
