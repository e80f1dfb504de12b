// What the tests of the configuration share.
#pragma once

#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/loader.h"

namespace pbx::config::testing {

inline const std::string kPhones = "profiles: {phones: {listen: [\"udp:0.0.0.0:5060\"]}}\n";

inline LoadResult parse_text(std::string_view text, const Surroundings& surroundings = {}) {
  return parse({{"test.yaml", std::string(text)}}, surroundings);
}
// With the one profile that every configuration needs.
inline LoadResult parse_with_phones(std::string_view text, const Surroundings& surroundings = {}) {
  return parse_text(kPhones + std::string(text), surroundings);
}

// All messages, each with a line feed.
inline std::string messages(const LoadResult& result) {
  std::string text;
  for (const Mistake& mistake : result.mistakes) text.append(mistake.message()).append("\n");
  return text;
}

inline std::string read_whole(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

// Compares text with a file of the source tree.  PBX_UPDATE_GOLDEN=1 in the environment writes the
// file instead, for review with `git diff`.
bool matches_file(const std::string& text, const std::string& path);

}  // namespace pbx::config::testing
