// sip/dns_message.h — DNS queries and responses on the wire, as a stub resolver needs them: A,
// AAAA, SRV and NAPTR, with the aliases (CNAME) in front of them.
//
// Pure.  RFC 1035 4, RFC 2782, RFC 3403 4.1, RFC 3596, RFC 6891 (EDNS0), RFC 2308 (negative
// answers).  No packet can make it loop: a compression pointer leads to an earlier place only, and
// names, aliases and records are bounded.
//
// sofia's own resolver is not used: a name whose compression pointer points at itself keeps it
// busy for ever, and with it the SIP thread; it follows the calendar's clock, which may be stepped,
// and counts its message ids up, which makes answers easy to forge.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "sip/server_order.h"

namespace pbx::sip {

inline constexpr std::size_t kDnsNameMax = 253;       // octets of text (RFC 1035 2.3.4)
inline constexpr std::size_t kDnsLabelMax = 63;       // octets of one part of it
inline constexpr std::size_t kDnsRecordsMax = 128;    // of one response; those after are not read
inline constexpr std::size_t kDnsAliasesMax = 8;      // in a row
inline constexpr std::size_t kDnsPayloadMax = 1'232;  // that we ask for: no fragments

enum class DnsStatus : std::uint8_t {
  kAnswered,       // with or without records
  kAlias,          // the name is another name for `alias`, whose records are not here
  kNotUnderstood,  // FORMERR or NOTIMP: perhaps for the EDNS0 of the query
  kServerFailure,  // SERVFAIL, REFUSED and the like: another name server may know
};

struct DnsResponse {
  DnsStatus status = DnsStatus::kAnswered;
  DnsAnswer answer;
  std::chrono::seconds life{0};  // how long it may be kept; negative answers: RFC 2308 5
  std::string alias;
};

// Errors: kInvalidArgument if the name cannot be asked for.
[[nodiscard]] core::Result<std::string> write_dns_query(std::uint16_t id,
                                                        const DnsQuestion& question, bool edns);

// Reads the response to that query.  What was cut off for want of room (TC) is missing, the rest
// counts: a trunk with so many servers does with some of them.
// Errors: kNotFound if it answers another query, and is to be ignored; kCorrupt.
[[nodiscard]] core::Result<DnsResponse> read_dns_response(std::string_view packet, std::uint16_t id,
                                                          const DnsQuestion& question);

}  // namespace pbx::sip
