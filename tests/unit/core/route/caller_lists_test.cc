#include "core/route/caller_lists.h"

#include "section_samples.h"

namespace pbx::route {
namespace {

using Names = std::vector<std::string_view>;

struct Made {
  CallerLists lists;
  std::string flaws;
};

Made made(const std::string& text, const std::string& csv = "") {
  const auto config = testing::config_of(text);
  std::vector<core::Flaw> flaws;
  const auto read = [&](const std::filesystem::path& file) -> core::Result<std::string> {
    if (file == "a.csv") return csv;
    return core::fail(core::ErrorCode::kNotFound, "is not there");
  };
  auto lists = CallerLists::make(*config, *number::NumberPlan::open({}), read, flaws);
  return {std::move(lists), testing::text_of(flaws)};
}

}  // namespace

TEST_CASE("numbers in any writing, names and patterns are found") {
  const Made all = made(
      "caller_lists:\n"
      "  vip: {numbers: ['8 (910) 403-22-12', '+4930901820', reception]}\n"
      "  moscow: {numbers: ['+7495!', '/\\+7499\\d{7}/']}\n"
      "  all: {numbers: ['!']}\n"
      "  none: \n");
  REQUIRE(all.flaws.empty());
  CHECK(all.lists.lists_of("+79104032212") == Names{"all", "vip"});
  CHECK(all.lists.lists_of("+4930901820") == Names{"all", "vip"});
  CHECK(all.lists.lists_of("reception") == Names{"all", "vip"});
  CHECK(all.lists.lists_of("+74957304487") == Names{"all", "moscow"});
  CHECK(all.lists.lists_of("+74997304487") == Names{"all", "moscow"});
  CHECK(all.lists.lists_of("+7910403221") == Names{"all"});
  CHECK(all.lists.lists_of("").empty());
}

TEST_CASE("a list is told once, however often the number is on it") {
  const Made twice = made("caller_lists: {a: {numbers: ['+74957304487', '+7495!'], file: a.csv}}\n",
                          "number\n84957304487\n");
  CHECK(twice.lists.lists_of("+74957304487") == Names{"a"});
}

TEST_CASE("a file adds its numbers, whatever its other columns hold") {
  const Made read = made("caller_lists: {a: {file: a.csv}}\n",
                         "name;number\nExample;8(910)4032212\n# left\nOther;+4930901820\n");
  REQUIRE(read.flaws.empty());
  CHECK(read.lists.lists_of("+79104032212") == Names{"a"});
  CHECK(read.lists.lists_of("+4930901820") == Names{"a"});
}

TEST_CASE("what is wrong is told with its place") {
  CHECK(made("caller_lists: {a: {numbers: ['112', '1.X']}}\n")
            .flaws.starts_with("caller_lists.a.numbers[1]: character 3"));
  CHECK(made("caller_lists: {a: {file: b.csv}}\n").flaws ==
        "caller_lists.a.file: b.csv is not there\n");
  CHECK(made("caller_lists: {a: {file: a.csv}}\n", "name\nExample\n").flaws ==
        "caller_lists.a.file: a.csv:1:1: the first line names no column `number`\n");
  CHECK(made("caller_lists: {a: {file: a.csv}}\n", "number\n+7495!\n\n+74957304487\n").flaws ==
        "caller_lists.a.file: a.csv:2:1: `+7495!` is no number; patterns belong into `numbers`\n");
}

}  // namespace pbx::route
