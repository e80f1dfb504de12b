#include "sip/dtmf_info.h"

#include <algorithm>

#include "core/base/text.h"

namespace pbx::sip {
namespace {

constexpr std::string_view kDtmfType = "application/dtmf";
constexpr std::string_view kMediaControlType = "application/media_control+xml";
constexpr std::string_view kDigits = "0123456789*#ABCD";  // by event code, RFC 4733 3.2

std::string_view bare_type(std::string_view content_type) {
  return core::trim(content_type.substr(0, content_type.find(';')));
}

bool is_digit_type(std::string_view type) {
  return core::equals_nocase(type, kDtmfRelayType) || core::equals_nocase(type, kDtmfType);
}

// "5", "#", "a", or an event code such as "11".
std::optional<char> read_digit(std::string_view text) {
  if (text.size() == 1) {
    const char c = text[0] >= 'a' && text[0] <= 'd' ? static_cast<char>(text[0] - 32) : text[0];
    if (kDigits.find(c) != std::string_view::npos) return c;
    return std::nullopt;
  }
  const auto code = core::parse_uint<unsigned>(text);
  if (!code || *code >= kDigits.size()) return std::nullopt;
  return kDigits[*code];
}

std::chrono::milliseconds read_duration(std::string_view text) {
  const auto ms = core::parse_uint<std::uint32_t>(text);
  if (!ms) return kDigitDefault;
  return std::clamp(std::chrono::milliseconds(*ms), kDigitMin, kDigitMax);
}

}  // namespace

InfoKind info_kind(std::string_view content_type, std::string_view body) {
  const auto type = bare_type(content_type);
  if (is_digit_type(type)) return InfoKind::kDigit;
  if (core::equals_nocase(type, kMediaControlType)) return InfoKind::kMediaControl;
  return core::trim(body).empty() && type.empty() ? InfoKind::kEmpty : InfoKind::kOther;
}

std::optional<InfoDigit> parse_dtmf_info(std::string_view content_type, std::string_view body) {
  if (!is_digit_type(bare_type(content_type)) || body.size() > kInfoBytesMax) return std::nullopt;
  std::optional<char> digit;
  auto duration = kDigitDefault;
  while (!body.empty()) {
    const auto line = body.substr(0, body.find_first_of("\r\n"));
    body.remove_prefix(std::min(line.size() + 1, body.size()));
    const auto pair = core::split_once(line, '=');
    if (!pair) {
      if (!digit) digit = read_digit(core::trim(line));
      continue;
    }
    const auto name = core::trim(pair->first);
    if (core::equals_nocase(name, "Signal")) digit = read_digit(core::trim(pair->second));
    if (core::equals_nocase(name, "Duration")) duration = read_duration(core::trim(pair->second));
  }
  if (!digit) return std::nullopt;
  return InfoDigit{*digit, duration};
}

std::string format_dtmf_relay(char digit, std::chrono::milliseconds duration) {
  return "Signal=" + std::string(1, digit) + "\r\nDuration=" + std::to_string(duration.count()) +
         "\r\n";
}

}  // namespace pbx::sip
