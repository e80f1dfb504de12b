#include "tools/call_load/sip_message.h"

#include "core/base/text.h"

namespace pbx::call_load {
namespace {

using core::equals_nocase;
using core::ErrorCode;
using core::fail;
using core::trim;

constexpr std::array<std::string_view, 10> kMethods = {
    "INVITE", "ACK", "BYE", "CANCEL", "REGISTER", "OPTIONS", "PRACK", "UPDATE", "INFO", "NOTIFY"};

Method method_of(std::string_view name) {
  for (std::size_t i = 0; i < kMethods.size(); ++i)
    if (kMethods[i] == name) return static_cast<Method>(i);
  return Method::kOther;
}

struct HeaderName {
  std::string_view name;
  char compact;  // 0: none
  Header header;
};
constexpr HeaderName kNames[] = {
    {"From", 'f', Header::kFrom},
    {"To", 't', Header::kTo},
    {"Call-ID", 'i', Header::kCallId},
    {"CSeq", 0, Header::kCseq},
    {"Contact", 'm', Header::kContact},
    {"Content-Length", 'l', Header::kContentLength},
    {"Require", 0, Header::kRequire},
    {"Supported", 'k', Header::kSupported},
    {"RSeq", 0, Header::kRseq},
    {"RAck", 0, Header::kRack},
    {"Retry-After", 0, Header::kRetryAfter},
    {"Expires", 0, Header::kExpires},
    {"X-Call-Load", 0, Header::kCallLoad},
};

bool is_named(std::string_view name, std::string_view full, char compact) {
  if (name.size() == 1) return compact != 0 && core::to_lower(name[0]) == compact;
  return equals_nocase(name, full);
}

// Takes one line with its folded continuations off `rest`; nullopt at the empty line or the end.
std::optional<std::string_view> take_line(std::string_view& rest) {
  std::size_t at = 0;
  while (true) {
    const std::size_t end = rest.find('\n', at);
    if (end == std::string_view::npos) return std::nullopt;  // every header line ends with one
    const bool is_folded =
        end + 1 < rest.size() && (rest[end + 1] == ' ' || rest[end + 1] == '\t') && end > 1;
    at = end + 1;
    if (is_folded) continue;
    const std::string_view line = trim(rest.substr(0, end));
    rest.remove_prefix(end + 1);
    if (line.empty()) return std::nullopt;
    return line;
  }
}

bool parse_start_line(std::string_view line, SipMessage& message) {
  if (core::starts_with_nocase(line, "SIP/2.0 ")) {
    const auto code = core::parse_uint<std::uint16_t>(trim(line.substr(8, 4)), 699);
    if (!code || *code < 100) return false;
    message.status = *code;
    return true;
  }
  std::array<std::string_view, 3> parts;
  if (core::split(line, ' ', parts) != 3 || parts[2] != "SIP/2.0" || parts[1].empty()) return false;
  message.method = method_of(parts[0]);
  message.uri = parts[1];
  return true;
}

// False if a list is full.
bool keep_header(std::string_view name, std::string_view value, SipMessage& message) {
  if (is_named(name, "Via", 'v')) return message.via.add(value);
  for (const HeaderName& known : kNames) {
    if (!is_named(name, known.name, known.compact)) continue;
    auto& kept = message.headers[static_cast<std::size_t>(known.header)];
    if (kept.empty()) kept = value;
    return true;
  }
  if (is_named(name, "Record-Route", 0)) return message.record_route.add(value);
  const bool is_challenge =
      is_named(name, "WWW-Authenticate", 0) || is_named(name, "Proxy-Authenticate", 0);
  return !is_challenge || message.challenges.add(value);
}

bool parse_cseq(SipMessage& message) {
  const auto parts = core::split_once(message[Header::kCseq], ' ');
  if (!parts) return false;
  const auto number = core::parse_uint<std::uint32_t>(parts->first);
  if (!number) return false;
  message.cseq = *number;
  const Method method = method_of(trim(parts->second));
  if (!message.is_request()) message.method = method;
  return message.method == method;
}

// Cuts the body to Content-Length; without that header the body is the rest of the datagram.
bool parse_body(std::string_view rest, SipMessage& message) {
  message.body = rest;
  const std::string_view length = message[Header::kContentLength];
  if (length.empty()) return true;
  const auto size = core::parse_uint<std::uint32_t>(length);
  if (!size || *size > rest.size()) return false;
  message.body = rest.substr(0, *size);
  return true;
}

// The first `stop` or `other` in `text` from `at` that is outside of quotes and angle brackets.
std::size_t find_outside(std::string_view text, char stop, char other, std::size_t at = 0) {
  bool is_quoted = false;
  bool is_bracketed = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (is_quoted && c == '\\') {
      ++at;
    } else if (c == '"') {
      is_quoted = !is_quoted;
    } else if (!is_quoted && (c == '<' || c == '>')) {
      is_bracketed = c == '<';
    } else if (!is_quoted && !is_bracketed && (c == stop || c == other)) {
      return at;
    }
  }
  return std::string_view::npos;
}

}  // namespace

std::string_view to_text(Method method) {
  return method == Method::kOther ? "" : kMethods[static_cast<std::size_t>(method)];
}

bool HeaderList::add(std::string_view value) {
  if (size_ == kListMax) return false;
  values_[size_++] = value;
  return true;
}

std::string_view SipMessage::from_tag() const {
  return header_param((*this)[Header::kFrom], "tag").value_or("");
}
std::string_view SipMessage::to_tag() const {
  return header_param((*this)[Header::kTo], "tag").value_or("");
}
std::string_view SipMessage::branch() const {
  if (via.values().empty()) return "";
  return header_param(via.values().front(), "branch").value_or("");
}

core::Result<SipMessage> parse_sip(std::string_view datagram) {
  SipMessage message;
  const auto start = take_line(datagram);
  if (!start || !parse_start_line(*start, message)) return fail(ErrorCode::kCorrupt, "start line");
  std::size_t lines = 0;
  while (const auto line = take_line(datagram)) {
    if (++lines > SipMessage::kHeadersMax) return fail(ErrorCode::kCorrupt, "too many headers");
    const auto parts = core::split_once(*line, ':');
    if (!parts) return fail(ErrorCode::kCorrupt, "header without a colon");
    if (!keep_header(trim(parts->first), trim(parts->second), message))
      return fail(ErrorCode::kCorrupt, "too many values");
  }
  for (const Header needed : {Header::kFrom, Header::kTo, Header::kCallId})
    if (message[needed].empty()) return fail(ErrorCode::kCorrupt, "a mandatory header is missing");
  if (message.via.values().empty()) return fail(ErrorCode::kCorrupt, "no Via");
  if (!parse_cseq(message)) return fail(ErrorCode::kCorrupt, "CSeq");
  if (!parse_body(datagram, message)) return fail(ErrorCode::kCorrupt, "Content-Length");
  return message;
}

std::optional<std::string_view> header_param(std::string_view value, std::string_view name) {
  std::size_t at = find_outside(value, ';', ';');
  while (at != std::string_view::npos) {
    const std::size_t end = find_outside(value, ';', ',', at + 1);
    const std::string_view piece =
        value.substr(at + 1, end == std::string_view::npos ? std::string_view::npos : end - at - 1);
    const std::size_t equals = piece.find('=');
    if (equals_nocase(trim(piece.substr(0, equals)), name))
      return equals == std::string_view::npos ? "" : trim(piece.substr(equals + 1));
    if (end == std::string_view::npos || value[end] == ',') break;
    at = end;
  }
  return std::nullopt;
}

std::string_view uri_of(std::string_view name_addr) {
  std::size_t open = 0;
  for (bool is_quoted = false; open < name_addr.size(); ++open) {
    if (is_quoted && name_addr[open] == '\\') {
      ++open;
    } else if (name_addr[open] == '"') {
      is_quoted = !is_quoted;
    } else if (!is_quoted && name_addr[open] == '<') {
      break;
    }
  }
  if (open >= name_addr.size()) return trim(name_addr.substr(0, name_addr.find_first_of(";,")));
  const std::string_view inside = name_addr.substr(open + 1);
  return trim(inside.substr(0, inside.find('>')));
}

std::string_view user_of(std::string_view uri) {
  const auto scheme = core::split_once(uri, ':');
  if (!scheme) return "";
  const std::size_t at = scheme->second.find('@');
  if (at == std::string_view::npos) return "";
  const std::string_view user = scheme->second.substr(0, at);
  return user.substr(0, user.find_first_of(":;"));
}

std::optional<core::SocketAddress> address_of(std::string_view uri) {
  const auto scheme = core::split_once(uri, ':');
  if (!scheme) return std::nullopt;
  std::string_view host = scheme->second;
  if (const auto at = host.find('@'); at != std::string_view::npos) host.remove_prefix(at + 1);
  host = host.substr(0, host.find_first_of(";?>"));
  const bool is_v6 = !host.empty() && host.front() == '[';
  const std::size_t colon = host.find(':', is_v6 ? host.find(']') : 0);
  if (colon == std::string_view::npos) {
    const auto ip = core::parse_ip(host);
    if (!ip) return std::nullopt;
    return core::SocketAddress{*ip, 5060};
  }
  const auto address = core::parse_socket_address(host);
  if (!address) return std::nullopt;
  return *address;
}

std::optional<std::string_view> take_value(std::string_view& rest) {
  if (trim(rest).empty()) return std::nullopt;
  const std::size_t comma = find_outside(rest, ',', ',');
  const std::string_view value = trim(rest.substr(0, comma));
  rest = comma == std::string_view::npos ? "" : rest.substr(comma + 1);
  return value;
}

bool has_token(std::string_view list, std::string_view token) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    if (equals_nocase(trim(list.substr(0, comma)), token)) return true;
    if (comma == std::string_view::npos) return false;
    list.remove_prefix(comma + 1);
  }
  return false;
}

}  // namespace pbx::call_load
