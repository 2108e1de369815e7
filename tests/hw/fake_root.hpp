#pragma once
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace tests {

// A directory that stands for /: files of another machine's /proc and /sys. Gone at the end of the test.
class fake_root {
 public:
  fake_root() {
    std::string name = (std::filesystem::temp_directory_path() / "hone-root-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  fake_root(fake_root const&) = delete;
  fake_root& operator=(fake_root const&) = delete;
  ~fake_root() { std::filesystem::remove_all(path_); }

  fake_root& file(std::string const& name, std::string const& text) {
    std::filesystem::create_directories((path_ + name).substr(0, (path_ + name).rfind('/')));
    std::ofstream(path_ + name) << text;
    return *this;
  }
  operator std::string const&() const { return path_; }  // NOLINT: a root is a path

 private:
  std::string path_;
};

}  // namespace tests
