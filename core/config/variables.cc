#include "core/config/variables.h"

#include <algorithm>

namespace pbx::config {
namespace {

constexpr std::string_view kBegin = "${env:";

bool is_name(std::string_view text) {
  return TextForm{.min = 1, .max = 128, .kind = TextKind::kName}.read(text).has_value();
}

bool is_printable(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

}  // namespace

bool has_variable(std::string_view text) { return text.find(kBegin) != std::string_view::npos; }

Parsed<std::string> expand_variables(
    std::string_view text,
    const std::function<std::optional<std::string>(std::string_view name)>& variable) {
  std::string expanded;
  while (true) {
    const std::size_t begin = text.find(kBegin);
    expanded.append(text.substr(0, begin));
    if (expanded.size() > kExpandedMax) return refuse("becomes too long");
    if (begin == std::string_view::npos) return expanded;
    text.remove_prefix(begin + kBegin.size());
    const std::size_t end = text.find('}');
    const std::string_view name = text.substr(0, end);
    if (end == std::string_view::npos || !is_name(name)) {
      return refuse("has a variable that is not written ${env:NAME}");
    }
    const auto value = variable ? variable(name) : std::nullopt;
    if (!value)
      return refuse(fmt::format("names the environment variable {}, which is not set", name));
    if (!is_printable(*value)) {
      return refuse(
          fmt::format("names the environment variable {}, which holds control characters", name));
    }
    expanded.append(*value);
    text.remove_prefix(end + 1);
  }
}

}  // namespace pbx::config
