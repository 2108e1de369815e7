#include <hone/store/file.hpp>

#include <fstream>

#include "catch2.hpp"
#include "process.hpp"
#include "sample.hpp"

namespace store = hone::store;

namespace {

bool same(hone::artifact const& a, hone::artifact const& b) {
  auto const x = store::write(a), y = store::write(b);
  return x.size() == y.size() && std::memcmp(x.data(), y.data(), x.size()) == 0;
}

std::size_t files_in(sample::folder const& here) {
  auto const all = std::filesystem::directory_iterator(here.string());
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

}  // namespace

TEST_CASE("what is saved is loaded, and mapped") {
  sample::folder const here;
  auto const a = sample::artifact(), b = sample::artifact(2);
  store::save(here / "a.hone", a);
  CHECK(same(store::load(here / "a.hone"), a));

  store::mapped_artifact const mapped(here / "a.hone");
  REQUIRE(mapped.view().tensors.size() == a.weights.size());
  for (auto const& t : mapped.view().tensors)
    CHECK(std::memcmp(t.data.data(), a.weights.at(t.name).data.data(), t.data.size()) == 0);

  // Another one in its place leaves the mapped one as it is.
  store::save(here / "a.hone", b);
  CHECK(static_cast<hone::artifact_info const&>(mapped.view()) == a);
  CHECK(std::memcmp(mapped.view().tensors[0].data.data(), a.weights.begin()->data.data(), 180) == 0);
  CHECK(same(store::load(here / "a.hone"), b));
  CHECK(files_in(here) == 1);
}

TEST_CASE("files that are missing, or none") {
  sample::folder const here;
  CHECK_THROWS_WITH(store::load(here / "missing"), Contains("No such file") && Contains("missing"));
  CHECK_THROWS_WITH(store::mapped_artifact(here / "missing"), Contains("No such file"));
  CHECK_THROWS_WITH(store::load(here.string()), Contains("not an ordinary file"));
  REQUIRE(::mkfifo((here / "pipe").c_str(), 0644) == 0);  // which nobody writes to
  CHECK_THROWS_WITH(store::load(here / "pipe"), Contains("not an ordinary file"));
  CHECK_THROWS_WITH(store::mapped_artifact(here / "pipe"), Contains("not an ordinary file"));
  std::ofstream(here / "empty").flush();
  CHECK_THROWS_WITH(store::load(here / "empty"), Contains("it is empty"));
  CHECK_THROWS_WITH(store::mapped_artifact(here / "empty"), Contains("it is empty"));
  std::ofstream(here / "picture") << "\x89PNG\r\n\x1a\n";
  CHECK_THROWS_WITH(store::load(here / "picture"), Contains("PNG") && Contains(here / "picture"));
  CHECK_THROWS_WITH(store::save(here / "no/folder", sample::artifact()), Contains("No such file"));
}

TEST_CASE("a file that cannot be saved leaves the one before, and nothing else") {
  sample::folder const here;
  store::save(here / "a.hone", sample::artifact(1));
  auto const attempt = [&here](auto prepare) {
    return sample::in_child([&] {
      prepare();
      store::save(here / "a.hone", sample::artifact(2));
      return std::string("saved");
    });
  };
  CHECK_THAT(
      attempt([] { sample::limit_files(1000); }), Contains("cannot write the artifact") && Contains("too large"));
  CHECK(files_in(here) == 1);
  std::filesystem::permissions(here.string(), std::filesystem::perms(0555));
  CHECK_THAT(attempt([] { sample::drop_privileges(); }), Contains("Permission denied") && Contains("permissions"));
  std::filesystem::permissions(here.string(), std::filesystem::perms(0755));
  auto bad = sample::artifact();
  bad.model = "";
  CHECK_THROWS_WITH(store::save(here / "a.hone", bad), Contains("no name"));
  CHECK(files_in(here) == 1);
  CHECK(same(store::load(here / "a.hone"), sample::artifact(1)));
}
