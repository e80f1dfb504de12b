// tools/call_load/sip_message.h — reads one SIP datagram (RFC 3261 section 7), tolerantly.
//
// Pure.  A SipMessage is a set of views into the datagram and lives no longer than it does.
// Only what a load generator needs is understood; unknown headers are skipped.  Compact header
// names and folded lines are accepted.  Bounds: kHeadersMax lines, kListMax values of each kind
// that may repeat; more than that is refused as malformed.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/base/net.h"
#include "core/base/result.h"

namespace pbx::call_load {

enum class Method : std::uint8_t {
  kInvite,
  kAck,
  kBye,
  kCancel,
  kRegister,
  kOptions,
  kPrack,
  kUpdate,
  kInfo,
  kNotify,
  kOther,
};
[[nodiscard]] std::string_view to_text(Method method);  // "INVITE"; "" for kOther

// Headers of which the first value is kept.
enum class Header : std::uint8_t {
  kFrom,
  kTo,
  kCallId,
  kCseq,
  kContact,
  kRequire,
  kSupported,
  kRseq,
  kRack,
  kRetryAfter,
  kExpires,
  kContentLength,
  kCallLoad,  // X-Call-Load: the generator's own mark, if the server lets it through
  kCount,
};

// The values of a header that may repeat, in the order of the message.
class HeaderList {
 public:
  static constexpr std::size_t kListMax = 16;
  [[nodiscard]] bool add(std::string_view value);
  [[nodiscard]] std::span<const std::string_view> values() const { return {values_.data(), size_}; }

 private:
  std::array<std::string_view, kListMax> values_;
  std::size_t size_ = 0;
};

struct SipMessage {
  static constexpr std::size_t kHeadersMax = 128;

  Method method = Method::kOther;  // of the request, or the CSeq of the response
  int status = 0;                  // 0: a request
  std::string_view uri;            // Request-URI
  std::array<std::string_view, static_cast<std::size_t>(Header::kCount)> headers;
  HeaderList via, record_route, challenges;  // whole header values; a Via value may hold several
  std::uint32_t cseq = 0;
  std::string_view body;

  [[nodiscard]] bool is_request() const { return status == 0; }
  [[nodiscard]] std::string_view operator[](Header header) const {
    return headers[static_cast<std::size_t>(header)];
  }
  [[nodiscard]] std::string_view from_tag() const;
  [[nodiscard]] std::string_view to_tag() const;
  [[nodiscard]] std::string_view branch() const;  // of the topmost Via
};

// REQUIRES: the datagram outlives the message.
// Errors: kCorrupt with the reason, for anything that could not be answered or matched: no start
// line, no Via, From, To, Call-ID or CSeq, a body shorter than Content-Length, a bound exceeded.
[[nodiscard]] core::Result<SipMessage> parse_sip(std::string_view datagram);

// The value of a header parameter (";tag=x", ";branch=y"), quotes kept; looks outside of <...> and
// quoted strings.  nullopt if it is not there, "" if it has no value.
[[nodiscard]] std::optional<std::string_view> header_param(std::string_view value,
                                                           std::string_view name);
// "sip:100@host" of `"Name" <sip:100@host>;tag=x` and of `sip:100@host;tag=x`.
[[nodiscard]] std::string_view uri_of(std::string_view name_addr);
// "100" of sip:100;a=b@host:5060, "" if the URI has no user.
[[nodiscard]] std::string_view user_of(std::string_view uri);
// Where a URI leads if its host is an IP literal; the port is 5060 if it names none.
[[nodiscard]] std::optional<core::SocketAddress> address_of(std::string_view uri);
// Takes the next value off a header value that may hold several, such as two routes; nullopt at the
// end.  Commas within <...> and quotes do not count.
[[nodiscard]] std::optional<std::string_view> take_value(std::string_view& rest);
// True if a comma-separated list of tokens ("timer, 100rel") has `token`.
[[nodiscard]] bool has_token(std::string_view list, std::string_view token);

}  // namespace pbx::call_load
