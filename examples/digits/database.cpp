#include "database.hpp"

#include <hone/core/error.hpp>

#include <sqlite3.h>
#include <unistd.h>

namespace digits {
namespace {

// A connection to the repository's file, with the extension's functions.
class database {
 public:
  explicit database(std::string const& file) {
    if (sqlite3_open(file.c_str(), &db_) != SQLITE_OK) fail(file.c_str());
    sqlite3_busy_timeout(db_, 10'000);
    sqlite3_db_config(db_, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 1, nullptr);
    std::string const extension = sql_extension();
    char* why{};
    if (sqlite3_load_extension(db_, extension.c_str(), nullptr, &why) == SQLITE_OK) return;
    std::string const reason = why != nullptr ? why : sqlite3_errmsg(db_);
    sqlite3_free(why), sqlite3_close(db_);
    hone::raise(
        "cannot load the extension of SQLite", reason.c_str(), extension.c_str(), "build the target digits_sql");
  }
  database(database const&) = delete;
  database& operator=(database const&) = delete;
  ~database() { sqlite3_close(db_); }

  // Calls row(statement) for every row that it gives.
  template <class Row>
  void each(sqlite3_stmt* s, Row row) {
    int step;
    while ((step = sqlite3_step(s)) == SQLITE_ROW) row(s);
    if (step != SQLITE_DONE) fail(sqlite3_sql(s));
    sqlite3_reset(s);
  }
  sqlite3_stmt* prepare(char const* sql) {
    sqlite3_stmt* s{};
    if (sqlite3_prepare_v2(db_, sql, -1, &s, nullptr) != SQLITE_OK) fail(sql);
    return s;
  }
  void run(char const* sql) {
    if (sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) fail(sql);
  }

 private:
  [[noreturn]] void fail(char const* doing) {
    hone::raise(
        "cannot use the database", sqlite3_errmsg(db_), doing, "see the reason; other programs must not lock it");
  }
  sqlite3* db_{};
};

}  // namespace

std::string sql_extension() {
  char program[4096], here[4096];
  ssize_t const n = readlink("/proc/self/exe", program, sizeof program);
  std::string path(program, n > 0 ? static_cast<std::size_t>(n) : 0);
  path = path.substr(0, path.find_last_of('/') + 1) + "digits_sql";
  if (getcwd(here, sizeof here) == nullptr) return path;
  std::string const below = std::string(here) + '/';
  return path.rfind(below, 0) == 0 ? path.substr(below.size()) : path;
}

std::vector<int> answers_in_sql(std::string const& repository, std::span<float const> pixels,
                                std::span<std::int32_t const> labels) {
  database db(repository);
  db.run(
      "BEGIN IMMEDIATE; DROP TABLE IF EXISTS images;"
      "CREATE TABLE images (id INTEGER PRIMARY KEY, label INTEGER, pixels BLOB)");
  sqlite3_stmt* s = db.prepare("INSERT INTO images VALUES (?, ?, ?)");
  for (std::size_t i = 0; i < labels.size(); ++i) {
    sqlite3_bind_int64(s, 1, static_cast<sqlite3_int64>(i));
    sqlite3_bind_int(s, 2, labels[i]);
    sqlite3_bind_blob(s, 3, pixels.data() + i * 64, 64 * sizeof(float), SQLITE_STATIC);
    db.each(s, [](sqlite3_stmt*) {});
  }
  sqlite3_finalize(s);
  db.run("COMMIT");

  std::vector<int> answers;
  s = db.prepare((std::string(in_database) + " ORDER BY id").c_str());
  db.each(s, [&](sqlite3_stmt* row) { answers.push_back(sqlite3_column_int(row, 1)); });
  sqlite3_finalize(s);
  return answers;
}

}  // namespace digits
