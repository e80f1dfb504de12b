#include "tools/strowger/table.h"

#include <doctest/doctest.h>

namespace pbx::tools {
namespace {

TEST_CASE("columns are as wide as their widest cell, in letters and not in bytes") {
  Table table({"NAME", ">CALLS", "NOTE"});
  table.add({"Ольга", "7", "first"});
  table.add({"Al", "1200", ""});
  CHECK(table.text() ==
        "NAME   CALLS  NOTE\n"
        "Ольга      7  first\n"
        "Al      1200\n");
  CHECK(table.rows() == 2);
}

TEST_CASE("what a caller names himself cannot move the cursor") {
  Table table({"NAME"});
  table.add({"a\x1b[2Jb\n\x7f"});
  CHECK(table.text() == "NAME\na?[2Jb??\n");
}

TEST_CASE("durations and sizes") {
  CHECK(duration_text(-5) == "0:00");
  CHECK(duration_text(59) == "0:59");
  CHECK(duration_text(123) == "2:03");
  CHECK(duration_text(3723) == "1:02:03");
  CHECK(size_text(999) == "999 B");
  CHECK(size_text(960044) == "960 KB");
  CHECK(size_text(1250000) == "1.2 MB");
  CHECK(size_text(8000000000) == "8.0 GB");
}

}  // namespace
}  // namespace pbx::tools
