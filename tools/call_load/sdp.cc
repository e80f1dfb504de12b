#include "tools/call_load/sdp.h"

#include <array>

#include "core/base/text.h"
#include "tools/call_load/append.h"

namespace pbx::call_load {
namespace {

using core::trim;

constexpr std::array<std::string_view, 4> kDirections = {"sendrecv", "sendonly", "recvonly",
                                                         "inactive"};

// c=IN IP4 192.0.2.1 (a multicast TTL behind a slash is cut off)
core::IpAddress parse_connection(std::string_view value) {
  std::array<std::string_view, 3> parts;
  if (core::split(value, ' ', parts) != 3) return {};
  const std::string_view host = trim(parts[2]);
  return core::parse_ip(host.substr(0, host.find('/'))).value_or(core::IpAddress{});
}

// audio 4000 RTP/AVP 0 8 101
bool parse_media(std::string_view value, RemoteAudio& audio) {
  std::array<std::string_view, 3 + RemoteAudio::kFormatsMax> parts;
  const std::size_t count = core::split(value, ' ', parts);
  if (count < 4) return false;
  const auto port = core::parse_uint<std::uint16_t>(parts[1].substr(0, parts[1].find('/')));
  if (!port || *port == 0) return false;
  audio.rtp.port = *port;
  for (std::size_t i = 3; i < count; ++i)
    if (const auto type = core::parse_uint<std::uint8_t>(trim(parts[i]), 63))
      audio.static_types |= std::uint64_t{1} << *type;
  return true;
}

void parse_attribute(std::string_view value, RemoteAudio& audio) {
  for (std::size_t i = 0; i < kDirections.size(); ++i)
    if (value == kDirections[i]) audio.direction = static_cast<Direction>(i);
  if (!core::starts_with_nocase(value, "rtpmap:")) return;
  const auto parts = core::split_once(value.substr(7), ' ');
  if (!parts || !core::starts_with_nocase(parts->second, "telephone-event/8000")) return;
  if (const auto type = core::parse_uint<std::uint8_t>(parts->first, 127)) audio.event_type = *type;
}

}  // namespace

std::string_view to_text(Codec codec) {
  switch (codec) {
    case Codec::kPcmu:
      return "PCMU";
    case Codec::kPcma:
      return "PCMA";
    case Codec::kG722:
      return "G722";
  }
  return "";
}

Direction reversed(Direction direction) {
  if (direction == Direction::kSendOnly) return Direction::kRecvOnly;
  if (direction == Direction::kRecvOnly) return Direction::kSendOnly;
  return direction;
}

void append_sdp(std::string& out, const LocalAudio& audio) {
  const std::string ip = audio.rtp.ip.text();
  const std::string_view family = audio.rtp.ip.family == core::IpFamily::kV6 ? " IP6 " : " IP4 ";
  const unsigned type = static_cast<unsigned>(audio.codec);
  const unsigned event = audio.event_type;
  append(out, "v=0\r\no=load ", audio.session, ' ', audio.version, " IN", family, ip,
         "\r\ns=-\r\nc=IN", family, ip, "\r\nt=0 0\r\nm=audio ", audio.rtp.port, " RTP/AVP ", type,
         ' ', event, "\r\na=rtpmap:", type, ' ', to_text(audio.codec), "/8000\r\na=rtpmap:", event,
         " telephone-event/8000\r\na=fmtp:", event, " 0-15\r\na=ptime:", audio.ptime_ms,
         "\r\na=", kDirections[static_cast<std::size_t>(audio.direction)], "\r\n");
}

std::optional<RemoteAudio> parse_sdp(std::string_view text) {
  RemoteAudio audio;
  enum class Part { kSession, kAudio, kOtherMedia } part = Part::kSession;
  bool has_audio = false;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = trim(text.substr(0, end));
    text = end == std::string_view::npos ? "" : text.substr(end + 1);
    if (line.size() < 2 || line[1] != '=') continue;
    const std::string_view value = line.substr(2);
    if (line[0] == 'm') {
      if (has_audio) break;  // one stream is all a telephone has
      has_audio = core::starts_with_nocase(value, "audio ");
      part = has_audio ? Part::kAudio : Part::kOtherMedia;
      if (has_audio && !parse_media(value, audio)) return std::nullopt;
    } else if (part != Part::kOtherMedia) {
      if (line[0] == 'c') audio.rtp.ip = parse_connection(value);
      if (line[0] == 'a') parse_attribute(value, audio);
    }
  }
  if (!audio.rtp) return std::nullopt;
  return audio;
}

}  // namespace pbx::call_load
