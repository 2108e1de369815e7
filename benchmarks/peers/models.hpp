#pragma once
// The table of a peer's models, as make_models.py writes it.
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "model.hpp"

namespace bench {

namespace detail {

inline border read_border(nlohmann::json const& j) {
  return {j.at("name").get<std::string>(), j.at("type").get<std::string>().at(0), j.at("scale").get<float>(),
          j.at("zero_point").get<int>(), j.at("shape").get<std::vector<std::int64_t>>()};
}

}  // namespace detail

/// The models in `folder`; none where the folder has no models.json. Throws nlohmann::json::exception where the
/// file is not what make_models.py writes.
inline std::vector<model_file> read_models(std::filesystem::path const& folder) {
  std::vector<model_file> models;
  std::ifstream in{folder / "models.json"};
  if (!in) return models;
  for (auto const& j : nlohmann::json::parse(in)) {
    models.push_back(
        {folder / j.at("file").get<std::string>(), j.at("peer").get<std::string>(), j.at("case").get<std::string>(),
         j.at("variant").get<std::string>(), detail::read_border(j.at("input")), detail::read_border(j.at("output"))});
  }
  return models;
}

}  // namespace bench
