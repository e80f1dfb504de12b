#include "core/config/merge.h"

#include <doctest/doctest.h>

#include "core/config/yaml.h"
#include "support.h"

using namespace pbx::config;

namespace {

struct Merged {
  Node root;
  std::vector<Mistake> mistakes;
};

Merged merged(const std::vector<std::string>& texts) {
  const std::vector<std::string> named{"things"};
  std::vector<std::string> files;
  for (std::size_t i = 0; i < texts.size(); ++i) files.push_back(std::string(1, char('a' + i)));
  Mistakes mistakes(files);
  Merged result;
  for (std::uint32_t i = 0; i < texts.size(); ++i) {
    merge(result.root, *read_yaml({files[i], texts[i]}, i, mistakes), named, mistakes);
  }
  if (mistakes.count() > 0) result.mistakes = std::move(mistakes).take();
  return result;
}

}  // namespace

TEST_CASE("sections of several files are merged at every level") {
  const Merged result = merged({"s: {x: 1, t: {u: 1}}", "s: {y: 2, t: {v: 2}}", "r: 3"});
  REQUIRE(result.mistakes.empty());
  const Node& section = result.root.find("s")->value;
  CHECK(section.find("x")->value.text == "1");
  CHECK(section.find("y")->value.text == "2");
  CHECK(section.find("t")->value.entries.size() == 2);
  CHECK(result.root.find("r")->value.text == "3");
}

TEST_CASE("named things come together but each belongs to one file") {
  const Merged good = merged({"things: {a: {x: 1}}", "things: {b: {x: 1}}"});
  CHECK(good.mistakes.empty());
  CHECK(good.root.find("things")->value.entries.size() == 2);

  const Merged bad = merged({"things: {a: {x: 1}}", "things: {a: {y: 1}}"});
  REQUIRE(bad.mistakes.size() == 1);
  CHECK(bad.mistakes[0].message() == "b:1:10: `a` is given twice, first at a:1");
}

TEST_CASE("an empty entry of named things counts as given") {
  CHECK(merged({"things: {a: }", "things: {a: }"}).mistakes.size() == 1);
}

TEST_CASE("an option of two files is a mistake even with the same value") {
  const Merged result = merged({"s: {x: 1}", "s: {x: 1}"});
  REQUIRE(result.mistakes.size() == 1);
  CHECK(result.root.find("s")->value.entries.size() == 1);
}

TEST_CASE("an empty section and an empty file add nothing and disturb nothing") {
  const Merged result = merged({"s:", "", "s: {x: 1}", "s:"});
  CHECK(result.mistakes.empty());
  CHECK(result.root.find("s")->value.find("x")->value.text == "1");
}

TEST_CASE("only the map of the first level holds named things") {
  CHECK(merged({"s: {things: {a: {x: 1}}}", "s: {things: {a: {y: 1}}}"}).mistakes.empty());
}
