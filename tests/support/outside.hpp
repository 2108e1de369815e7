#pragma once
// What lies outside of the repository and may be absent: a test that wants it skips, saying so.
#include <cstdlib>
#include <filesystem>
#include <string>

namespace outside {

// The folder with real networks (models/), data and so on: $HONE_SHARED, else the one beside the repository; empty
// where there is none.
inline std::string shared(std::string const& below) {
  char const* const told = std::getenv("HONE_SHARED");
  auto const path = std::filesystem::path(told != nullptr ? told : "../shared") / below;
  return std::filesystem::exists(path) ? path.string() : std::string();
}

// A Python that has these packages ("onnx, numpy"): $HONE_PYTHON, the peers' (scripts/peers-venv) or the system's;
// empty where none has.
inline std::string python_with(std::string const& packages) {
  char const* const told = std::getenv("HONE_PYTHON");
  for (std::string const& python :
       {std::string(told != nullptr ? told : "build/peers-venv/bin/python"), std::string("python3")})
    if (std::system((python + " -c 'import " + packages + "' 2>/dev/null").c_str()) == 0) return python;
  return {};
}

}  // namespace outside
