#pragma once
// What the peers share: a shared library that is opened at run time, and where Python keeps it.
#include <dlfcn.h>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace bench {

/// A peer that is not there (no library, no model, a version that is not understood). The benchmark reports
/// its reason and goes on without the peer.
struct absent : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A shared library, opened for the rest of the program: the peers start threads and register handlers at
/// exit, so none of them is ever closed.
class library {
 public:
  explicit library(std::filesystem::path const& path) : handle_{::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)} {
    if (handle_ == nullptr) {
      char const* reason = ::dlerror();
      throw absent{"cannot open " + path.string() + ": " + (reason != nullptr ? reason : "no reason given")};
    }
  }

  /// The exported function `name`. Throws absent where the library has none of that name.
  template <class Function>
  [[nodiscard]] Function* get(char const* name) const {
    void* address = ::dlsym(handle_, name);
    if (address == nullptr) throw absent{std::string{"the library exports no "} + name};
    return reinterpret_cast<Function*>(address);
  }

 private:
  void* handle_;
};

/// Folder of an installed Python package, asked of the interpreter `python` without importing the package.
/// Throws absent when the interpreter does not run or does not have it.
inline std::filesystem::path python_package(std::string const& python, std::string_view package) {
  if (python.find('\'') != std::string::npos) throw absent{"a quote in the interpreter's path: " + python};
  std::string const command =
      "'" + python + "' -c 'import importlib.util as u; s = u.find_spec(\"" + std::string{package} +
      "\"); print(s.submodule_search_locations[0] if s else \"\")'" + " 2>/dev/null";
  std::string folder;
  {
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> const pipe{::popen(command.c_str(), "r"), ::pclose};
    if (!pipe) throw absent{"cannot start " + python};
    for (int c = std::fgetc(pipe.get()); c != EOF && c != '\n'; c = std::fgetc(pipe.get())) {
      folder.push_back(static_cast<char>(c));
    }
  }
  if (folder.empty()) throw absent{python + " has no package " + std::string{package}};
  return folder;
}

/// The first file in `folder` whose name starts with `prefix`. Throws absent when there is none.
inline std::filesystem::path file_starting(std::filesystem::path const& folder, std::string_view prefix) {
  std::error_code ignored;
  for (auto const& entry : std::filesystem::directory_iterator{folder, ignored}) {
    if (entry.path().filename().string().starts_with(prefix)) return entry.path();
  }
  throw absent{"no " + std::string{prefix} + "* in " + folder.string()};
}

/// Version of the installed package whose folder is `package`: what stands in the name of its metadata folder,
/// NAME-VERSION.dist-info; "of unknown version" without one.
inline std::string package_version(std::filesystem::path const& package) {
  std::string const prefix = package.filename().string() + '-', suffix = ".dist-info";
  std::error_code none;
  for (auto const& entry : std::filesystem::directory_iterator{package.parent_path(), none}) {
    std::string const name = entry.path().filename().string();
    if (name.starts_with(prefix) && name.ends_with(suffix)) {
      return name.substr(prefix.size(), name.size() - prefix.size() - suffix.size());
    }
  }
  return "of unknown version";
}

}  // namespace bench
