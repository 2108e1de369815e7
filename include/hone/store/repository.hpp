#pragma once
#include <hone/store/detail/schema.hpp>
#include <hone/store/detail/text.hpp>
#include <hone/store/format.hpp>
#include <hone/store/record.hpp>

namespace hone::inline HONE_ABI::store {

// A repository of artifacts in one SQLite file, which may hold tables of others, too: its own begin with hone_. Any number
// of programs may use the file at once; one object belongs to one thread. What put() has returned survives a crash of
// the program and a power cut, and whatever happens in between leaves whole artifacts only.
// Errors: hone::error, from every call; each says whether the file is foreign, of another version, locked, damaged, ...
class repository {
 public:
  using clock = std::chrono::milliseconds;

  // Opens the file at `path`; calls wait up to `patience` for other programs.
  static repository open(std::string const& path, mode how = mode::create, clock patience = clock(10'000)) {
    detail::check_path(path, how);
    repository r(detail::open_file(path, how));
    r.connection_ = {r.owned_.get(), "\"main\"", path};
    detail::configure(r.connection_, how, patience);
    detail::recognise(r.connection_, how, patience);
    return r;
  }
  // The repository in a database that the caller has open already, `schema` being main or an attached one's name.
  static repository on(sqlite3* db, std::string const& schema = "main") {
    repository r(nullptr);
    char const* const file = sqlite3_db_filename(db, schema.c_str());
    r.connection_ = {
        db, detail::quoted(schema), file == nullptr || *file == 0 ? detail::joined("database ", schema) : file};
    if (!detail::is_repository(r.connection_))
      raise(
          detail::cannot_open, "the database is empty", r.connection_.where.c_str(), "open it with mode::create first");
    return r;
  }

  // Stores a and returns its id; if an equal one is there already, returns that one's.
  std::int64_t put(artifact const& a) {
    buffer const stored = write(a);
    std::span<std::byte const> const bytes{stored.data(), stored.size()};
    auto const sum = checksum(bytes);
    detail::transaction t(connection_, storing);
    auto twin = make(storing,
                     "SELECT id FROM $.hone_artifact JOIN $.hone_content ON artifact_id = id"
                     " WHERE checksum = ?1 AND bytes = ?2 AND content = ?3");
    if (twin.bind(sum, bytes.size(), bytes).step()) return twin.integer(0);
    auto const id = insert(a, bytes, sum);
    t.commit();
    return id;
  }

  // The artifact of that id, checked against its checksums and its record.
  artifact get(std::int64_t id) const {
    auto content = make(reading, "SELECT content FROM $.hone_content WHERE artifact_id = ?1");
    auto const where = message(connection_.where.c_str()) << ", artifact " << id;
    bool const stored = content.bind(id).step();
    auto const found = records("a.id = ?1", id);
    if (!stored || found.empty())
      raise(reading, "there is no artifact of that id", where, "list the repository; it may have been removed");
    artifact a = read(content.blob(0), where.c_str());
    if (static_cast<artifact_info const&>(found[0]) != a)
      raise(reading, "its record and its content disagree: the tables were edited", where,
            "remove it and store it again");
    return a;
  }

  std::vector<record> find(query const& q = {}) const {
    return records(
        "(?1 = '' OR o.name = ?1) AND (?2 = 0 OR plan_id = ?2) AND (?3 = '' OR precision = ?3)"
        " AND (?4 = '' OR isa = ?4) AND accuracy >= ?5",
        q.model, q.plan_id, std::string(q.precision ? name(*q.precision) : ""), q.isa, q.accuracy);
  }
  std::vector<record> list() const { return find(); }

  // Forgets the artifact of that id; false if there is none.
  bool remove(std::int64_t id) {
    constexpr char const* what = "cannot remove the artifact";
    detail::transaction t(connection_, what);
    for (char const* table : {"content", "metrics", "provenance"})
      make(what, detail::joined("DELETE FROM $.hone_", table, " WHERE artifact_id = ?1")).bind(id).step();
    make(what, "DELETE FROM $.hone_artifact WHERE id = ?1").bind(id).step();
    bool const was_there = sqlite3_changes(connection_.db) != 0;
    for (char const* table : {"model", "hardware"})
      make(what, detail::joined(
                     "DELETE FROM $.hone_", table, " WHERE id NOT IN (SELECT ", table, "_id FROM $.hone_artifact)"))
          .step();
    t.commit();
    return was_there;
  }

  // Everything that is wrong, a line each: damage of the database, artifacts that cannot be read. Reads all of it.
  std::vector<std::string> verify() const {
    std::vector<std::string> wrong;
    auto const attempt = [&wrong](auto step) {
      try {
        step();
      } catch (error const& e) {
        wrong.emplace_back(e.what());
      }
    };
    attempt([&] {
      auto pages = make(reading, "PRAGMA $.integrity_check");
      while (pages.step())
        if (pages.text(0) != "ok") wrong.push_back(pages.text(0));
    });
    attempt([&] {
      auto keys = make(reading, "PRAGMA $.foreign_key_check");
      while (keys.step())
        wrong.push_back(
            detail::joined("a row of ", keys.text(0), " refers to a row of ", keys.text(2), " that is not there"));
    });
    attempt([&] {
      auto ids = make(reading, "SELECT id FROM $.hone_artifact ORDER BY id");
      while (ids.step()) attempt([&] { get(ids.integer(0)); });
    });
    return wrong;
  }

  // The file, for messages.
  std::string const& where() const { return connection_.where; }

 private:
  static constexpr char const* storing = "cannot store the artifact";
  static constexpr char const* reading = "cannot read the repository";

  explicit repository(detail::owned_database owned) : owned_(std::move(owned)) {}

  detail::statement make(char const* what, std::string_view sql) const { return {connection_, what, sql}; }

  // The columns after `precision` are in the order of for_each_field.
  template <class... T>
  std::vector<record> records(char const* condition, T const&... values) const {
    constexpr char const* select =
        "SELECT a.id, bytes, precision, plan_id, o.name, device, h.name, isa, cache1_bytes, cache2_bytes, cache3_bytes,"
        " memory_gb_s, interconnect_gb_s, cores, clock_ghz, accuracy_before, accuracy, latency_ns, cold_latency_ns,"
        " throughput_per_s, traffic_bytes, arena_bytes, energy_pj, seed, data_set, data_hash, library, time"
        " FROM $.hone_artifact a JOIN $.hone_model o ON o.id = model_id JOIN $.hone_hardware h ON h.id = hardware_id"
        " JOIN $.hone_metrics m ON m.artifact_id = a.id JOIN $.hone_provenance p ON p.artifact_id = a.id WHERE ";
    auto rows = make(reading, detail::joined(select, condition, " ORDER BY a.id"));
    rows.bind(values...);
    std::vector<record> all;
    while (rows.step()) {
      record& r = all.emplace_back();
      r.id = rows.integer(0), r.size = static_cast<std::size_t>(rows.integer(1));
      r.precision = precision_of(rows.text(2));
      int column = 3;
      detail::for_each_field(r, [&](auto& v) { rows.get(column++, v); });
    }
    return all;
  }
  dtype precision_of(std::string const& text) const {
    for (dtype t : {dtype::f32, dtype::bf16, dtype::i8})
      if (text == name(t)) return t;
    raise(reading, message("there is no precision ") << text.c_str(), connection_.where.c_str(),
          "the tables were edited: restore the file from a copy");
  }

  // The id of the row of `table` that holds these values, which becomes one if it is none.
  template <class... T>
  std::int64_t row_of(char const* table, char const* columns, T const&... values) {
    std::string places = "?1";
    for (std::size_t i = 2; i <= sizeof...(T); ++i) places += detail::joined(", ?", i);
    make(storing, detail::joined("INSERT OR IGNORE INTO $.", table, " (", columns, ") VALUES (", places, ")"))
        .bind(values...)
        .step();
    auto row = make(storing, detail::joined("SELECT id FROM $.", table, " WHERE (", columns, ") = (", places, ")"));
    row.bind(values...).step();
    return row.integer(0);
  }
  std::int64_t insert(artifact_info const& a, std::span<std::byte const> bytes, std::uint32_t sum) {
    auto const& h = a.made_for;
    auto const model = row_of("hone_model", "name", a.model);
    auto const hardware = row_of(
        "hone_hardware",
        "device, name, isa, cache1_bytes, cache2_bytes, cache3_bytes, memory_gb_s,"
        " interconnect_gb_s, cores, clock_ghz",
        h.device, h.name, h.isa, h.cache[0].value, h.cache[1].value, h.cache[2].value, h.memory_bandwidth.value,
        h.interconnect_bandwidth.value, h.cores, h.clock.value);
    make(storing, "INSERT INTO $.hone_artifact VALUES (NULL, ?1, ?2, ?3, ?4, ?5, ?6)")
        .bind(model, hardware, a.plan_id, name(a.precision), bytes.size(), sum)
        .step();
    auto const id = sqlite3_last_insert_rowid(connection_.db);
    auto const& m = a.figures;
    make(storing, "INSERT INTO $.hone_metrics VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")
        .bind(id, m.accuracy_before, m.accuracy, m.latency.value, m.cold_latency.value, m.throughput, m.traffic.value,
              m.arena.value, m.energy.value)
        .step();
    auto const& o = a.origin;
    make(storing, "INSERT INTO $.hone_provenance VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
        .bind(id, o.seed, o.data_set, o.data_hash, o.library, o.time)
        .step();
    make(storing, "INSERT INTO $.hone_content VALUES (?1, ?2)").bind(id, bytes).step();
    return id;
  }

  detail::owned_database owned_;  // null: the connection is the caller's
  detail::connection connection_;
};
static_assert(artifact_repository<repository>);

}  // namespace hone::inline HONE_ABI::store
