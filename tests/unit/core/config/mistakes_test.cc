#include "core/config/mistakes.h"

#include <doctest/doctest.h>

using namespace pbx::config;

TEST_CASE("a message names the place, or the file alone") {
  CHECK(Mistake{"a.yaml", 3, 7, "wrong"}.message() == "a.yaml:3:7: wrong");
  CHECK(Mistake{"a.yaml", 0, 0, "wrong"}.message() == "a.yaml: wrong");
}

TEST_CASE("mistakes come in the order of the files") {
  Mistakes mistakes({"a", "b"});
  mistakes.add({1, 1, 1}, "fourth");
  mistakes.add({0, 9, 2}, "third");
  mistakes.add({0, 9, 1}, "second");
  mistakes.add({0, 0, 0}, "first");
  std::string order;
  for (const Mistake& mistake : std::move(mistakes).take()) order += mistake.text + " ";
  CHECK(order == "first second third fourth ");
}

TEST_CASE("the same mistake at the same place is told once") {
  Mistakes mistakes({"a"});
  for (int i = 0; i < 5; ++i) mistakes.add({0, 1, 1}, "no profile");
  mistakes.add({0, 2, 1}, "no profile");
  CHECK(std::move(mistakes).take().size() == 2);
}

TEST_CASE("beyond the bound the first are told and the others counted") {
  Mistakes mistakes({"a"});
  for (int line = 5000; line > 0; --line) mistakes.add({0, line, 1}, "wrong");
  const auto told = std::move(mistakes).take();
  REQUIRE(told.size() == kMistakesMax + 1);
  CHECK(told.back().text == "4800 more mistakes are not listed");
}
