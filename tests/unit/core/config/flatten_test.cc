#include "core/config/flatten.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "support.h"

using namespace pbx::config;
using namespace pbx::config::testing;

namespace {

std::vector<Leaf> leaves_of(std::string_view text) {
  const LoadResult result = parse_with_phones(text);
  REQUIRE_MESSAGE(result.has_config(), messages(result));
  return flatten(*result.config);
}

const Leaf& leaf_at(const std::vector<Leaf>& leaves, std::string_view path) {
  const auto found = std::find_if(leaves.begin(), leaves.end(),
                                  [&](const Leaf& leaf) { return leaf.path == path; });
  REQUIRE_MESSAGE(found != leaves.end(), std::string(path));
  return *found;
}

}  // namespace

TEST_CASE("each option is one leaf, written as in a file") {
  const auto leaves = leaves_of("media: {ptime: 30ms, codecs: [pcma, opus]}\n");
  CHECK(leaf_at(leaves, "media.ptime").items == std::vector<std::string>{"30ms"});
  CHECK(leaf_at(leaves, "media.codecs").items == std::vector<std::string>{"pcma", "opus"});
  CHECK(leaf_at(leaves, "media.codecs").shown() == "pcma, opus");
  CHECK(leaf_at(leaves, "media.workers").reload == Reload::kRestart);
  CHECK(leaf_at(leaves, "media.codecs").reload == Reload::kLive);
  CHECK(leaf_at(leaves, "profiles.phones.tls.key").items == std::vector<std::string>{""});
}

TEST_CASE("no path comes twice") {
  const auto leaves = leaves_of("extensions: {100-102: {}}\n");
  std::vector<std::string> paths;
  for (const Leaf& leaf : leaves) paths.push_back(leaf.path);
  std::sort(paths.begin(), paths.end());
  CHECK(std::adjacent_find(paths.begin(), paths.end()) == paths.end());
}

TEST_CASE("defaults of extensions are part of the extensions and not listed again") {
  const auto leaves = leaves_of("defaults: {extension: {ring_time: 7s}}\nextensions: {101: {}}\n");
  CHECK(leaf_at(leaves, "extensions.101.ring_time").shown() == "7s");
  CHECK(std::none_of(leaves.begin(), leaves.end(),
                     [](const Leaf& leaf) { return leaf.path.starts_with("defaults"); }));
}

TEST_CASE("secrets are kept for comparing and shown as stars") {
  const auto leaves = leaves_of("extensions: {101: {password: correct horse}, 102: {}}\n");
  const Leaf& given = leaf_at(leaves, "extensions.101.password");
  CHECK(given.is_secret);
  CHECK(given.items.front() == "correct horse");
  CHECK(given.shown() == "***");
  CHECK(leaf_at(leaves, "extensions.102.password").shown() == "generate");
  CHECK(leaf_at(leaves, "extensions.102.ha1.md5").shown().empty());
}

TEST_CASE("a named thing begins with a leaf of its own") {
  const auto leaves = leaves_of("extensions: {101: {}}\n");
  CHECK(leaf_at(leaves, "extensions.101").is_entry);
  CHECK(leaf_at(leaves, "profiles.phones").is_entry);
  CHECK(leaf_at(leaves, "profiles.phones").reload == Reload::kRestart);
}

TEST_CASE("flattening leaves the configuration as it was") {
  const LoadResult result = parse_with_phones("extensions: {101: {}}\n");
  const Config copy = *result.config;
  static_cast<void>(flatten(*result.config));
  CHECK(copy == *result.config);
}
