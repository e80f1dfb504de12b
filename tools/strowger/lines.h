// tools/strowger/lines.h — what is told about one thing: lines "  name  text", the texts one below
// the other.
//
// Pure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/number/numbering.h"

namespace pbx::tools {

class Lines {
 public:
  void add(std::string name, std::string text);
  [[nodiscard]] std::string text() const;

 private:
  std::size_t width_ = 0;
  std::vector<std::pair<std::string, std::string>> lines_;
};

// What each set of rewrite rules did to the number.
void add_steps(Lines& lines, const number::NumberExplanation& explanation);

}  // namespace pbx::tools
