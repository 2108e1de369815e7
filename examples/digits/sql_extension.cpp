// The digits network as functions of SQL: an extension that SQLite loads, of the same compiled engines as the program.
//   sqlite3 digits.hone.db
//   sqlite> .load build/release/examples/digits_sql
//   sqlite> SELECT id, hone_predict('digits', pixels) FROM images;
#include <sqlite3ext.h>
SQLITE_EXTENSION_INIT1
#include "model.hpp"

#include <hone/store/sql.hpp>

extern "C" [[gnu::visibility("default")]] int sqlite3_extension_init(sqlite3* db, char** error,
                                                                     sqlite3_api_routines const* api) {
  SQLITE_EXTENSION_INIT2(api)
  using namespace digits;
  return hone::store::register_functions<engine<network>, engine<network_bf16>, engine<network_int8>>(db, error);
}
