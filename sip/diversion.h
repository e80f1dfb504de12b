// sip/diversion.h — who sent a call on before it came here: Diversion (RFC 5806) and History-Info
// (RFC 7044) as one plain list.
//
// Pure.  The list has the latest diversion first, as Diversion has it, and at most
// call::kDiversionsMax entries; earlier ones are left out.  Reasons are those of RFC 5806:
// "unconditional", "user-busy", "no-answer", "unavailable", "deflection", "unknown", …

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/call/event.h"

namespace pbx::sip {

// Values of one or several Diversion headers, joined by commas.  Those that cannot be read are
// passed over.
[[nodiscard]] std::vector<call::Diversion> parse_diversions(std::string_view value);

// One header value: `<sip:1001@example.com>;reason=user-busy, …`, or "" for an empty list.
[[nodiscard]] std::string format_diversions(const std::vector<call::Diversion>& diversions,
                                            std::string_view host);

// One hi-entry.
struct HistoryEntry {
  std::string number;         // user part of the target
  std::string index;          // "1.1"
  std::uint16_t cause = 0;    // why the call came to this target (RFC 4458 "cause"), or 0
  std::uint16_t left_by = 0;  // why it left this target: SIP cause of its Reason, or 0
  friend bool operator==(const HistoryEntry&, const HistoryEntry&) = default;
};
inline constexpr std::size_t kHistoryMax = 32;  // further entries are not read
[[nodiscard]] std::vector<HistoryEntry> parse_history(std::string_view value);

// The diversions that a history tells: each target left for a reason.
[[nodiscard]] std::vector<call::Diversion> diversions_of(const std::vector<HistoryEntry>& history);

// A history that says the same: the diverting numbers from the first on, then `target`.
[[nodiscard]] std::string format_history(const std::vector<call::Diversion>& diversions,
                                         std::string_view target, std::string_view host);

}  // namespace pbx::sip
