#include "sip/multipart.h"

#include <string>

#include "sip/text.h"

namespace pbx::sip {
namespace {

constexpr std::size_t kPartsMax = 16;     // later parts are not looked at
constexpr std::size_t kBoundaryMax = 70;  // RFC 2046 5.1.1

std::string boundary_of(std::string_view content_type) {
  Lexer lexer(content_type);
  static_cast<void>(lexer.until_outside(";"));
  while (lexer.accept(';')) {
    const std::string_view name = lexer.token();
    if (!lexer.accept('=')) continue;
    const auto value = lexer.value();
    if (!value) return {};
    if (core::equals_nocase(name, "boundary")) return value->size() <= kBoundaryMax ? *value : "";
  }
  return {};
}

// Splits the head of a part from its content; true if its Content-Type is `wanted`.
bool is_wanted(std::string_view& part, std::string_view wanted) {
  while (!part.empty()) {
    const std::size_t end = part.find('\n');
    const std::string_view line = core::trim(part.substr(0, end));
    part.remove_prefix(end == std::string_view::npos ? part.size() : end + 1);
    if (line.empty()) return false;
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos ||
        !core::equals_nocase(core::trim(line.substr(0, colon)), "content-type"))
      continue;
    const std::string_view type = line.substr(colon + 1);
    if (!core::equals_nocase(core::trim(type.substr(0, type.find(';'))), wanted)) return false;
    while (!part.empty()) {  // the rest of the head
      const std::size_t stop = part.find('\n');
      const bool is_blank_line = core::trim(part.substr(0, stop)).empty();
      part.remove_prefix(stop == std::string_view::npos ? part.size() : stop + 1);
      if (is_blank_line) return true;
    }
  }
  return false;
}

}  // namespace

std::optional<std::string_view> find_part(std::string_view content_type, std::string_view body,
                                          std::string_view wanted) {
  const std::string boundary = boundary_of(content_type);
  if (boundary.empty()) return std::nullopt;
  const std::string delimiter = "--" + boundary;
  std::size_t at = body.find(delimiter);
  for (std::size_t n = 0; n < kPartsMax && at != std::string_view::npos; ++n) {
    const std::size_t begin = body.find('\n', at);
    if (begin == std::string_view::npos) return std::nullopt;
    at = body.find(delimiter, begin + 1);
    if (at == std::string_view::npos) return std::nullopt;
    std::string_view part = body.substr(begin + 1, at - begin - 1);
    if (is_wanted(part, wanted)) return part;
  }
  return std::nullopt;
}

}  // namespace pbx::sip
