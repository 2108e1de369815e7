#include <rapidcheck.h>
#include <hone/run/selection.hpp>

#include "catch2.hpp"

namespace {

using namespace hone;

TEST_CASE("a selection is written and read back") {
  CHECK(to_text({{{0, 5, 1, 0}, {5, 9, 0, 0}}}) == "0-5:1 5-9:0");
  CHECK(rc::check([] {
    selection s;
    int at = 0;
    for (int n : *rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(rc::gen::inRange(1, 100)))) {
      s.groups.push_back(
          {static_cast<std::int16_t>(at), static_cast<std::int16_t>(at + n), static_cast<std::int16_t>(n % 12), 0});
      at += n;
    }
    selection const back = selection_from(to_text(s));
    RC_ASSERT(back.groups.size() == s.groups.size());
    for (std::size_t g = 0; g < s.groups.size(); ++g) {
      RC_ASSERT(back.groups[g].first == s.groups[g].first);
      RC_ASSERT(back.groups[g].last == s.groups[g].last);
      RC_ASSERT(back.groups[g].chosen == s.groups[g].chosen);
    }
  }));
}

TEST_CASE("a text that is no selection is refused with the text") {
  for (char const* text : {"", " ", "0", "0-", "0-5", "0-5:", "0-5:1 ", "0-5:1  5-9:0", "0-5:x", "0:5-1", "0-5:1,5-9:0",
                           "-1-5:0", "0-5:-1", "0-99999:1", "0-5:1 5-9", "0-5:1\n", "selection"}) {
    CAPTURE(text);
    try {
      selection_from(text);
      FAIL("it was accepted");
    } catch (error const& e) {
      CHECK_THAT(std::string(e.parts().why), Contains(text));
      CHECK_THAT(std::string(e.parts().fix), Contains("0-5:1 5-9:0"));
    }
  }
  CHECK_THROWS_AS(selection_from(std::string(100'000, '7')), error);
}

}  // namespace
