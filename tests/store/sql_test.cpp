#include <hone/store/sql.hpp>

#include "catch2.hpp"
#include "engines.hpp"
#include "process.hpp"
#include "sample.hpp"

namespace store = hone::store;
using sample::engine;

namespace {

// A connection with the functions of two engines.
class session {
 public:
  explicit session(std::string const& path = ":memory:") {
    REQUIRE(sqlite3_open(path.c_str(), &db_) == SQLITE_OK);
    REQUIRE(store::register_functions<engine<1>, engine<2, -1>>(db_) == SQLITE_OK);
  }
  session(session const&) = delete;
  ~session() { CHECK(sqlite3_close(db_) == SQLITE_OK); }

  // The rows of a query, cells with | and rows with / between; or "error: ...".
  std::string operator()(std::string const& sql) {
    std::string text;
    sqlite3_stmt* s{};
    if (sqlite3_prepare_v2(db_, sql.c_str(), -1, &s, nullptr) != SQLITE_OK)
      return std::string("error: ") + sqlite3_errmsg(db_);
    while (sqlite3_step(s) == SQLITE_ROW) {
      if (!text.empty()) text += '/';
      for (int c = 0; c < sqlite3_column_count(s); ++c) {
        auto const* cell = reinterpret_cast<char const*>(sqlite3_column_text(s, c));
        text.append(c != 0 ? "|" : "").append(cell == nullptr ? "NULL" : cell);
      }
    }
    if (sqlite3_finalize(s) != SQLITE_OK) return std::string("error: ") + sqlite3_errmsg(db_);
    return text;
  }

 private:
  sqlite3* db_{};
};

// y = 2 x + (10, 20, 30) for plan 1, -x + (10, 20, 30) for plan 2.
hone::artifact artifact(std::uint64_t plan, char const* model, double latency = 100) {
  auto i = sample::info(plan, model);
  i.figures.latency = {latency};
  auto a = sample::artifact(plan, i);
  auto const bias = a.weights.find("dense_1.bias")->values<std::int32_t>();
  for (std::size_t n = 0; n < 3; ++n) bias[n] = static_cast<std::int32_t>(10 * n + 10);
  return a;
}

void fill(std::string const& path) {
  auto r = store::repository::open(path);
  r.put(artifact(1, "digits"));
  r.put(artifact(2, "signs"));
  r.put(artifact(77, "unknown \"plan\""));
}

}  // namespace

TEST_CASE("classes and scores of a table of images, in the repository's own database") {
  sample::folder const here;
  fill(here / "r.db");
  session s(here / "r.db");
  CHECK(s("CREATE TABLE images (id INTEGER PRIMARY KEY, pixels)") == "");
  CHECK(s("INSERT INTO images (pixels) VALUES (x'0102ff'), (x'ff0000'), ('12, 8.5,3'), (NULL), ('[0,0,-1e1]')") == "");
  CHECK(s("SELECT id, hone_predict('digits', pixels) FROM images ORDER BY id") == "1|2/2|0/3|1/4|NULL/5|1");
  CHECK(s("SELECT hone_scores('digits', pixels) FROM images WHERE id IN (1, 3, 4)") == "[12,24,540]/[34,37,36]/NULL");
  CHECK(s("SELECT hone_scores('signs', pixels) FROM images WHERE id = 3") == "[-2,11.5,27]");
  CHECK(s("UPDATE images SET pixels = hone_predict('digits', pixels) WHERE id = 1") == "");
  CHECK(s("SELECT value FROM json_each(hone_scores('digits', x'010203')) LIMIT 1") == "12");
}

TEST_CASE("inputs as 32-bit floats") {
  sample::folder const here;
  fill(here / "r.db");
  session s(here / "r.db");
  CHECK(s("SELECT hone_scores('digits', x'0000803f000000c00000003f')") == "[12,16,31]");
  CHECK_THAT(
      s("SELECT hone_scores('digits', x'0000803f0000c0ff0000003f')"), Contains("number 2 is infinite or not a number"));
}

TEST_CASE("an attached repository, and one that was opened") {
  sample::folder const here;
  fill(here / "r.db");
  session s(here / "images.db");
  CHECK_THAT(s("SELECT hone_predict('digits', x'010203')"), Contains("ATTACH one"));
  CHECK(s("ATTACH '" + here / "r.db" + "' AS \"a \"\"store\"") == "");
  CHECK(s("SELECT hone_predict('digits', x'010203')") == "2");

  session t;
  CHECK_THAT(t("SELECT hone_open('" + here / "missing.db" + "')"), Contains("no such file"));
  CHECK(t("SELECT hone_open('" + here / "r.db" + "')") == here / "r.db");
  CHECK(t("SELECT hone_predict('digits', x'ff0203')") == "0");
  CHECK(t("SELECT hone_open('" + here / "r.db" + "', 1)") == here / "r.db");
  CHECK_THAT(t("SELECT hone_open('" + here / "images.db" + "')"), Contains("empty"));
  CHECK(t("SELECT hone_predict('digits', x'ff0203')") == "0");
  CHECK(t("CREATE VIEW v AS SELECT hone_open('x')") == "");
  CHECK_THAT(t("SELECT * FROM v"), Contains("unsafe"));
}

TEST_CASE("the choice is explained, and kept until hone_open") {
  sample::folder const here;
  fill(here / "r.db");
  session s;
  s("SELECT hone_open('" + here / "r.db" + "')");
  CHECK(s("SELECT hone_scores('digits', x'000000')") == "[10,20,30]");
  store::repository::open(here / "r.db").put(artifact(2, "digits", 50));
  CHECK(s("SELECT hone_scores('digits', x'010101')") == "[12,22,32]");
  CHECK_THAT(s("SELECT hone_explain('digits')"), Contains("artifact 4") && Contains("chosen"));
  s("SELECT hone_open('" + here / "r.db" + "')");
  CHECK(s("SELECT hone_scores('digits', x'010101')") == "[9,19,29]");
}

TEST_CASE("the models of the repository") {
  sample::folder const here;
  fill(here / "r.db");
  session s(here / "r.db");
  CHECK(s("SELECT value ->> 'id', value ->> 'model', value ->> 'plan', value ->> 'runnable' FROM "
          "json_each(hone_models())") == "1|digits|1|1/2|signs|2|1/3|unknown \"plan\"|77|0");
  CHECK(
      s("SELECT value ->> 'precision', value ->> 'isa', value ->> 'accuracy' FROM json_each(hone_models()) LIMIT 1") ==
      "int8|avx2|0.9861");
}

TEST_CASE("wrong calls are errors of SQL, which say what to do") {
  sample::folder const here;
  fill(here / "r.db");
  session s(here / "r.db");
  CHECK_THAT(s("SELECT hone_predict('kws', x'010203')"), Contains("no artifact of this model (model kws)"));
  CHECK_THAT(s("SELECT hone_predict('unknown \"plan\"', x'010203')"), Contains("no engine"));
  CHECK_THAT(s("SELECT hone_predict(NULL, x'010203')"), Contains("NULL"));
  CHECK_THAT(s("SELECT hone_predict('digits', x'01020304')"),
             Contains("4 bytes") && Contains("pass 3 bytes") && Contains("12 bytes"));
  CHECK_THAT(s("SELECT hone_predict('digits', x'')"), Contains("0 bytes"));
  CHECK_THAT(s("SELECT hone_predict('digits', 7)"), Contains("it is a number"));
  CHECK_THAT(s("SELECT hone_predict('digits', '')"), Contains("the text has 0 numbers"));
  CHECK_THAT(s("SELECT hone_predict('digits', '1,2')"), Contains("the text has 2 numbers, the network takes 3"));
  CHECK_THAT(s("SELECT hone_predict('digits', '1,2,3,4')"), Contains("the text has 4 numbers"));
  CHECK_THAT(s("SELECT hone_predict('digits', '1,two,3')"), Contains("number 2 of the text is none"));
  CHECK_THAT(s("SELECT hone_predict('digits', '1 2 3')"), Contains("comma is missing after number 1"));
  CHECK_THAT(s("SELECT hone_predict('digits', '1,2,3,')"), Contains("ends with a comma"));
  CHECK_THAT(s("SELECT hone_predict('digits', '1,,2,3')"), Contains("number 2 of the text is none"));
  CHECK_THAT(s("SELECT hone_predict('digits', '1,2,nan')"), Contains("not a number"));
  CHECK_THAT(s("SELECT hone_predict('digits', '1,2,1e99')"), Contains("number 3"));
  CHECK_THAT(s("SELECT hone_predict('digits')"), Contains("wrong number of arguments"));
  CHECK_THAT(s("SELECT hone_open(NULL)"), Contains("NULL"));
  CHECK(s("SELECT hone_predict('digits', x'010203')") == "2");
}

TEST_CASE("an artifact that is damaged gives an error of SQL") {
  sample::folder const here;
  fill(here / "r.db");
  session s(here / "r.db");
  CHECK(s("UPDATE hone_content SET content = x'00' WHERE artifact_id = 1") == "");
  CHECK_THAT(s("SELECT hone_predict('digits', x'010203')"), Contains("failed to load"));
  CHECK(s("SELECT hone_predict('signs', x'010203')") == "2");
}
