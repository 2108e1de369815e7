#pragma once
#include <hone/store/detail/sqlite.hpp>

#include <chrono>

#include <sys/stat.h>
#include <unistd.h>

// The tables of a repository, and how a database is recognised as one.
namespace hone::inline HONE_ABI::store {

// How a repository is opened. `immutable` is for files that nobody writes to, for example on read-only media: without
// any lock or journal. The others share a file with any number of programs.
enum class mode { read, write, create, immutable };

namespace detail {

inline constexpr char const* cannot_open = "cannot open the repository";

// $ stands for the schema. Numbers that have no sign in C++ are stored as the integer of the same bits.
inline constexpr char const* tables = R"(
CREATE TABLE $.hone_model (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE $.hone_hardware (
  id INTEGER PRIMARY KEY,
  device TEXT NOT NULL, name TEXT NOT NULL, isa TEXT NOT NULL,
  cache1_bytes REAL NOT NULL, cache2_bytes REAL NOT NULL, cache3_bytes REAL NOT NULL,
  memory_gb_s REAL NOT NULL, interconnect_gb_s REAL NOT NULL, cores INTEGER NOT NULL, clock_ghz REAL NOT NULL,
  UNIQUE (device, name, isa, cache1_bytes, cache2_bytes, cache3_bytes, memory_gb_s, interconnect_gb_s, cores, clock_ghz)
) STRICT;
CREATE TABLE $.hone_artifact (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  model_id INTEGER NOT NULL REFERENCES hone_model,
  hardware_id INTEGER NOT NULL REFERENCES hone_hardware,
  plan_id INTEGER NOT NULL, precision TEXT NOT NULL, bytes INTEGER NOT NULL, checksum INTEGER NOT NULL
) STRICT;
CREATE INDEX $.hone_artifact_model ON hone_artifact (model_id);
CREATE INDEX $.hone_artifact_identity ON hone_artifact (checksum, bytes);
CREATE TABLE $.hone_content (artifact_id INTEGER PRIMARY KEY REFERENCES hone_artifact, content BLOB NOT NULL) STRICT;
CREATE TABLE $.hone_metrics (
  artifact_id INTEGER PRIMARY KEY REFERENCES hone_artifact,
  accuracy_before REAL NOT NULL, accuracy REAL NOT NULL, latency_ns REAL NOT NULL, cold_latency_ns REAL NOT NULL,
  throughput_per_s REAL NOT NULL, traffic_bytes REAL NOT NULL, arena_bytes REAL NOT NULL, energy_pj REAL NOT NULL
) STRICT;
CREATE TABLE $.hone_provenance (
  artifact_id INTEGER PRIMARY KEY REFERENCES hone_artifact,
  seed INTEGER NOT NULL, data_set TEXT NOT NULL, data_hash INTEGER NOT NULL, library TEXT NOT NULL, time INTEGER NOT NULL
) STRICT;
PRAGMA $.application_id = 1215262309;
PRAGMA $.user_version = 1;
)";
inline constexpr std::int64_t application_id = 1215262309;  // "Hone"
inline constexpr std::int64_t schema_version = 1;

// True if the database is a repository of this version, false if it is empty; anything else is refused.
inline bool is_repository(connection const& c) {
  auto const application = number(c, cannot_open, "PRAGMA $.application_id");
  auto const version = number(c, cannot_open, "PRAGMA $.user_version");
  if (application == 0 && version == 0 && number(c, cannot_open, "SELECT count(*) FROM $.sqlite_schema") == 0)
    return false;
  if (application != application_id)
    raise(cannot_open, message("it is a database of another program (application id ") << application << ")",
          c.where.c_str(), "name a repository of Hone, or a file that does not exist");
  if (version != schema_version)
    raise(cannot_open,
          message("it is a repository of version ") << version << ", this library reads version " << schema_version,
          c.where.c_str(), "use the library that made it, or copy its artifacts over as files");
  return true;
}

// Waits for other programs, which SQLite does not do by itself here.
inline void use_write_ahead_log(connection const& c, std::chrono::milliseconds patience) {
  auto const end = std::chrono::steady_clock::now() + patience;
  while (sqlite3_exec(c.db, "PRAGMA main.journal_mode = WAL", nullptr, nullptr, nullptr) != SQLITE_OK) {
    if ((sqlite3_errcode(c.db) & 0xff) != SQLITE_BUSY || std::chrono::steady_clock::now() > end) c.fail(cannot_open);
    sqlite3_sleep(5);
  }
}

// Makes the empty database a repository. Programs that do so at once all succeed.
inline void make_repository(connection const& c, std::chrono::milliseconds patience) {
  use_write_ahead_log(c, patience);
  transaction t(c, cannot_open);
  if (is_repository(c)) return;
  execute(c, cannot_open, tables);
  t.commit();
}

// SQLite says only "unable to open database file": the reasons that can be told apart.
inline void check_path(std::string const& path, mode how) {
  auto const refuse = [&path](char const* why, char const* fix) { raise(cannot_open, why, path.c_str(), fix); };
  if (path.empty()) refuse("its path is empty", "name a file");  // SQLite would make one that vanishes
  struct stat s {};
  bool const exists = ::stat(path.c_str(), &s) == 0;
  if (exists && S_ISDIR(s.st_mode)) refuse("it is a folder", "name a file in it");
  if (exists && !S_ISREG(s.st_mode)) refuse("it is not an ordinary file", "name a file");
  if (exists && ::access(path.c_str(), R_OK) != 0) refuse("the file may not be read", "change its permissions");
  bool const writes = how == mode::write || how == mode::create;
  if (path == ":memory:" || (exists && !writes)) return;
  if (!exists && how != mode::create) refuse("there is no such file", "check the path, or open it with mode::create");
  std::string const folder = path.substr(0, path.find_last_of('/') + 1) + ".";
  if (::access(folder.c_str(), F_OK) != 0) refuse("its folder does not exist", "create the folder first");
  if (exists && ::access(path.c_str(), W_OK) != 0)
    refuse("the file may not be written", "change its permissions, or open it to read");
  if (::access(folder.c_str(), W_OK) != 0)
    refuse("its folder may not be written", "change its permissions, or use another folder");
}

struct close_database {
  void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
};
using owned_database = std::unique_ptr<sqlite3, close_database>;

inline owned_database open_file(std::string const& path, mode how) {
  std::string name = path;
  int flags = how == mode::create  ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
              : how == mode::write ? SQLITE_OPEN_READWRITE
                                   : SQLITE_OPEN_READONLY;
  if (how == mode::immutable) {
    flags |= SQLITE_OPEN_URI;
    name = path[0] == '/' ? "file://" : "file:";  // an address's path may begin with two slashes only behind a host
    for (char c : path) {
      if (c == '%' || c == '?' || c == '#')
        name += c == '%' ? "%25" : c == '?' ? "%3f" : "%23";
      else
        name += c;
    }
    name += "?immutable=1";
  }
  sqlite3* db{};
  int const code = sqlite3_open_v2(name.c_str(), &db, flags, nullptr);
  owned_database owned(db);
  if (db == nullptr) raise(cannot_open, "there is not enough memory", path.c_str(), "free memory");
  if (code != SQLITE_OK) fail(db, cannot_open, path);
  return owned;
}

// A reader needs the index of the write-ahead log beside the file, or may create it.
inline void check_log(connection const& c, mode how) {
  int const code = sqlite3_exec(c.db, "SELECT 1 FROM sqlite_schema", nullptr, nullptr, nullptr) & 0xff;
  if (how == mode::read && (code == SQLITE_CANTOPEN || code == SQLITE_READONLY))
    raise(cannot_open, "its folder may not be written, and readers keep a lock file there", c.where.c_str(),
          "change the permissions, or open it with mode::immutable if nobody writes to it");
}

// How we treat a file that may come from anywhere: nothing in it runs code, and what we write survives a power cut.
inline void configure(connection const& c, mode how, std::chrono::milliseconds patience) {
  sqlite3_extended_result_codes(c.db, 1);
  sqlite3_busy_timeout(c.db, static_cast<int>(patience.count()));
  sqlite3_db_config(c.db, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(c.db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(c.db, SQLITE_DBCONFIG_ENABLE_FKEY, 1, nullptr);
  check_log(c, how);
  execute(c, cannot_open, "PRAGMA synchronous = FULL");
}

// Refuses what is no repository; in mode `create` an empty database becomes one.
inline void recognise(connection const& c, mode how, std::chrono::milliseconds patience) {
  if (is_repository(c)) return;
  if (how != mode::create)
    raise(cannot_open, "the database is empty", c.where.c_str(), "open it with mode::create to make it a repository");
  make_repository(c, patience);
}

}  // namespace detail

}  // namespace hone::inline HONE_ABI::store
