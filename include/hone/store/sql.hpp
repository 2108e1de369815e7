#pragma once
#include <hone/store/detail/session.hpp>

namespace hone::inline HONE_ABI::store {

// SQL functions over the plans of compiled engines:
//
//   hone_predict(model, input)  the number of the largest output: the class. NULL for a NULL input
//   hone_scores(model, input)   all outputs, as a JSON array
//   hone_open(file)             takes artifacts from this repository instead of the connection's own; returns the file
//   hone_open(file, immutable)  immutable not 0: the same for a file that nobody writes to, as on read-only media
//   hone_models()               what the repository has, as a JSON array; "runnable": an engine here has that plan
//   hone_explain(model)         why which artifact serves, a line for each
//
// `input` is a blob of 32-bit floats or of bytes (0 to 255), or a text of numbers with commas between; its order is rows,
// columns, channels. The repository is the first of main and the attached databases that is one, or that of hone_open.
// Which artifact serves a model is decided at its first use and kept until hone_open: one choice a connection.
//
// A loadable extension is one source file:
//
//   #include <sqlite3ext.h>
//   SQLITE_EXTENSION_INIT1
//   #include <hone/engine.hpp>
//   #include <hone/store/sql.hpp>
//
//   extern "C" int sqlite3_extension_init(sqlite3* db, char** error, sqlite3_api_routines const* api) {
//     SQLITE_EXTENSION_INIT2(api)
//     return hone::store::register_functions<hone::engine<digits, hone::hw::haswell>>(db, error);
//   }
//
// Errors of SQL's kind, with what, why, where and how to fix it; no exception leaves.

namespace detail {

inline void result(sqlite3_context* to, std::string const& text) {
  sqlite3_result_text64(to, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}
inline std::string text_of(sqlite3_value* v, char const* what) {
  auto const* const text = reinterpret_cast<char const*>(sqlite3_value_text(v));
  if (text == nullptr) raise("cannot call the function", message(what) << " is NULL", "first argument", "pass a text");
  return {text, static_cast<std::size_t>(sqlite3_value_bytes(v))};
}

inline std::string json(std::string_view text) {
  std::string quoted = "\"";
  for (char c : text) {
    char escaped[8];
    if (c == '"' || c == '\\')
      quoted += '\\', quoted += c;
    else if (static_cast<unsigned char>(c) < 0x20)
      std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(c)), quoted += escaped;
    else
      quoted += c;
  }
  return quoted + '"';
}
inline std::string json(double v) { return v - v == 0 ? number_text(v, "", 9) : "null"; }

// The functions; each may throw.
template <class Session>
struct functions {
  static void predict(Session& s, sqlite3_context* to, sqlite3_value** arguments) {
    auto const y = outputs(s, arguments);
    if (y.empty()) return sqlite3_result_null(to);
    sqlite3_result_int64(to, std::max_element(y.begin(), y.end()) - y.begin());
  }
  static void scores(Session& s, sqlite3_context* to, sqlite3_value** arguments) {
    auto const y = outputs(s, arguments);
    if (y.empty()) return sqlite3_result_null(to);
    std::string text;
    for (float v : y) text += joined(text.empty() ? "[" : ",", json(static_cast<double>(v)));
    result(to, text + ']');
  }
  static void open(Session& s, sqlite3_context* to, sqlite3_value** arguments) {
    s.open(text_of(arguments[0], "the file's name"), mode::read);
    sqlite3_result_value(to, arguments[0]);
  }
  static void open_immutable(Session& s, sqlite3_context* to, sqlite3_value** arguments) {
    bool const immutable = sqlite3_value_int(arguments[1]) != 0;
    s.open(text_of(arguments[0], "the file's name"), immutable ? mode::immutable : mode::read);
    sqlite3_result_value(to, arguments[0]);
  }
  static void models(Session& s, sqlite3_context* to, sqlite3_value**) {
    std::string text;
    for (record const& r : s.models())
      text += joined(text.empty() ? "[" : ",", "{\"id\":", r.id, ",\"model\":", json(r.model),
                     ",\"precision\":", json(name(r.precision)), ",\"plan\":", json(std::to_string(r.plan_id)),
                     ",\"hardware\":", json(r.made_for.name), ",\"isa\":", json(r.made_for.isa),
                     ",\"accuracy\":", json(r.figures.accuracy), ",\"latency_ns\":", json(r.figures.latency.value),
                     ",\"bytes\":", r.size, ",\"runnable\":", Session::runs(r) ? "true" : "false", "}");
    if (text.empty()) text = "[";
    result(to, text + ']');
  }
  static void explain(Session& s, sqlite3_context* to, sqlite3_value** arguments) {
    auto const d = s.ask(text_of(arguments[0], "the model's name"));
    std::string text = store::explain(d.considered);
    for (auto const& why : d.failed) text += joined("could not be loaded: ", why, "\n");
    result(to, text);
  }

 private:
  // Empty for a NULL input.
  static std::span<float const> outputs(Session& s, sqlite3_value** arguments) {
    network& net = s.serve(text_of(arguments[0], "the model's name"));
    if (sqlite3_value_type(arguments[1]) == SQLITE_NULL) return {};
    return s.run(net, arguments[1]);
  }
};

// What SQLite calls: Body, whose exceptions become SQL's errors.
template <class Session, auto Body>
void guarded(sqlite3_context* to, int, sqlite3_value** arguments) noexcept {
  try {
    Body(**static_cast<std::shared_ptr<Session>*>(sqlite3_user_data(to)), to, arguments);
  } catch (std::bad_alloc const&) {
    sqlite3_result_error_nomem(to);
  } catch (std::exception const& e) {
    sqlite3_result_error(to, e.what(), -1);
  } catch (...) {
    sqlite3_result_error(to, "an engine failed for an unknown reason", -1);
  }
}

// Registers Body under `name`; the function keeps the session alive.
template <class Session, auto Body>
int add_function(sqlite3* db, std::shared_ptr<Session> const& session, char const* name, int arguments, int flags = 0) {
  using shared = std::shared_ptr<Session>;
  auto const forget = [](void* s) { delete static_cast<shared*>(s); };
  return sqlite3_create_function_v2(
      db, name, arguments, SQLITE_UTF8 | flags, new shared(session), &guarded<Session, Body>, nullptr, nullptr, forget);
}

}  // namespace detail

// Registers the functions on a connection, which then belongs to one thread, as engines do. Returns SQLite's result code;
// `error`, where given, then points to a text of sqlite3_malloc's. Loads nothing yet.
template <deployable... Engines>
int register_functions(sqlite3* db, char** error = nullptr) noexcept {
  try {
    using session = detail::session<Engines...>;
    using does = detail::functions<session>;
    auto const shared = std::make_shared<session>(db);
    // Not from views and triggers, which may be of strangers: it opens files.
    int code = detail::add_function<session, &does::open>(db, shared, "hone_open", 1, SQLITE_DIRECTONLY);
    if (code == SQLITE_OK)
      code = detail::add_function<session, &does::open_immutable>(db, shared, "hone_open", 2, SQLITE_DIRECTONLY);
    if (code == SQLITE_OK) code = detail::add_function<session, &does::predict>(db, shared, "hone_predict", 2);
    if (code == SQLITE_OK) code = detail::add_function<session, &does::scores>(db, shared, "hone_scores", 2);
    if (code == SQLITE_OK) code = detail::add_function<session, &does::models>(db, shared, "hone_models", 0);
    if (code == SQLITE_OK) code = detail::add_function<session, &does::explain>(db, shared, "hone_explain", 1);
    if (code != SQLITE_OK && error != nullptr) *error = sqlite3_mprintf("%s", sqlite3_errmsg(db));
    return code;
  } catch (std::exception const& e) {
    if (error != nullptr) *error = sqlite3_mprintf("%s", e.what());
    return SQLITE_ERROR;
  }
}

}  // namespace hone::inline HONE_ABI::store
