#include "sip/uri.h"

#include <algorithm>
#include <optional>

#include "core/base/net.h"
#include "core/base/text.h"
#include "sip/text.h"

namespace pbx::sip {
namespace {

using core::ErrorCode;
using core::Result;

// RFC 3261 25.1, beyond letters and digits.
constexpr std::string_view kUserMarks = "-_.!~*'()&=+$,;?/";
constexpr std::string_view kPasswordMarks = "-_.!~*'()&=+$,";
constexpr std::string_view kParamMarks = "-_.!~*'()[]/:&+$";
// Parameters that must agree if only one side has them (19.1.4).
constexpr std::string_view kDecisive[] = {"user", "ttl", "method", "maddr", "transport"};

int hex_value(char c) {
  if (core::is_digit(c)) return c - '0';
  c = core::to_lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

std::string escape(std::string_view text, std::string_view marks) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (is_alpha(c) || core::is_digit(c) || marks.find(c) != std::string_view::npos) {
      out += c;
      continue;
    }
    const auto octet = static_cast<unsigned char>(c);
    out.append({'%', kHex[octet >> 4], kHex[octet & 15]});
  }
  return out;
}

bool is_host(std::string_view host) {
  if (host.starts_with('[')) {
    const auto ip = core::parse_ip(host);
    return ip && ip->family == core::IpFamily::kV6;
  }
  return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
    return is_alpha(c) || core::is_digit(c) || c == '-' || c == '.' || c == '_';
  });
}

bool is_uri_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return is_visible(c) && c != '<' && c != '>' && c != '"'; });
}

tl::unexpected<core::Error> corrupt(const char* what) {
  return core::fail(ErrorCode::kCorrupt, what);
}

std::optional<Uri::Scheme> find_scheme(std::string_view name) {
  if (core::equals_nocase(name, "sip")) return Uri::Scheme::kSip;
  if (core::equals_nocase(name, "sips")) return Uri::Scheme::kSips;
  if (core::equals_nocase(name, "tel")) return Uri::Scheme::kTel;
  return std::nullopt;
}

std::string_view scheme_name(Uri::Scheme scheme) {
  return scheme == Uri::Scheme::kSip ? "sip:" : scheme == Uri::Scheme::kSips ? "sips:" : "tel:";
}

// ";name=value;flag", unescaped.  A name must come once (RFC 3261 19.1.1), so the first counts.
Result<std::vector<Param>> read_uri_params(std::string_view text) {
  std::vector<Param> out;
  while (!text.empty()) {
    text.remove_prefix(1);  // ';'
    const auto item = text.substr(0, text.find(';'));
    text.remove_prefix(item.size());
    if (item.empty()) continue;
    if (out.size() == kUriParamsMax) return core::fail(ErrorCode::kLimitReached, "URI parameters");
    const auto equals = item.find('=');
    const auto value = equals == std::string_view::npos ? "" : item.substr(equals + 1);
    auto name = unescape(item.substr(0, equals));
    if (name.empty()) return corrupt("URI parameter without name");
    if (!find_param(out, name)) out.push_back({std::move(name), unescape(value)});
  }
  return out;
}

Result<> read_host_port(std::string_view text, Uri& uri) {
  const auto bracket = text.starts_with('[') ? text.find(']') : 0;
  if (bracket == std::string_view::npos) return corrupt("URI host without ']'");
  const auto colon = text.find(':', bracket);
  uri.host = text.substr(0, colon);
  if (!is_host(uri.host)) return corrupt("URI host");
  if (colon == std::string_view::npos) return {};
  const auto port = core::parse_uint<std::uint16_t>(text.substr(colon + 1));
  if (!port || *port == 0) return corrupt("URI port");
  uri.port = *port;
  return {};
}

Result<> read_sip(std::string_view text, Uri& uri) {
  if (const auto at = text.find('@'); at != std::string_view::npos) {
    const auto user = text.substr(0, at);
    const auto colon = user.find(':');
    uri.user = unescape(user.substr(0, colon));
    if (uri.user.empty()) return corrupt("URI with '@' but no user");
    if (colon != std::string_view::npos) uri.password = unescape(user.substr(colon + 1));
    text.remove_prefix(at + 1);
  }
  if (const auto question = text.find('?'); question != std::string_view::npos) {
    uri.headers = text.substr(question + 1);
    text = text.substr(0, question);
  }
  const auto host = text.substr(0, text.find(';'));
  auto params = read_uri_params(text.substr(host.size()));
  if (!params) return core::forward_error(std::move(params));
  uri.params = std::move(*params);
  return read_host_port(host, uri);
}

Result<> read_tel(std::string_view text, Uri& uri) {
  const auto number = text.substr(0, text.find(';'));
  const bool digits = std::all_of(number.begin(), number.end(), [](char c) {
    return hex_value(c) >= 0 || std::string_view("+*#-.()").find(c) != std::string_view::npos;
  });
  if (number.empty() || !digits) return corrupt("tel URI without a number");
  uri.user = number;
  auto params = read_uri_params(text.substr(number.size()));
  if (!params) return core::forward_error(std::move(params));
  uri.params = std::move(*params);
  return {};
}

void append_params(const std::vector<Param>& params, std::string& out) {
  for (const auto& param : params) {
    out.append(";").append(escape(param.name, kParamMarks));
    if (!param.value.empty()) out.append("=").append(escape(param.value, kParamMarks));
  }
}

bool params_agree(const Uri& a, const Uri& b) {
  for (const auto& param : a.params) {
    const auto* other = find_param(b.params, param.name);
    if (other ? !core::equals_nocase(param.value, other->value)
              : std::any_of(std::begin(kDecisive), std::end(kDecisive),
                            [&](auto name) { return core::equals_nocase(name, param.name); }))
      return false;
  }
  return true;
}

Result<std::vector<Param>> read_header_params(Lexer& lexer) {
  std::vector<Param> out;
  while (lexer.accept(';')) {
    const auto name = lexer.token();
    if (name.empty()) continue;
    if (out.size() == kUriParamsMax)
      return core::fail(ErrorCode::kLimitReached, "header parameters");
    out.push_back({std::string(name), {}});
    if (!lexer.accept('=')) continue;
    auto value = lexer.peek() == '"' ? lexer.value() : std::string(lexer.until(";"));
    if (!value) return corrupt("parameter value");
    out.back().value = std::move(*value);
  }
  if (!lexer.at_end()) return corrupt("text after the address");
  return out;
}

}  // namespace

const Param* find_param(const std::vector<Param>& params, std::string_view name) {
  const auto found = std::find_if(params.begin(), params.end(), [&](const Param& param) {
    return core::equals_nocase(param.name, name);
  });
  return found == params.end() ? nullptr : &*found;
}

std::string unescape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escaped = text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
                         hex_value(text[i + 2]) >= 0;
    if (!escaped) {
      out += text[i];
      continue;
    }
    out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
    i += 2;
  }
  return out;
}

std::string escape_user(std::string_view text) { return escape(text, kUserMarks); }

Result<Uri> parse_uri(std::string_view text) {
  text = core::trim(text);
  if (text.size() > kUriBytesMax) return core::fail(ErrorCode::kLimitReached, "URI too long");
  if (!is_uri_text(text)) return corrupt("URI with a forbidden octet");
  const auto colon = text.find(':');
  const auto scheme = find_scheme(text.substr(0, colon));
  if (colon == std::string_view::npos || !scheme) return corrupt("URI scheme");
  Uri uri;
  uri.scheme = *scheme;
  text.remove_prefix(colon + 1);
  auto read = uri.scheme == Uri::Scheme::kTel ? read_tel(text, uri) : read_sip(text, uri);
  if (!read) return core::forward_error(std::move(read));
  return uri;
}

std::string Uri::text() const {
  std::string out(scheme_name(scheme));
  if (scheme == Scheme::kTel) {
    out += user;
    append_params(params, out);
    return out;
  }
  if (!user.empty()) {
    out += escape_user(user);
    if (!password.empty()) out.append(":").append(escape(password, kPasswordMarks));
    out += '@';
  }
  out += host;
  if (port != 0) out.append(":").append(std::to_string(port));
  append_params(params, out);
  if (!headers.empty()) out.append("?").append(headers);
  return out;
}

bool equivalent(const Uri& a, const Uri& b) {
  return a.scheme == b.scheme && a.user == b.user && a.password == b.password &&
         core::equals_nocase(a.host, b.host) && a.port == b.port && a.headers == b.headers &&
         params_agree(a, b) && params_agree(b, a);
}

Result<NameAddr> parse_name_addr(std::string_view text) {
  if (text.size() > kNameAddrBytesMax)
    return core::fail(ErrorCode::kLimitReached, "address too long");
  Lexer lexer(text);
  NameAddr out;
  if (lexer.peek() == '"') {
    auto display = lexer.value();
    if (!display || lexer.peek() != '<') return corrupt("display name");
    out.display = std::move(*display);
  } else if (text.find('<') != std::string_view::npos) {
    out.display = lexer.until("<");
  }
  const bool bracketed = lexer.accept('<');
  out.uri = lexer.until(bracketed ? ">" : ";");
  if (out.uri.empty() || (bracketed && !lexer.accept('>'))) return corrupt("address without URI");
  if (!is_uri_text(out.uri)) return corrupt("URI with a forbidden octet");
  auto params = read_header_params(lexer);
  if (!params) return core::forward_error(std::move(params));
  out.params = std::move(*params);
  return out;
}

std::string NameAddr::text() const {
  std::string out = display.empty() ? "" : quoted(display) + " ";
  out.append("<").append(uri).append(">");
  for (const auto& param : params) {
    out.append(";").append(param.name);
    if (param.value.empty()) continue;
    out.append("=").append(is_token(param.value) ? param.value : quoted(param.value));
  }
  return out;
}

}  // namespace pbx::sip
