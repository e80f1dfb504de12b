#include "sip/sdp_audio.h"

#include <algorithm>
#include <array>
#include <string>

#include "core/base/text.h"
#include "sip/sdp_crypto.h"
#include "sip/text.h"

namespace pbx::sip {
namespace {

using call::AudioDescription;
using call::Codec;
using call::Direction;
using call::Format;

constexpr std::array<std::string_view, 4> kDirections{"inactive", "sendonly", "recvonly",
                                                      "sendrecv"};  // by value of Direction

std::optional<Direction> find_direction(const std::vector<SdpAttribute>& attributes) {
  for (const auto& attribute : attributes)
    for (std::size_t i = 0; i < kDirections.size(); ++i)
      if (core::equals_nocase(attribute.name, kDirections[i])) return static_cast<Direction>(i);
  return std::nullopt;
}

// What follows the payload type in "a=name:<payload type> …", or nullopt.
std::optional<std::string_view> format_attribute(const SdpMedia& media, std::string_view name,
                                                 std::uint8_t payload_type) {
  for (const auto& attribute : media.attributes) {
    if (!core::equals_nocase(attribute.name, name)) continue;
    std::string_view value = attribute.value;
    if (core::parse_uint<std::uint8_t>(next_word(value)) == payload_type) return core::trim(value);
  }
  return std::nullopt;
}

// "name/clock[/channels]".
std::optional<Format> read_rtpmap(std::string_view value) {
  std::array<std::string_view, 3> parts;
  const auto count = core::split(value, '/', parts);
  const auto clock = core::parse_uint<std::uint32_t>(parts[1]);
  if (!clock) return std::nullopt;
  const auto codec = call::find_codec(parts[0], *clock);
  if (!codec) return std::nullopt;
  // Stereo L16 and the like are other formats; Opus says 2 whatever it carries (RFC 7587 7).
  if (count == 3 && parts[2] != "1" && *codec != Codec::kOpus) return std::nullopt;
  return Format{*codec, 0, *clock, {}};
}

std::optional<Format> without_rtpmap(std::uint8_t payload_type, const std::vector<Format>& known) {
  for (const auto& format : known)
    if (format.payload_type == payload_type) return Format{format.codec, 0, format.clock_hz, {}};
  for (const auto codec :
       {Codec::kPcmu, Codec::kPcma, Codec::kG722, Codec::kGsm, Codec::kComfortNoise})
    if (call::info(codec).static_payload_type == payload_type)
      return Format{codec, 0, call::info(codec).clock_hz, {}};
  return std::nullopt;
}

bool has_number(const std::vector<Format>& formats, std::uint8_t payload_type) {
  return std::any_of(formats.begin(), formats.end(),
                     [&](const Format& format) { return format.payload_type == payload_type; });
}

std::vector<Format> read_formats(const SdpMedia& media, const std::vector<Format>& known) {
  std::vector<Format> out;
  for (const auto& word : media.formats) {
    const auto number = core::parse_uint<std::uint8_t>(word, 127);
    if (!number || has_number(out, *number)) continue;
    const auto map = format_attribute(media, "rtpmap", *number);
    auto format = map ? read_rtpmap(*map) : without_rtpmap(*number, known);
    if (!format) continue;
    format->payload_type = *number;
    format->fmtp = format_attribute(media, "fmtp", *number).value_or("");
    out.push_back(std::move(*format));
  }
  return out;
}

std::vector<call::SrtpKey> read_keys(const SdpMedia& media) {
  std::vector<call::SrtpKey> out;
  for (const auto& attribute : media.attributes)
    if (core::equals_nocase(attribute.name, "crypto"))
      if (auto key = parse_crypto(attribute.value)) out.push_back(std::move(*key));
  return out;
}

// "20" or "20.5": fractions are cut off.
std::optional<std::uint16_t> read_time(const SdpMedia& media, std::string_view name) {
  const auto* attribute = find_attribute(media.attributes, name);
  if (!attribute) return std::nullopt;
  const std::string_view value = attribute->value;
  const auto ms = core::parse_uint<std::uint16_t>(value.substr(0, value.find('.')), kPtimeMax);
  return ms && *ms >= kPtimeMin ? ms : std::nullopt;
}

std::uint16_t read_ptime(const SdpMedia& media) {
  const auto ptime = read_time(media, "ptime").value_or(AudioDescription{}.ptime_ms);
  return std::min(ptime, read_time(media, "maxptime").value_or(kPtimeMax));
}

core::SocketAddress default_rtcp(const core::SocketAddress& rtp) {
  return {rtp.ip, static_cast<std::uint16_t>(rtp.port == 65535 ? 0 : rtp.port + 1)};
}

// a=rtcp:port [IN IP4 address]
core::SocketAddress read_rtcp(const SdpMedia& media, const core::SocketAddress& rtp) {
  auto rtcp = default_rtcp(rtp);
  const auto* attribute = find_attribute(media.attributes, "rtcp");
  if (!attribute) return rtcp;
  std::string_view value = attribute->value;
  const auto port = core::parse_uint<std::uint16_t>(next_word(value));
  if (!port) return rtcp;
  rtcp.port = *port;
  next_word(value);  // IN
  next_word(value);  // IP4 or IP6; the address says it again
  if (const auto ip = core::parse_ip(next_word(value))) rtcp.ip = *ip;
  return rtcp;
}

Direction read_direction(const SessionDescription& session, const SdpMedia& media,
                         const core::IpAddress& ip) {
  const auto said =
      find_direction(media.attributes)
          .value_or(find_direction(session.attributes).value_or(Direction::kSendRecv));
  const bool held = ip && ip.is_unspecified();
  return held ? call::make_direction(call::can_send(said), false) : said;
}

std::string rtpmap(const Format& format) {
  const auto& codec = call::info(format.codec);
  std::string out = std::to_string(format.payload_type);
  out.append(" ").append(codec.name).append("/").append(std::to_string(format.clock_hz));
  if (codec.channels != 1) out.append("/").append(std::to_string(codec.channels));
  return out;
}

void write_format(const Format& format, SdpMedia& media) {
  const auto number = std::to_string(format.payload_type);
  const bool bare_event = format.codec == Codec::kTelephoneEvent && format.fmtp.empty();
  const auto fmtp = bare_event ? std::string("0-16") : format.fmtp;
  media.formats.push_back(number);
  media.attributes.push_back({"rtpmap", rtpmap(format)});
  if (!fmtp.empty()) media.attributes.push_back({"fmtp", number + " " + fmtp});
}

void write_rtcp(const AudioDescription& audio, SdpMedia& media) {
  if (audio.rtcp_mux) media.attributes.push_back({"rtcp-mux", ""});
  if (audio.rtcp_mux || !audio.rtcp || audio.rtcp == default_rtcp(audio.rtp)) return;
  const bool v6 = audio.rtcp.ip.family == core::IpFamily::kV6;
  media.attributes.push_back({"rtcp", std::to_string(audio.rtcp.port) +
                                          (v6 ? " IN IP6 " : " IN IP4 ") + audio.rtcp.ip.text()});
}

}  // namespace

bool is_plain_profile(std::string_view protocol) {
  return core::equals_nocase(protocol, "RTP/AVP") || core::equals_nocase(protocol, "RTP/AVPF");
}

bool is_srtp_profile(std::string_view protocol) {
  return core::equals_nocase(protocol, "RTP/SAVP") || core::equals_nocase(protocol, "RTP/SAVPF");
}

bool has_codec(const std::vector<Format>& formats) {
  return std::any_of(formats.begin(), formats.end(), [](const Format& format) {
    return format.codec != Codec::kTelephoneEvent && format.codec != Codec::kComfortNoise;
  });
}

std::optional<AudioDescription> read_audio(const SessionDescription& session, const SdpMedia& media,
                                           const std::vector<Format>& known) {
  const bool srtp = is_srtp_profile(media.protocol);
  if (!core::equals_nocase(media.type, "audio") || media.port == 0) return std::nullopt;
  if (!srtp && !is_plain_profile(media.protocol)) return std::nullopt;
  AudioDescription audio;
  audio.formats = read_formats(media, known);
  if (srtp) audio.keys = read_keys(media);
  if (!has_codec(audio.formats) || (srtp && audio.keys.empty())) return std::nullopt;
  audio.rtp = {address_of(session, media), media.port};
  audio.rtcp_mux = find_attribute(media.attributes, "rtcp-mux") != nullptr;
  audio.rtcp = audio.rtcp_mux ? audio.rtp : read_rtcp(media, audio.rtp);
  audio.direction = read_direction(session, media, audio.rtp.ip);
  audio.ptime_ms = read_ptime(media);
  return audio;
}

SdpMedia write_audio(const AudioDescription& audio, std::string_view protocol) {
  SdpMedia media;
  media.type = "audio";
  media.port = audio.rtp.port;
  media.protocol = protocol;
  for (const auto& format : audio.formats) write_format(format, media);
  if (audio.ptime_ms != 0) media.attributes.push_back({"ptime", std::to_string(audio.ptime_ms)});
  write_rtcp(audio, media);
  for (const auto& key : audio.keys) media.attributes.push_back({"crypto", format_crypto(key)});
  const auto direction = static_cast<std::size_t>(audio.direction);
  media.attributes.push_back({std::string(kDirections[direction]), ""});
  return media;
}

}  // namespace pbx::sip
