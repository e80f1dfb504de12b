#include "core/config/yaml.h"

#include <doctest/doctest.h>

#include "support.h"

using namespace pbx::config;

namespace {

struct Read {
  std::optional<Node> tree;
  std::vector<Mistake> mistakes;
};

Read read(const std::string& text) {
  Mistakes mistakes({"a.yaml"});
  Read result{read_yaml({"a.yaml", text}, 0, mistakes), {}};
  if (mistakes.count() > 0) result.mistakes = std::move(mistakes).take();
  return result;
}

}  // namespace

TEST_CASE("a tree keeps the order, the text and the place of everything") {
  const Read result = read("server:\n  name: Main\n  list: [a, \"b c\"]\n");
  REQUIRE(result.mistakes.empty());
  const Node& root = *result.tree;
  REQUIRE(root.kind == NodeKind::kMap);
  const Entry* server = root.find("server");
  REQUIRE(server != nullptr);
  CHECK(server->place == Place{0, 1, 1});
  const Entry* name = server->value.find("name");
  REQUIRE(name != nullptr);
  CHECK(name->place == Place{0, 2, 3});
  CHECK(name->value.place == Place{0, 2, 9});
  CHECK(name->value.text == "Main");
  const Entry* list = server->value.find("list");
  REQUIRE(list->value.kind == NodeKind::kList);
  CHECK(list->value.entries[1].value.text == "b c");
  CHECK(list->value.entries[1].place == Place{0, 3, 13});
}

TEST_CASE("scalars stay text whatever YAML would make of them") {
  const Node root = *read("a: on\nb: 0660\nc: 1e3\nd: \"\"\ne: ~\n").tree;
  CHECK(root.find("a")->value.text == "on");
  CHECK(root.find("b")->value.text == "0660");
  CHECK(root.find("c")->value.text == "1e3");
  CHECK(root.find("d")->value.kind == NodeKind::kScalar);
  CHECK(root.find("e")->value.kind == NodeKind::kNull);
}

TEST_CASE("a duplicate key is told and the first one stays") {
  const Read result = read("a: 1\nb: 2\na: 3\n");
  REQUIRE(result.mistakes.size() == 1);
  CHECK(result.mistakes[0].line == 3);
  CHECK(result.mistakes[0].text == "`a` is given twice, first at a.yaml:1");
  CHECK(result.tree->find("a")->value.text == "1");
  CHECK(result.tree->entries.size() == 2);
}

TEST_CASE("a duplicate key of a nested map does not disturb what follows") {
  const Read result = read("m:\n  a: {x: 1}\n  a: {y: [1, 2]}\n  b: 5\nn: 6\n");
  CHECK(result.mistakes.size() == 1);
  CHECK(result.tree->find("m")->value.find("b")->value.text == "5");
  CHECK(result.tree->find("n")->value.text == "6");
}

TEST_CASE("an alias stands for a copy with a place of its own") {
  const Read result = read("a: &x {k: v}\nb: *x\n");
  REQUIRE(result.mistakes.empty());
  const Entry* b = result.tree->find("b");
  CHECK(b->value.find("k")->value.text == "v");
  CHECK(b->value.place == Place{0, 2, 4});
}

TEST_CASE("aliases of long texts are bounded like aliases of many values") {
  std::string text = "a: &x " + std::string(100'000, 'y') + "\nb: [";
  for (int i = 0; i < 2000; ++i) text.append("*x, ");
  const Read result = read(text + "1]\n");
  CHECK_FALSE(result.tree.has_value());
  REQUIRE(result.mistakes.size() == 1);
  CHECK(result.mistakes[0].text.starts_with("more than 1000000 values"));
}

TEST_CASE("nesting is bounded and the rest of the file is still read") {
  std::string deep = "a: ";
  for (std::size_t i = 0; i < kDepthMax; ++i) deep.append("[");
  deep.append(kDepthMax, ']');
  const Read result = read(deep + "\nb: 1\n");
  REQUIRE(result.mistakes.size() == 1);
  CHECK(result.mistakes[0].text == "nested deeper than 16 levels");
  CHECK(result.tree->find("b")->value.text == "1");
}

TEST_CASE("hundreds of brackets do not exhaust the stack") {
  const Read result = read(std::string(100'000, '['));
  CHECK_FALSE(result.tree.has_value());
  REQUIRE(result.mistakes.size() == 2);
  CHECK(result.mistakes[1].text == "nested deeper than 16 levels");
}

TEST_CASE("a value of several lines is broken and its neighbours are not") {
  const Read result = read("a: |\n  one\n  two\nb: 1\n");
  CHECK(result.mistakes.size() == 1);
  CHECK(result.tree->find("a")->value.kind == NodeKind::kBroken);
  CHECK(result.tree->find("b")->value.text == "1");
}

TEST_CASE("nothing, a comment and a byte order mark are an empty tree") {
  for (const char* text : {"", "# only a comment\n", "\xEF\xBB\xBF", "---\n"}) {
    const Read result = read(text);
    CHECK(result.mistakes.empty());
    REQUIRE(result.tree.has_value());
    CHECK(result.tree->kind == NodeKind::kNull);
  }
}

TEST_CASE("carriage returns at the ends of lines do no harm") {
  const Read result = read("a: 1\r\nb:\r\n  c: 2\r\n");
  REQUIRE(result.mistakes.empty());
  CHECK(result.tree->find("b")->value.find("c")->value.text == "2");
}
