#include <hone/store/repository.hpp>

#include <csignal>
#include <fstream>

#include "catch2.hpp"
#include "process.hpp"
#include "sample.hpp"

namespace store = hone::store;
using store::mode;
using store::repository;

namespace {

// Everything of a as bytes, to compare artifacts.
std::string bytes_of(hone::artifact const& a) {
  auto const b = store::write(a);
  return {reinterpret_cast<char const*>(b.data()), b.size()};
}

std::string why_not_opened(std::string const& path, mode how) {
  try {
    repository::open(path, how);
  } catch (hone::error const& e) {
    CHECK(std::string(e.parts().what) == "cannot open the repository");
    CHECK(std::string(e.parts().where) == path);
    CHECK(std::string(e.parts().fix) != "");
    return e.parts().why;
  }
  return "";
}

void sql(std::string const& path, char const* text) {
  sqlite3* db{};
  REQUIRE(sqlite3_open(path.c_str(), &db) == SQLITE_OK);
  INFO(text);
  CHECK(sqlite3_exec(db, text, nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(db);
}

std::int64_t number(std::string const& path, char const* text) {
  auto const db = store::detail::open_file(path, mode::read);
  return store::detail::number({db.get(), "\"main\"", path}, "cannot ask", text);
}

hone::artifact_info about(std::uint64_t plan, char const* model, char const* isa, double accuracy) {
  auto i = sample::info(plan, model);
  i.made_for.isa = isa, i.figures.accuracy = accuracy;
  return i;
}

}  // namespace

TEST_CASE("what is put into a repository comes out, also after it was closed") {
  sample::folder const here;
  auto const a = sample::artifact(1), b = sample::artifact(2);
  std::int64_t first{}, second{};
  {
    auto r = repository::open(here / "r.db");
    CHECK(r.list().empty());
    first = r.put(a), second = r.put(b);
    CHECK(first != second);
    CHECK(bytes_of(r.get(first)) == bytes_of(a));
  }
  auto const r = repository::open(here / "r.db", mode::read);
  CHECK(bytes_of(r.get(first)) == bytes_of(a));
  CHECK(bytes_of(r.get(second)) == bytes_of(b));
  auto const all = r.list();
  REQUIRE(all.size() == 2);
  CHECK(all[0].id == first);
  CHECK(all[0].size == bytes_of(a).size());
  CHECK(static_cast<hone::artifact_info const&>(all[1]) == b);
  CHECK(r.verify().empty());
}

TEST_CASE("an equal artifact is stored once, a different one again") {
  auto r = repository::open(":memory:");
  auto a = sample::artifact();
  auto const id = r.put(a);
  CHECK(r.put(a) == id);
  a.origin.seed = 8;
  CHECK(r.put(a) != id);
  CHECK(r.list().size() == 2);
}

TEST_CASE("find takes any combination of wishes") {
  auto r = repository::open(":memory:");
  auto const big = std::uint64_t{1} << 63;
  r.put(sample::artifact(1, about(1, "digits", "avx2", 0.98)));
  r.put(sample::artifact(2, about(2, "digits", "avx512", 0.97)));
  r.put(sample::artifact(3, about(big, "kws", "avx2", 0.9)));
  auto const found = [&r](store::query const& q) {
    std::vector<std::uint64_t> plans;
    for (auto const& x : r.find(q)) plans.push_back(x.plan_id);
    return plans;
  };
  using plans = std::vector<std::uint64_t>;
  CHECK(found({}) == plans{1, 2, big});
  CHECK(found({.model = "digits"}) == plans{1, 2});
  CHECK(found({.plan_id = big}) == plans{big});
  CHECK(found({.precision = hone::dtype::i8}) == plans{1, 2, big});
  CHECK(found({.precision = hone::dtype::f32}).empty());
  CHECK(found({.isa = "avx2"}) == plans{1, big});
  CHECK(found({.accuracy = 0.975}) == plans{1});
  CHECK(found({.model = "digits", .isa = "avx2"}) == plans{1});
  CHECK(found({.model = "digits' OR 1 --"}).empty());
}

TEST_CASE("what is removed is gone, with all that was kept for it alone, and its id is not used again") {
  sample::folder const here;
  auto r = repository::open(here / "r.db");
  auto const first = r.put(sample::artifact(1, about(1, "digits", "avx2", 0.98)));
  auto const second = r.put(sample::artifact(2, about(2, "kws", "avx512", 0.97)));
  CHECK(r.remove(second));
  CHECK_FALSE(r.remove(second));
  CHECK_THROWS_WITH(r.get(second), Contains("there is no artifact of that id"));
  CHECK(r.list().size() == 1);
  CHECK(r.remove(first));
  CHECK(r.put(sample::artifact(3)) > second);
  CHECK(r.verify().empty());
  CHECK(number(here / "r.db",
               "SELECT (SELECT count(*) FROM hone_model) || (SELECT count(*) FROM hone_hardware) ||"
               " (SELECT count(*) FROM hone_content) || (SELECT count(*) FROM hone_metrics)") == 1111);
}

TEST_CASE("an artifact that may not be stored changes nothing") {
  auto r = repository::open(":memory:");
  auto a = sample::artifact();
  a.model = "";
  CHECK_THROWS_AS(r.put(a), hone::error);
  CHECK(r.list().empty());
}

TEST_CASE("a repository keeps out of the caller's transaction and of other tables") {
  sample::folder const here;
  { repository::open(here / "r.db"); }
  sql(here / "r.db", "CREATE TABLE images (id INTEGER PRIMARY KEY, pixels BLOB)");
  sqlite3* db{};
  REQUIRE(sqlite3_open((here / "mine.db").c_str(), &db) == SQLITE_OK);
  CHECK_THROWS_WITH(repository::on(db), Contains("empty"));
  auto const attach = "ATTACH '" + here / "r.db" + "' AS \"the \"\"store\"";
  REQUIRE(sqlite3_exec(db, attach.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  {
    auto r = repository::on(db, "the \"store");
    CHECK(r.where() == here / "r.db");
    auto const kept = r.put(sample::artifact(1));
    sqlite3_exec(db, "BEGIN", nullptr, nullptr, nullptr);
    auto const lost = r.put(sample::artifact(2));
    CHECK(r.get(lost).model == "digits");
    auto bad = sample::artifact(3);
    bad.made_for.cores = -1;
    CHECK_THROWS_AS(r.put(bad), hone::error);
    CHECK(r.list().size() == 2);
    sqlite3_exec(db, "ROLLBACK", nullptr, nullptr, nullptr);
    CHECK(r.list().size() == 1);
    CHECK(r.get(kept).model == "digits");
    CHECK(r.verify().empty());
  }
  sqlite3_close(db);
}

TEST_CASE("what is no repository is refused, and called by its name") {
  sample::folder const here;
  for (auto how : {mode::read, mode::write, mode::immutable})
    CHECK_THAT(why_not_opened(here / "missing.db", how), Contains("no such file"));
  CHECK_THAT(why_not_opened(here / "missing/r.db", mode::create), Contains("folder does not exist"));
  CHECK_THAT(why_not_opened(here.string(), mode::create), Contains("it is a folder"));
  CHECK_FALSE(std::filesystem::exists(here / "missing.db"));
  for (auto how : {mode::read, mode::create}) CHECK_THAT(why_not_opened("", how), Contains("path is empty"));

  REQUIRE(::mkfifo((here / "pipe").c_str(), 0644) == 0);  // which nobody writes to
  for (auto how : {mode::read, mode::create})
    CHECK_THAT(why_not_opened(here / "pipe", how), Contains("not an ordinary file"));

  std::ofstream(here / "text") << std::string(4096, 'x');
  for (auto how : {mode::read, mode::write, mode::create, mode::immutable})
    CHECK_THAT(why_not_opened(here / "text", how), Contains("not a SQLite database"));

  std::ofstream(here / "empty").flush();
  CHECK_THAT(why_not_opened(here / "empty", mode::write), Contains("empty"));
  CHECK_THAT(why_not_opened(here / "empty", mode::read), Contains("empty"));
  CHECK(why_not_opened(here / "empty", mode::create) == "");
  CHECK(why_not_opened(here / "empty", mode::read) == "");

  sql(here / "foreign", "CREATE TABLE t (x)");
  CHECK_THAT(why_not_opened(here / "foreign", mode::create), Contains("another program"));
  sql(here / "foreign2", "PRAGMA application_id = 252006674");
  CHECK_THAT(why_not_opened(here / "foreign2", mode::create), Contains("application id 252006674"));
}

TEST_CASE("a repository of another version is refused, and both versions are named") {
  sample::folder const here;
  { repository::open(here / "r.db"); }
  sql(here / "r.db", "PRAGMA user_version = 7");
  CHECK_THAT(why_not_opened(here / "r.db", mode::create), Contains("version 7") && Contains("version 1"));
}

TEST_CASE("damage inside is found by get and by verify, and spares the others") {
  sample::folder const here;
  std::int64_t first{}, second{}, third{};
  {
    auto r = repository::open(here / "r.db");
    first = r.put(sample::artifact(1)), second = r.put(sample::artifact(2)), third = r.put(sample::artifact(3));
  }
  sql(here / "r.db",
      "UPDATE hone_content SET content = CAST(substr(content, 1, 600) || x'ff' || substr(content, 602)"
      " AS BLOB) WHERE artifact_id = 1");
  sql(here / "r.db", "UPDATE hone_metrics SET accuracy = 1 WHERE artifact_id = 2");
  auto const r = repository::open(here / "r.db");
  CHECK_THROWS_WITH(r.get(first), Contains("is damaged") && Contains("r.db, artifact 1"));
  CHECK_THROWS_WITH(r.get(second), Contains("disagree"));
  CHECK(bytes_of(r.get(third)) == bytes_of(sample::artifact(3)));
  CHECK(r.verify().size() == 2);

  sql(here / "r.db", "DELETE FROM hone_model");
  CHECK(repository::open(here / "r.db").verify().size() > 3);
}

TEST_CASE("a file with damaged pages gives an error or findings, never a wrong artifact") {
  sample::folder const here;
  {
    auto r = repository::open(here / "r.db");
    for (std::uint64_t i = 1; i <= 10; ++i) r.put(sample::artifact(i));
  }
  std::ifstream file(here / "r.db", std::ios::binary);
  std::string const whole{std::istreambuf_iterator<char>(file), {}};
  std::mt19937 random(5);
  int noticed = 0;
  for (int round = 0; round < 60; ++round) {
    auto damaged = whole;
    for (int i = 0; i < 8; ++i)
      damaged[100 + random() % (damaged.size() - 100)] ^= static_cast<char>(1 + random() % 255);
    std::ofstream(here / "d.db", std::ios::binary) << damaged;
    try {
      auto const r = repository::open(here / "d.db", mode::immutable);
      noticed += !r.verify().empty();
      for (auto const& x : r.list()) {
        auto const a = r.get(x.id);
        CHECK(static_cast<hone::artifact_info const&>(a) == sample::info());
      }
    } catch (hone::error const&) {
      ++noticed;
    }
  }
  CHECK(noticed > 50);
}

TEST_CASE("opened to read, nothing is written") {
  sample::folder const here;
  { repository::open(here / "r.db").put(sample::artifact()); }
  auto r = repository::open(here / "r.db", mode::read);
  CHECK_THROWS_WITH(r.put(sample::artifact(2)), Contains("cannot store the artifact") && Contains("opened to read"));
  CHECK_THROWS_WITH(r.remove(1), Contains("cannot remove the artifact"));
  CHECK(r.list().size() == 1);
}

TEST_CASE("a program that keeps the file locked is waited for, and then named as the reason") {
  sample::folder const here;
  auto r = repository::open(here / "r.db", mode::create, std::chrono::milliseconds(30));
  sqlite3* db{};
  REQUIRE(sqlite3_open((here / "r.db").c_str(), &db) == SQLITE_OK);
  REQUIRE(sqlite3_exec(db, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
  CHECK_THROWS_WITH(r.put(sample::artifact()), Contains("another program keeps it locked"));
  CHECK(r.list().empty());
  sqlite3_exec(db, "ROLLBACK", nullptr, nullptr, nullptr);
  CHECK(r.put(sample::artifact()) == 1);
  sqlite3_close(db);
}

TEST_CASE("folders and files that may not be written") {
  sample::folder const here;
  { repository::open(here / "r.db").put(sample::artifact()); }
  std::filesystem::permissions(here / "r.db", std::filesystem::perms(0444));
  std::filesystem::permissions(here.string(), std::filesystem::perms(0555));
  auto const attempt = [&here](char const* name, mode how) {
    return sample::in_child([&] {
      if (!sample::drop_privileges()) return std::string("privileges");
      return std::to_string(repository::open(here / name, how).list().size());
    });
  };
  CHECK_THAT(attempt("new.db", mode::create), Contains("folder may not be written"));
  CHECK_THAT(attempt("r.db", mode::create), Contains("file may not be written"));
  CHECK_THAT(attempt("r.db", mode::write), Contains("file may not be written"));
  CHECK_THAT(attempt("r.db", mode::read), Contains("mode::immutable"));
  CHECK(attempt("r.db", mode::immutable) == "1");
  std::filesystem::permissions(here / "r.db", std::filesystem::perms(0));
  CHECK_THAT(attempt("r.db", mode::read), Contains("may not be read"));
  std::filesystem::permissions(here.string(), std::filesystem::perms(0755));
}

TEST_CASE("names with letters that mean something in addresses") {
  sample::folder const here;
  auto const name = here / "a?b#c%20 ü.db";
  { repository::open(name).put(sample::artifact()); }
  CHECK(repository::open(name, mode::immutable).list().size() == 1);
  CHECK(repository::open("/" + name, mode::immutable).list().size() == 1);
  CHECK(std::filesystem::exists(name));
}

TEST_CASE("a disk that is full loses nothing") {
  sample::folder const here;
  auto const path = here / "r.db";
  auto const text = sample::in_child([&] {
    auto r = repository::open(path);
    r.put(sample::artifact(1));
    sample::limit_files(300'000);
    for (std::uint64_t i = 2; i < 1000; ++i) {
      try {
        r.put(sample::artifact(i));
      } catch (hone::error const& e) {
        auto const wrong = r.verify();
        return std::to_string(r.list().size()) + (wrong.empty() ? " whole, " : wrong[0]) + e.what();
      }
    }
    return std::string("never full");
  });
  INFO(text);
  CHECK_THAT(text, Contains("cannot store the artifact") && Contains("whole") && Contains("disk"));
  auto r = repository::open(path);
  CHECK(r.verify().empty());
  CHECK(std::to_string(r.list().size()) == text.substr(0, text.find(' ')));
  CHECK(r.put(sample::artifact(5000)) > 1);
}

TEST_CASE("a small file system that is full loses nothing") {
  sample::folder const here;
  sample::small_file_system const disk(here.string(), "size=1m");
  if (!disk.mounted()) return;  // only root may mount
  auto r = repository::open(here / "r.db");
  std::size_t stored = 0;
  std::string reason;
  for (std::uint64_t i = 1; i < 1000 && reason.empty(); ++i) {
    try {
      r.put(sample::artifact(i));
      ++stored;
    } catch (hone::error const& e) {
      reason = e.what();
    }
  }
  CHECK_THAT(reason, Contains("the disk is full") && Contains("free space"));
  CHECK(stored > 0);
  CHECK(r.list().size() == stored);
  CHECK(r.verify().empty());
}

TEST_CASE("programs that make and fill a repository at once lose nothing") {
  sample::folder const here;
  constexpr std::uint64_t programs = 4, each = 15;
  std::vector<pid_t> children;
  for (std::uint64_t p = 0; p < programs; ++p) {
    children.push_back(::fork());
    if (children.back() != 0) continue;
    int failed = 0;
    try {
      auto r = repository::open(here / "r.db");
      for (std::uint64_t i = 0; i < each; ++i) r.put(sample::artifact(p * each + i));
    } catch (std::exception const&) {
      failed = 1;
    }
    ::_exit(failed);
  }
  for (pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(status == 0);
  }
  auto r = repository::open(here / "r.db");
  CHECK(r.list().size() == programs * each);
  CHECK(r.verify().empty());
  for (std::uint64_t i = 0; i < programs * each; ++i) r.put(sample::artifact(i));
  CHECK(r.list().size() == programs * each);
}
