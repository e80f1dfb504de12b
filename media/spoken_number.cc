#include "media/spoken_number.h"

namespace pbx::media {

std::optional<std::string_view> prompt_name(char digit) {
  constexpr std::string_view kDigits = "0123456789";
  const std::size_t at = kDigits.find(digit);
  if (at != std::string_view::npos) return kDigits.substr(at, 1);
  if (digit == '*') return "star";
  if (digit == '#') return "pound";
  if (digit == '+') return "plus";
  return std::nullopt;
}

std::vector<std::string_view> prompts_of(std::string_view number) {
  std::vector<std::string_view> names;
  for (const char digit : number) {
    if (names.size() == kSpokenDigitsMax) break;
    if (const auto name = prompt_name(digit)) names.push_back(*name);
  }
  return names;
}

}  // namespace pbx::media
