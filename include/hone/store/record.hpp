#pragma once
#include <hone/core/artifact.hpp>

#include <concepts>
#include <optional>

namespace hone::inline HONE_ABI::store {

// An artifact in a repository: everything but its weights. Ids are never used twice.
struct record : artifact_info {
  std::int64_t id{};
  std::size_t size{};  // of the stored form, bytes
};

// Which artifacts are wanted. What is left empty or zero matches all.
struct query {
  std::string model{};
  std::uint64_t plan_id{};
  std::optional<dtype> precision{};
  std::string isa{};
  double accuracy{};  // at least
};

// What deployment and the trainer need of a repository; store::repository keeps one in SQLite.
//   put     stores an artifact whole or not at all and returns its id; that of the equal one, if there is one already
//   get     the artifact, verified
//   find    the records that match, oldest first
//   remove  true if it was there
//   verify  a line for everything that is wrong
template <class R>
concept artifact_repository = requires(R& r, R const& c, artifact const& a, std::int64_t id, query const& q) {
  { r.put(a) } -> std::same_as<std::int64_t>;
  { c.get(id) } -> std::same_as<artifact>;
  { c.find(q) } -> std::same_as<std::vector<record>>;
  { r.remove(id) } -> std::same_as<bool>;
  { c.verify() } -> std::same_as<std::vector<std::string>>;
};

}  // namespace hone::inline HONE_ABI::store
