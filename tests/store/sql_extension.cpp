// A loadable extension of SQLite as a program of a user's would have it, for sql_extension_test.cpp.
#include <sqlite3ext.h>
SQLITE_EXTENSION_INIT1
#include <hone/store/sql.hpp>

#include "engines.hpp"

extern "C" [[gnu::visibility("default")]] int sqlite3_extension_init(sqlite3* db, char** error,
                                                                     sqlite3_api_routines const* api) {
  SQLITE_EXTENSION_INIT2(api)
  return hone::store::register_functions<sample::engine<1>>(db, error);
}
