#include <hone/store/repository.hpp>

#include <filesystem>

#include "catch2.hpp"
#include "sample.hpp"

TEST_CASE("the functions as an extension that SQLite loads") {
  auto const extension = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "store_sql_extension.so";
  sqlite3* db{};
  REQUIRE(sqlite3_open(":memory:", &db) == SQLITE_OK);
  sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 1, nullptr);
  char* error{};
  int const code = sqlite3_load_extension(db, extension.c_str(), nullptr, &error);
  INFO((error == nullptr ? "" : error));
  REQUIRE(code == SQLITE_OK);
  {
    hone::store::detail::connection const c{db, "\"main\"", "memory"};
    hone::store::detail::make_repository(c, std::chrono::milliseconds(0));
    hone::store::repository::on(db).put(sample::artifact(1, sample::info(1)));
    hone::store::detail::statement s(c, "cannot ask", "SELECT hone_predict('digits', x'0000ff')");
    REQUIRE(s.step());
    CHECK((s.integer(0) >= 0 && s.integer(0) < 3));
    hone::store::detail::statement wrong(c, "cannot ask", "SELECT hone_predict('digits', x'00')");
    CHECK_THROWS_WITH(wrong.step(), Contains("the blob has 1 bytes, the network takes 3 numbers"));
  }
  CHECK(sqlite3_close(db) == SQLITE_OK);
}
