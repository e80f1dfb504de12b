// sip/dtmf_info.h — digits in the body of INFO: application/dtmf-relay and application/dtmf.
//
// Pure.  No standard: the forms are what telephones send ("Signal=5", "Duration=160" on lines of
// their own; or the bare digit).

#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace pbx::sip {

inline constexpr std::size_t kInfoBytesMax = 1024;  // a longer body is not understood
inline constexpr std::chrono::milliseconds kDigitDefault{160};
inline constexpr std::chrono::milliseconds kDigitMin{40};  // others are moved to the nearer bound
inline constexpr std::chrono::milliseconds kDigitMax{5000};

enum class InfoKind : std::uint8_t {
  kEmpty,         // no body: a keep-alive, answered 200
  kDigit,         // one of the two DTMF types
  kMediaControl,  // application/media_control+xml (RFC 5168) is about video: answered 200
  kOther,         // answered 415
};
// `content_type` may carry parameters.
[[nodiscard]] InfoKind info_kind(std::string_view content_type, std::string_view body);

struct InfoDigit {
  char digit;  // 0-9 * # A-D
  std::chrono::milliseconds duration = kDigitDefault;
};
// nullopt: the type is not one of the two, or no digit is in it (hook flash is none): 400.
[[nodiscard]] std::optional<InfoDigit> parse_dtmf_info(std::string_view content_type,
                                                       std::string_view body);

inline constexpr std::string_view kDtmfRelayType = "application/dtmf-relay";
[[nodiscard]] std::string format_dtmf_relay(char digit, std::chrono::milliseconds duration);

}  // namespace pbx::sip
