#include "sip/sdp.h"

#include <algorithm>
#include <array>
#include <utility>

#include "sip/text.h"

namespace pbx::sip {
namespace {

using core::ErrorCode;
using core::Result;

// Cuts a text into lines; CRLF, LF and a lone CR all end one.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}

  bool next(std::string_view& line) {
    if (rest_.empty()) return false;
    ++number_;
    line = rest_.substr(0, rest_.find_first_of("\r\n"));
    rest_.remove_prefix(line.size());
    const bool crlf = rest_.substr(0, 2) == "\r\n";
    rest_.remove_prefix(std::min<std::size_t>(crlf ? 2 : 1, rest_.size()));
    return true;
  }
  [[nodiscard]] std::size_t number() const { return number_; }

 private:
  std::string_view rest_;
  std::size_t number_ = 0;
};

bool is_forbidden(char c) { return is_control(c) && c != '\t'; }

bool is_visible_word(std::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), is_visible);
}

class Parser {
 public:
  explicit Parser(std::string_view text) : lines_(text) {}

  Result<SessionDescription> run() {
    std::string_view line;
    while (lines_.next(line)) {
      if (lines_.number() > kSdpLinesMax) return limit("too many lines");
      if (std::any_of(line.begin(), line.end(), is_forbidden)) return corrupt("control octet");
      line = core::trim(line);
      if (line.empty()) continue;
      if (line.size() < 2 || !is_alpha(line[0]) || line[1] != '=')
        return corrupt("expected a letter and '='");
      if (auto done = take(line[0], core::trim(line.substr(2))); !done)
        return tl::unexpected(std::move(done.error()));
      any_ = true;
    }
    if (!any_) return corrupt("empty description");
    return std::move(out_);
  }

 private:
  Result<> take(char letter, std::string_view value) {
    switch (letter) {
      case 'v':
        return value == "0" ? Result<>{} : corrupt("unknown version");
      case 'o':
        return origin(value);
      case 's':
        out_.name = value.empty() ? "-" : std::string(value);
        return {};
      case 'c':
        return connection(value);
      case 't':
        return time(value);
      case 'a':
        return attribute(value);
      case 'm':
        return media(value);
      default:
        return {};
    }
  }

  // A user name with blanks occurs, so the five other fields are counted from the right.
  Result<> origin(std::string_view value) {
    std::array<std::string_view, 5> tail;
    for (auto field = tail.rbegin(); field != tail.rend(); ++field) {
      const auto blank = value.find_last_of(" \t");
      *field = value.substr(blank == std::string_view::npos ? 0 : blank + 1);
      value = core::trim(value.substr(0, value.size() - field->size()));
      if (field->empty()) return corrupt("o= has too few fields");
    }
    const auto where = address(tail[2], tail[3], tail[4]);
    if (!where) return corrupt("o= has no address");
    out_.origin = {value.empty() ? "-" : std::string(value), std::string(tail[0]),
                   std::string(tail[1]), *where};
    return {};
  }

  Result<> connection(std::string_view value) {
    const auto net = next_word(value);
    const auto family = next_word(value);
    const auto where = address(net, family, next_word(value));
    if (!where) return corrupt("c= needs IN, IP4 or IP6, and an address");
    auto& has = out_.media.empty() ? out_.has_connection : out_.media.back().has_connection;
    auto& place = out_.media.empty() ? out_.connection : out_.media.back().connection;
    if (std::exchange(has, true)) return {};  // the first counts, also of a layered multicast
    place = *where;
    return {};
  }

  static std::optional<SdpAddress> address(std::string_view net, std::string_view family,
                                           std::string_view host) {
    const bool v6 = core::equals_nocase(family, "IP6");
    host = host.substr(0, host.find('/'));
    if (!core::equals_nocase(net, "IN") || (!v6 && !core::equals_nocase(family, "IP4")))
      return std::nullopt;
    if (!is_visible_word(host)) return std::nullopt;
    SdpAddress out{v6 ? core::IpFamily::kV6 : core::IpFamily::kV4, std::string(host), {}};
    if (const auto ip = core::parse_ip(host)) out = sdp_address(*ip);  // IP4 before an IPv6 occurs
    return out;
  }

  Result<> time(std::string_view value) {
    const auto start = core::parse_uint<std::uint64_t>(next_word(value));
    const auto stop = core::parse_uint<std::uint64_t>(next_word(value));
    if (start && stop) out_.start = *start, out_.stop = *stop;
    return {};  // nobody schedules a call by t=, so a bad one does no harm
  }

  Result<> attribute(std::string_view value) {
    if (++attributes_ > kSdpAttributesMax) return limit("too many attributes");
    const auto colon = value.find(':');
    const auto name = core::trim(value.substr(0, colon));
    if (name.empty()) return {};
    auto& list = out_.media.empty() ? out_.attributes : out_.media.back().attributes;
    const auto text = colon == std::string_view::npos ? "" : core::trim(value.substr(colon + 1));
    list.push_back({std::string(name), std::string(text)});
    return {};
  }

  Result<> media(std::string_view value) {
    if (out_.media.size() == kSdpMediaMax) return limit("too many m= lines");
    SdpMedia media;
    const auto type = next_word(value);
    const auto ports = next_word(value);
    const auto protocol = next_word(value);
    if (!is_token(type)) return corrupt("m= needs a media type");
    if (!read_ports(ports, media)) return corrupt("m= needs a port from 0 to 65535");
    if (!is_visible_word(protocol)) return corrupt("m= needs a protocol");
    media.type = type;
    media.protocol = protocol;
    for (auto word = next_word(value); !word.empty(); word = next_word(value)) {
      if (!is_visible_word(word)) return corrupt("m= has a format that is no word");
      if (media.formats.size() == kSdpFormatsMax) return limit("too many formats");
      media.formats.emplace_back(word);
    }
    if (media.formats.empty() && media.port != 0) return corrupt("m= needs a format");
    out_.media.push_back(std::move(media));
    return {};
  }

  static bool read_ports(std::string_view text, SdpMedia& media) {
    const auto slash = text.find('/');
    const auto port = core::parse_uint<std::uint16_t>(text.substr(0, slash));
    if (!port) return false;
    media.port = *port;
    if (slash == std::string_view::npos) return true;
    const auto count = core::parse_uint<std::uint16_t>(text.substr(slash + 1));
    media.port_count = count.value_or(0);
    return media.port_count != 0;
  }

  tl::unexpected<core::Error> corrupt(std::string_view what) const {
    return core::fail(ErrorCode::kCorrupt, where() + std::string(what));
  }
  tl::unexpected<core::Error> limit(std::string_view what) const {
    return core::fail(ErrorCode::kLimitReached, where() + std::string(what));
  }
  std::string where() const { return "line " + std::to_string(lines_.number()) + ": "; }

  Lines lines_;
  SessionDescription out_;
  std::size_t attributes_ = 0;
  bool any_ = false;
};

// Appends to the text; what a value must not contain is dropped here.
class Writer {
 public:
  Writer() { text_.reserve(512); }
  Writer& put(std::string_view value) {
    for (const char c : value)
      if (!is_forbidden(c)) text_ += c;
    return *this;
  }
  Writer& number(std::uint64_t value) {
    text_ += std::to_string(value);
    return *this;
  }
  void end_line() { text_ += "\r\n"; }

  void address(const SdpAddress& value) {
    put(value.family == core::IpFamily::kV6 ? "IN IP6 " : "IN IP4 ").put(value.host).end_line();
  }
  void attributes(const std::vector<SdpAttribute>& list) {
    for (const auto& attribute : list) {
      put("a=").put(attribute.name);
      if (!attribute.value.empty()) put(":").put(attribute.value);
      end_line();
    }
  }
  void media(const SdpMedia& media) {
    put("m=").put(media.type).put(" ").number(media.port);
    if (media.port_count != 1) put("/").number(media.port_count);
    put(" ").put(media.protocol);
    for (const auto& format : media.formats) put(" ").put(format);
    end_line();
    if (media.has_connection) put("c=").address(media.connection);
    attributes(media.attributes);
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

}  // namespace

SdpAddress sdp_address(const core::IpAddress& ip) {
  if (!ip) return {};
  return {ip.family, ip.text(), ip};
}

Result<SessionDescription> parse_sdp(std::string_view text) {
  if (text.size() > kSdpBytesMax)
    return core::fail(ErrorCode::kLimitReached, "line 0: description too long");
  return Parser(text).run();
}

std::string write_sdp(const SessionDescription& description) {
  Writer out;
  const auto& origin = description.origin;
  out.put("v=0").end_line();
  out.put("o=").put(origin.username).put(" ").put(origin.session_id).put(" ");
  out.put(origin.version).put(" ").address(origin.address);
  out.put("s=").put(description.name).end_line();
  if (description.has_connection) out.put("c=").address(description.connection);
  out.put("t=").number(description.start).put(" ").number(description.stop).end_line();
  out.attributes(description.attributes);
  for (const auto& media : description.media) out.media(media);
  return out.take();
}

core::IpAddress address_of(const SessionDescription& session, const SdpMedia& media) {
  if (media.has_connection) return media.connection.ip;
  return session.has_connection ? session.connection.ip : core::IpAddress{};
}

const SdpAttribute* find_attribute(const std::vector<SdpAttribute>& attributes,
                                   std::string_view name) {
  const auto found = std::find_if(attributes.begin(), attributes.end(), [&](const auto& attribute) {
    return core::equals_nocase(attribute.name, name);
  });
  return found == attributes.end() ? nullptr : &*found;
}

}  // namespace pbx::sip
