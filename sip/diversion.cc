#include "sip/diversion.h"

#include <algorithm>
#include <array>

#include "core/base/text.h"
#include "sip/reason.h"
#include "sip/text.h"
#include "sip/uri.h"

namespace pbx::sip {
namespace {

struct ReasonCause {
  std::string_view reason;
  std::uint16_t cause;
};
// RFC 4458 2 and RFC 5806 4.1; the first of several reasons is the one a cause stands for.
constexpr std::array<ReasonCause, 9> kReasons{{
    {"unconditional", 302},
    {"user-busy", 486},
    {"no-answer", 408},
    {"unavailable", 503},
    {"deflection", 480},
    {"unknown", 404},
    {"follow-me", 302},
    {"time-of-day", 302},
    {"do-not-disturb", 302},
}};

std::string reason_of(std::uint16_t cause) {
  if (cause == 487) return "deflection";  // RFC 4458: during alerting
  for (const auto& row : kReasons)
    if (row.cause == cause) return std::string(row.reason);
  return "unknown";
}

std::uint16_t cause_of(std::string_view reason) {
  for (const auto& row : kReasons)
    if (core::equals_nocase(row.reason, reason)) return row.cause;
  return 404;
}

// The values of a header, cut at its commas.
template <typename Take>
void each_value(std::string_view header, Take take) {
  Lexer lexer(header);
  do {
    const auto value = lexer.until_outside(",");
    if (!value.empty() && !take(value)) return;
  } while (lexer.accept(','));
}

std::string number_of(const NameAddr& address) {
  const auto uri = parse_uri(address.uri);
  return uri ? uri->user : "";
}

// The SIP cause in the escaped Reason of a URI, "?Reason=SIP%3Bcause%3D302".
std::uint16_t reason_cause(const Uri& uri) {
  std::string_view headers = uri.headers;
  while (!headers.empty()) {
    const auto header = headers.substr(0, headers.find('&'));
    headers.remove_prefix(std::min(header.size() + 1, headers.size()));
    const auto pair = core::split_once(header, '=');
    if (!pair || !core::equals_nocase(pair->first, "Reason")) continue;
    for (const auto& reason : parse_reasons(unescape(pair->second)))
      if (core::equals_nocase(reason.protocol, "SIP")) return reason.cause;
  }
  return 0;
}

bool read_entry(std::string_view value, HistoryEntry& out) {
  const auto address = parse_name_addr(value);
  if (!address) return false;
  const auto uri = parse_uri(address->uri);
  const auto* index = find_param(address->params, "index");
  if (!uri || !index) return false;
  out.number = uri->user;
  out.index = index->value;
  if (const auto* cause = find_param(uri->params, "cause"))
    out.cause = core::parse_uint<std::uint16_t>(cause->value).value_or(0);
  out.left_by = reason_cause(*uri);
  return true;
}

std::string sip_uri(std::string_view number, std::string_view host) {
  return "sip:" + escape_user(number) + "@" + std::string(host);
}

}  // namespace

std::vector<call::Diversion> parse_diversions(std::string_view value) {
  std::vector<call::Diversion> out;
  each_value(value, [&](std::string_view text) {
    const auto address = parse_name_addr(text);
    if (!address) return true;
    const auto* reason = find_param(address->params, "reason");
    call::Diversion diversion{number_of(*address), reason ? reason->value : "unknown"};
    if (!diversion.number.empty()) out.push_back(std::move(diversion));
    return out.size() < call::kDiversionsMax;
  });
  return out;
}

std::string format_diversions(const std::vector<call::Diversion>& diversions,
                              std::string_view host) {
  std::string out;
  for (const auto& diversion : diversions) {
    NameAddr address;
    address.uri = sip_uri(diversion.number, host);
    address.params = {{"reason", diversion.reason.empty() ? "unknown" : diversion.reason}};
    out.append(out.empty() ? "" : ", ").append(address.text());
  }
  return out;
}

std::vector<HistoryEntry> parse_history(std::string_view value) {
  std::vector<HistoryEntry> out;
  each_value(value, [&](std::string_view text) {
    HistoryEntry entry;
    if (read_entry(text, entry)) out.push_back(std::move(entry));
    return out.size() < kHistoryMax;
  });
  return out;
}

std::vector<call::Diversion> diversions_of(const std::vector<HistoryEntry>& history) {
  std::vector<call::Diversion> out;
  for (auto next = history.rbegin(); next != history.rend(); ++next) {
    const auto left = std::next(next);
    if (left == history.rend() || out.size() == call::kDiversionsMax) break;
    const auto cause = next->cause != 0 ? next->cause : left->left_by;
    if (cause != 0 && !left->number.empty()) out.push_back({left->number, reason_of(cause)});
  }
  return out;
}

std::string format_history(const std::vector<call::Diversion>& diversions, std::string_view target,
                           std::string_view host) {
  std::string out;
  std::string index = "1";
  std::uint16_t cause = 0;
  const auto add = [&](std::string_view number) {
    out.append(out.empty() ? "<" : ", <").append(sip_uri(number, host));
    if (cause != 0) out.append(";cause=").append(std::to_string(cause));
    out.append(">;index=").append(index);
    index += ".1";
  };
  for (auto it = diversions.rbegin(); it != diversions.rend(); ++it) {
    add(it->number);
    cause = cause_of(it->reason);
  }
  add(target);
  return out;
}

}  // namespace pbx::sip
