#pragma once
#include <hone/store/deploy.hpp>
#include <hone/store/detail/pixels.hpp>

#include <functional>

namespace hone::inline HONE_ABI::store::detail {

// What the functions of one connection share.
template <deployable... Engines>
class session {
 public:
  explicit session(sqlite3* db) : db_(db) {}

  network& serve(std::string_view model) {
    auto const chosen = chosen_.find(model);
    if (chosen != chosen_.end()) return *chosen->second;
    network& net = ask(model).network;
    chosen_.emplace(model, &net);
    return net;
  }
  deployed ask(std::string_view model) {
    request r{};
    r.model = model;
    return source().serve(std::move(r));
  }
  void open(std::string const& file, mode how) {
    auto opened = repository::open(file, how);
    chosen_.clear();
    source_.emplace(std::move(opened));
  }
  std::vector<record> models() { return source().repository().list(); }
  static bool runs(record const& r) { return ((Engines::plan_id == r.plan_id) || ...); }

  // The network's outputs for an input of SQL.
  std::span<float const> run(network& net, sqlite3_value* input) {
    input_.resize(net.inputs());
    read_input(input, input_);
    return net(input_);
  }

 private:
  deployment<Engines...>& source() {
    if (!source_) source_.emplace(find_repository(db_));
    return *source_;
  }
  static repository find_repository(sqlite3* db) {
    constexpr char const* what = "cannot find a repository";
    connection const any{db, detail::quoted("main"), "SQL functions of Hone"};
    statement databases(any, what, "PRAGMA database_list");
    while (databases.step()) {
      auto const schema = databases.text(1);
      connection const c{db, detail::quoted(schema), schema};
      if (number(c, what, "PRAGMA $.application_id") == application_id) return repository::on(db, schema);
    }
    raise(what, "neither this database nor an attached one is one", any.where.c_str(),
          "ATTACH one, or SELECT hone_open('file')");
  }

  sqlite3* db_;
  std::optional<deployment<Engines...>> source_;
  std::map<std::string, network*, std::less<>> chosen_;
  std::vector<float> input_;
};

}  // namespace hone::inline HONE_ABI::store::detail
