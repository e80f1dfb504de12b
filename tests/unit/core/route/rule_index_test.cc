#include "core/route/rule_index.h"

#include <string>

#include <doctest/doctest.h>

namespace pbx::route {
namespace {

using Rules = std::vector<std::uint32_t>;

Rules found(const RuleIndex& index, std::string_view number) {
  RuleIndex::Lists lists;
  index.find(number, lists);
  std::size_t left = 0;
  for (const auto& list : lists.items()) left += list.size();
  Rules rules;
  for (; left > 0; --left) rules.push_back(take_first(lists.items()));
  return rules;
}

}  // namespace

TEST_CASE("rules whose literal begins the number are found in their order") {
  RuleIndex index;
  const char* const literals[] = {"+7495", "", "+7", "+7495", "+74", "*21#", "alice", "8"};
  for (std::uint32_t i = 0; i < std::size(literals); ++i) index.add(literals[i], i);
  struct Row {
    const char* number;
    Rules rules;
  };
  const Row rows[] = {
      {"+74957304487", {0, 1, 2, 3, 4, 6}},
      {"+7495", {0, 1, 2, 3, 4, 6}},
      {"+749", {1, 2, 4, 6}},
      {"+1", {1, 6}},
      {"", {1, 6}},
      {"*21#", {1, 5, 6}},
      {"alice", {1, 6}},  // no letter leads on: such a rule is always looked at
      {"8a", {1, 6, 7}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.number);
    CHECK(found(index, row.number) == row.rules);
  }
}

TEST_CASE("literals are followed to a bounded depth, and longer ones are still found") {
  RuleIndex index;
  const std::string longest(RuleIndex::kDepthMax, '5');
  index.add(longest, 0);
  index.add(longest + "123", 1);
  CHECK(found(index, longest) == Rules{0, 1});
  CHECK(found(index, longest + "999") == Rules{0, 1});
  CHECK(found(index, longest.substr(1)).empty());
}

TEST_CASE("two full indexes fit into one answer") {
  RuleIndex first, second;
  for (std::uint32_t i = 0; i <= RuleIndex::kDepthMax; ++i) {
    first.add(std::string(i, '1'), 2 * i);
    second.add(std::string(i, '2'), 2 * i + 1);
  }
  RuleIndex::Lists lists;
  first.find(std::string(100, '1'), lists);
  second.find(std::string(100, '2'), lists);
  CHECK(lists.items().size() == 2 * (RuleIndex::kDepthMax + 1));
  for (std::uint32_t i = 0; i < 2 * (RuleIndex::kDepthMax + 1); ++i)
    CHECK(take_first(lists.items()) == i);
}

}  // namespace pbx::route
