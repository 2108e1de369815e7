#pragma once
#include <hone/core/error.hpp>

#include <bit>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include <sqlite3.h>

// The only place that calls SQLite's C functions for statements: connections, statements and transactions as values.
namespace hone::inline HONE_ABI::store::detail {

// What a result code of SQLite means for a repository: the reason, and what to do.
struct diagnosis {
  char const* why;
  char const* fix;
};
inline diagnosis diagnose(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL: return {"the disk is full", "free space; what was stored before is whole, nothing was added"};
    case SQLITE_IOERR:
      return {"the disk refused to read or write (a limit on file sizes, a full quota, a fault)",
              "check the disk; what was stored before is whole, nothing was added"};
    case SQLITE_READONLY:
      return {"the file or its folder may not be written, or it was opened to read",
              "change the permissions, and open it with mode::write"};
    case SQLITE_PERM:
    case SQLITE_AUTH: return {"it may not be accessed", "change the permissions"};
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return {"another program keeps it locked", "try again, or wait longer for it"};
    case SQLITE_NOTADB:
      return {"it is not a SQLite database", "name a repository of Hone, or a file that does not exist"};
    case SQLITE_CORRUPT:
      return {"the database is damaged", "restore it from a copy; `sqlite3 FILE .recover` saves rows"};
    case SQLITE_TOOBIG:
      return {"it is larger than SQLite's limit of about 1 GB", "keep it as a file, with store::save"};
    case SQLITE_NOMEM: return {"there is not enough memory", "free memory"};
    case SQLITE_CANTOPEN: return {"the file cannot be opened", "check the path; folders are not created"};
    default: return {"SQLite refused", "see the reason"};
  }
}

// Raises the last error of db.
[[noreturn]] inline void fail(sqlite3* db, char const* what, std::string const& where) {
  auto const [why, fix] = diagnose(sqlite3_errcode(db));
  raise(what, message(why) << " (" << sqlite3_errmsg(db) << ")", where.c_str(), fix);
}

// A connection and the schema of it (main, or an attached one, in SQL's quotes) that holds the repository, and its name in
// errors.
struct connection {
  sqlite3* db{};
  std::string schema{"\"main\""};
  std::string where{};

  [[noreturn]] void fail(char const* what) const { detail::fail(db, what, where); }
};

// A name in SQL's quotes.
inline std::string quoted(std::string_view name) {
  std::string text = "\"";
  for (char letter : name) text.append(letter == '"' ? 2 : 1, letter);
  return text + '"';
}

// `sql` with the schema's name for every $.
inline std::string in_schema(connection const& c, std::string_view sql) {
  std::string text;
  for (char letter : sql) letter == '$' ? text += c.schema : text += letter;
  return text;
}

// Executes statements that give no rows.
inline void execute(connection const& c, char const* what, std::string_view sql) {
  if (sqlite3_exec(c.db, in_schema(c, sql).c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) c.fail(what);
}

// A prepared statement, as a value.
class statement {
 public:
  statement(connection const& c, char const* what, std::string_view sql) : connection_(&c), what_(what) {
    sqlite3_stmt* s{};
    int const code = sqlite3_prepare_v2(c.db, in_schema(c, sql).c_str(), -1, &s, nullptr);
    handle_.reset(s);
    if (code != SQLITE_OK) c.fail(what_);
  }
  // Binds the parameters in order. Texts and blobs must stay until the last step.
  template <class... T>
  statement& bind(T const&... values) {
    int i = 0;
    (check(bind_one(++i, values)), ...);
    return *this;
  }
  // Goes on to the next row; false at the end.
  bool step() {
    int const code = sqlite3_step(handle_.get());
    if (code != SQLITE_ROW && code != SQLITE_DONE) connection_->fail(what_);
    return code == SQLITE_ROW;
  }
  std::int64_t integer(int column) const { return sqlite3_column_int64(handle_.get(), column); }
  double real(int column) const { return sqlite3_column_double(handle_.get(), column); }
  std::string text(int column) const {
    auto const* const t = reinterpret_cast<char const*>(sqlite3_column_text(handle_.get(), column));
    return {t == nullptr ? "" : t, static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
  }
  std::span<std::byte const> blob(int column) const {
    auto const* const b = static_cast<std::byte const*>(sqlite3_column_blob(handle_.get(), column));
    return {b, static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
  }
  void get(int column, std::string& v) const { v = text(column); }
  void get(int column, double& v) const { v = real(column); }
  template <class T>
  requires std::is_integral_v<T>
  void get(int column, T& v) const { v = static_cast<T>(integer(column)); }

 private:
  int bind_one(int i, std::string const& v) {
    return sqlite3_bind_text64(handle_.get(), i, v.data(), v.size(), SQLITE_STATIC, SQLITE_UTF8);
  }
  int bind_one(int i, std::span<std::byte const> v) {
    return sqlite3_bind_blob64(handle_.get(), i, v.data(), v.size(), SQLITE_STATIC);
  }
  int bind_one(int i, char const* v) { return sqlite3_bind_text(handle_.get(), i, v, -1, SQLITE_STATIC); }
  int bind_one(int i, std::nullptr_t) { return sqlite3_bind_null(handle_.get(), i); }
  int bind_one(int i, double v) { return sqlite3_bind_double(handle_.get(), i, v); }
  template <class T>
  requires std::is_integral_v<T>
  int bind_one(int i, T v) { return sqlite3_bind_int64(handle_.get(), i, static_cast<sqlite3_int64>(v)); }
  void check(int code) const {
    if (code != SQLITE_OK) connection_->fail(what_);
  }

  struct finalize {
    void operator()(sqlite3_stmt* s) const { sqlite3_finalize(s); }
  };
  connection const* connection_;
  char const* what_;
  std::unique_ptr<sqlite3_stmt, finalize> handle_;
};

inline std::int64_t number(connection const& c, char const* what, std::string_view sql) {
  statement s(c, what, sql);
  return s.step() ? s.integer(0) : 0;
}

// All or nothing: rolls back unless commit() was reached. Inside a transaction of the caller's it is a savepoint, and the
// caller's commit decides.
class transaction {
 public:
  transaction(connection const& c, char const* what)
      : connection_(c), what_(what), nested_(sqlite3_get_autocommit(c.db) == 0) {
    execute(c, what, nested_ ? "SAVEPOINT hone" : "BEGIN IMMEDIATE");
  }
  transaction(transaction const&) = delete;
  transaction& operator=(transaction const&) = delete;
  ~transaction() {
    // Grave errors have ended the transaction already; then there is nothing to undo.
    if (!done_ && sqlite3_get_autocommit(connection_.db) == 0)
      sqlite3_exec(connection_.db, nested_ ? "ROLLBACK TO hone; RELEASE hone" : "ROLLBACK", nullptr, nullptr, nullptr);
  }
  void commit() {
    execute(connection_, what_, nested_ ? "RELEASE hone" : "COMMIT");
    done_ = true;
  }

 private:
  connection const& connection_;
  char const* what_;
  bool nested_, done_{};
};

}  // namespace hone::inline HONE_ABI::store::detail
