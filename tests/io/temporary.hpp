#pragma once
#include <cstdlib>
#include <filesystem>
#include <string>

// A folder of one's own; it goes with everything in it.
class temporary_folder {
 public:
  temporary_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "hone-io-XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) path_ = name;
  }
  temporary_folder(temporary_folder const&) = delete;
  temporary_folder& operator=(temporary_folder const&) = delete;
  ~temporary_folder() {
    std::error_code gone_already;
    if (!path_.empty()) std::filesystem::remove_all(path_, gone_already);
  }
  std::string const& path() const { return path_; }
  std::string operator/(char const* name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};
