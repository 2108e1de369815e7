#pragma once
#include <hone/store/detail/schema.hpp>

#include <vector>

namespace hone::inline HONE_ABI::store {

// What a long computation has come to so far, entry by entry, in a repository's file: run again, it reads them and goes
// on. An entry that put() has returned for survives a crash of the program and a power cut. Entries have positions, which
// the computation gives, and are never changed. One writer at a time; any number of readers. Errors: hone::error.
class journal {
 public:
  struct entry {
    std::int64_t position{};
    std::string text{};
  };

  // The journal `name` in the repository at `path`; both are made where they are not there. `identity` stands for
  // everything that the entries depend on: raises where the journal was begun with another one.
  static journal open(std::string const& path, std::string const& name, std::uint64_t identity,
                      std::chrono::milliseconds patience = std::chrono::milliseconds(10'000)) {
    detail::check_path(path, mode::create);
    journal j(detail::open_file(path, mode::create));
    j.connection_ = {j.owned_.get(), "\"main\"", path};
    detail::configure(j.connection_, mode::create, patience);
    detail::recognise(j.connection_, mode::create, patience);
    j.begin(name, std::bit_cast<std::int64_t>(identity));
    return j;
  }

  // All entries, in order of their positions.
  std::vector<entry> entries() const {
    auto s = make("SELECT position, entry FROM $.hone_journal_entry WHERE journal_id = ?1 ORDER BY position");
    std::vector<entry> all;
    for (s.bind(id_); s.step();) all.push_back({s.integer(0), s.text(1)});
    return all;
  }
  // Raises where there is an entry at that position.
  void put(std::int64_t position, std::string const& text) {
    make("INSERT INTO $.hone_journal_entry VALUES (?1, ?2, ?3)").bind(id_, position, text).step();
  }

 private:
  static constexpr char const* what = "cannot use the journal";
  explicit journal(detail::owned_database db) : owned_(std::move(db)) {}
  detail::statement make(char const* sql) const { return {connection_, what, sql}; }

  void begin(std::string const& name, std::int64_t identity) {
    detail::transaction t(connection_, what);
    detail::execute(connection_, what, R"(
CREATE TABLE IF NOT EXISTS $.hone_journal (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, identity INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS $.hone_journal_entry (
  journal_id INTEGER NOT NULL REFERENCES hone_journal, position INTEGER NOT NULL, entry TEXT NOT NULL,
  PRIMARY KEY (journal_id, position)
) STRICT;
)");
    make("INSERT OR IGNORE INTO $.hone_journal (name, identity) VALUES (?1, ?2)").bind(name, identity).step();
    auto s = make("SELECT id, identity FROM $.hone_journal WHERE name = ?1");
    s.bind(name).step();
    id_ = s.integer(0);
    if (s.integer(1) != identity)
      raise(what, message() << "'" << name.c_str() << "' was begun by a computation with other inputs or options",
            connection_.where.c_str(), "run that one again, or take another name or file");
    t.commit();
  }

  detail::owned_database owned_;
  detail::connection connection_{};
  std::int64_t id_{};
};

}  // namespace hone::inline HONE_ABI::store
