// sip/sdp.h — session descriptions as plain values: a bounded parser and a writer.
//
// Pure.  RFC 8866 (and the older 4566).  Only what telephony needs is kept: v=, o=, s=, c=, t=,
// a= and m=; the other lines (b=, k=, i=, e=, …) are checked for control octets and dropped.
//
// Tolerant of telephones: lines may end with CRLF, LF or CR; blanks at the end of a line, empty
// lines, missing v=, s= or t=, and session lines after the first m= are accepted.  Strict where it
// matters: every bound below refuses the whole text, control octets are never let through, each
// octet is looked at once.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/net.h"
#include "core/base/result.h"

namespace pbx::sip {

// What is larger than this is refused as a whole with kLimitReached.
inline constexpr std::size_t kSdpBytesMax = 32 * 1024;
inline constexpr std::size_t kSdpLinesMax = 1000;
inline constexpr std::size_t kSdpAttributesMax = 800;  // of session and media together
inline constexpr std::size_t kSdpMediaMax = 16;
inline constexpr std::size_t kSdpFormatsMax = 64;  // of one m= line

// The end of an o= or c= line: "IN IP4 192.0.2.1".
struct SdpAddress {
  core::IpFamily family = core::IpFamily::kV4;  // as said by IP4 or IP6
  std::string host = "0.0.0.0";                 // without /ttl
  core::IpAddress ip{core::IpFamily::kV4, {}};  // kNone if `host` is a domain name

  friend bool operator==(const SdpAddress&, const SdpAddress&) = default;
};
[[nodiscard]] SdpAddress sdp_address(const core::IpAddress& ip);  // 0.0.0.0 for kNone

// a=name or a=name:value.  "a=name:" and "a=name" are the same.
struct SdpAttribute {
  std::string name;
  std::string value;
  friend bool operator==(const SdpAttribute&, const SdpAttribute&) = default;
};

struct SdpOrigin {
  std::string username = "-";
  std::string session_id = "0";  // decimal of any length, so kept as text
  std::string version = "0";
  SdpAddress address;
  friend bool operator==(const SdpOrigin&, const SdpOrigin&) = default;
};

struct SdpMedia {
  std::string type;  // "audio", "video", "image", "application", …
  std::uint16_t port = 0;
  std::uint16_t port_count = 1;
  std::string protocol;              // "RTP/AVP", "udptl", …
  std::vector<std::string> formats;  // empty only if port is 0
  bool has_connection = false;       // else the one of the session counts
  SdpAddress connection;
  std::vector<SdpAttribute> attributes;
  friend bool operator==(const SdpMedia&, const SdpMedia&) = default;
};

struct SessionDescription {
  SdpOrigin origin;
  std::string name = "-";
  bool has_connection = false;
  SdpAddress connection;
  std::uint64_t start = 0, stop = 0;  // t=, NTP seconds; 0 0 is "permanent"
  std::vector<SdpAttribute> attributes;
  std::vector<SdpMedia> media;
  friend bool operator==(const SessionDescription&, const SessionDescription&) = default;
};

// Errors: kCorrupt, kLimitReached; the detail begins with "line N: ".
[[nodiscard]] core::Result<SessionDescription> parse_sdp(std::string_view text);

// The text with CRLF.  Control octets inside a value are left out, so that no value can add a line.
[[nodiscard]] std::string write_sdp(const SessionDescription& description);

// Where `media` is received: its own address, else that of the session; kNone if neither is given.
[[nodiscard]] core::IpAddress address_of(const SessionDescription& session, const SdpMedia& media);

// The first attribute of that name (case does not matter), or null.
[[nodiscard]] const SdpAttribute* find_attribute(const std::vector<SdpAttribute>& attributes,
                                                 std::string_view name);

}  // namespace pbx::sip
