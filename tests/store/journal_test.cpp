#include <hone/store/journal.hpp>

#include <hone/store/repository.hpp>

#include "catch2.hpp"
#include "process.hpp"
#include "sample.hpp"

namespace store = hone::store;
using store::journal;

namespace {

std::string text_of(journal const& j) {
  std::string all;
  for (auto const& e : j.entries()) all += std::to_string(e.position) + "=" + e.text + ";";
  return all;
}

}  // namespace

TEST_CASE("a journal keeps its entries, in order, over programs") {
  sample::folder const folder;
  std::string const file = folder / "search.db";
  {
    journal j = journal::open(file, "digits", 7);
    CHECK(j.entries().empty());
    j.put(3, "three"), j.put(1, std::string("o\0ne", 4)), j.put(-1, "");
    CHECK_THROWS_WITH(j.put(3, "again"), Contains("cannot use the journal"));
  }
  journal const again = journal::open(file, "digits", 7);
  CHECK(text_of(again) == std::string("-1=;1=o\0ne;3=three;", 19));
}

TEST_CASE("journals of other names are apart; those of other inputs are refused") {
  sample::folder const folder;
  std::string const file = folder / "search.db";
  journal a = journal::open(file, "a", ~0ull), b = journal::open(file, "b", 1);
  a.put(0, "of a"), b.put(0, "of b");
  CHECK(text_of(a) == "0=of a;");
  CHECK(text_of(b) == "0=of b;");
  CHECK_NOTHROW(journal::open(file, "a", ~0ull));
  CHECK_THROWS_WITH(journal::open(file, "a", 1), Contains("'a' was begun by a computation with other inputs"));
}

TEST_CASE("a journal shares its file with artifacts") {
  sample::folder const folder;
  std::string const file = folder / "search.db";
  auto r = store::repository::open(file);
  journal j = journal::open(file, "a", 1);
  auto const id = r.put(sample::artifact());
  j.put(0, "x");
  CHECK(store::repository::open(file, store::mode::read).get(id).plan_id == sample::artifact().plan_id);
  CHECK(text_of(journal::open(file, "a", 1)) == "0=x;");
}

TEST_CASE("what put() has returned for survives a kill") {
  sample::folder const folder;
  std::string const file = folder / "search.db";
  for (int i = 0; i < 5; ++i)
    sample::in_child([&] {
      journal j = journal::open(file, "a", 1);
      j.put(i, std::to_string(i * i));
      ::kill(::getpid(), SIGKILL);
      return std::string();
    });
  CHECK(text_of(journal::open(file, "a", 1)) == "0=0;1=1;2=4;3=9;4=16;");
}

TEST_CASE("a journal's file is checked as a repository's is") {
  sample::folder const folder;
  CHECK_THROWS_WITH(journal::open(folder.string(), "a", 1), Contains("it is a folder"));
  CHECK_THROWS_WITH(journal::open(folder / "none/x.db", "a", 1), Contains("folder does not exist"));
}
