#include "sip/redirect.h"

#include <doctest/doctest.h>

using namespace pbx::sip;

TEST_CASE("a list is cut at the commas between its values only") {
  CHECK(split_list("<sip:a,b;lr>, \"x, y\" <sip:c>,,d") ==
        std::vector<std::string>{"<sip:a,b;lr>", "\"x, y\" <sip:c>", "d"});
  CHECK(split_list("").empty());
  CHECK(split_list(std::string(1000, ',')).empty());
  CHECK(split_list("a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a").size() == kListMax);
}

TEST_CASE("q values in thousandths") {
  struct Row {
    const char* text;
    unsigned q;
  };
  for (const Row& row :
       {Row{"1", 1000}, Row{"1.0", 1000}, Row{"0", 0}, Row{"0.5", 500}, Row{"0.75", 750},
        Row{"0.125", 125}, Row{"0.1239", 123}, Row{"", 1000}, Row{"x", 1000}})
    CHECK(q_thousandths(row.text) == row.q);
}
