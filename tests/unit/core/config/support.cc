#include "support.h"

#include <cstdlib>

namespace pbx::config::testing {

bool matches_file(const std::string& text, const std::string& path) {
  if (std::getenv("PBX_UPDATE_GOLDEN") != nullptr) std::ofstream(path, std::ios::binary) << text;
  return text == read_whole(path);
}

}  // namespace pbx::config::testing
