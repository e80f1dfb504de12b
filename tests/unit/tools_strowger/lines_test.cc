#include "tools/strowger/lines.h"

#include <doctest/doctest.h>

using namespace pbx;

TEST_CASE("texts stand one below the other, whatever letters the names have") {
  tools::Lines lines;
  CHECK(lines.text().empty());
  lines.add("a", "first");
  lines.add("ночь", "second");
  CHECK(lines.text() == "  a     first\n  ночь  second\n");
}

TEST_CASE("each rewrite rule that matched has a line") {
  number::NumberExplanation told;
  told.sets = {{"in", {{1, "9", "", number::AfterRule::kContinue}}}, {"out", {}}};
  tools::Lines lines;
  tools::add_steps(lines, told);
  CHECK(lines.text() == "  in   rule 2: 9 → nothing, continues\n  out  no rule matches\n");
}
