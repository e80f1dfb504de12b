#include "core/call/media_plan.h"

#include <algorithm>
#include <array>

namespace pbx::call {
namespace {

constexpr std::uint8_t kOpusPayload = 107;
constexpr std::uint8_t kL16WidePayload = 108;
constexpr std::uint8_t kL16Payload = 109;
constexpr std::uint8_t kEventPayload = 101;      // what most phones take for telephone-event/8000
constexpr std::uint8_t kWideEventPayload = 102;  // 16000, for L16
constexpr std::uint8_t kOpusEventPayload = 103;  // 48000
constexpr std::string_view kEvents = "0-15";     // RFC 4733 2.4.1: digits, *, #, A-D

Codec to_codec(config::CodecName name) {
  constexpr std::array<Codec, 6> kMap{Codec::kPcmu, Codec::kPcma, Codec::kG722,
                                      Codec::kOpus, Codec::kGsm,  Codec::kL16};
  return kMap[static_cast<std::size_t>(name)];
}

bool is_voice(const Format& format) {
  return format.codec != Codec::kTelephoneEvent && format.codec != Codec::kComfortNoise;
}

bool same_coding(const Format& a, const Format& b) {
  return a.codec == b.codec && a.clock_hz == b.clock_hz;
}

const Format* find_same(const std::vector<Format>& formats, const Format& wanted) {
  const auto found = std::find_if(formats.begin(), formats.end(),
                                  [&](const Format& f) { return same_coding(f, wanted); });
  return found == formats.end() ? nullptr : &*found;
}

// RFC 4733 2.1: events use the clock of the voice they replace.  Phones that offer Opus with
// telephone-event/8000 only exist, so any clock is better than none.
const Format* find_events(const std::vector<Format>& formats, std::uint32_t clock_hz) {
  const Format* any = nullptr;
  for (const Format& format : formats) {
    if (format.codec != Codec::kTelephoneEvent) continue;
    if (format.clock_hz == clock_hz) return &format;
    if (any == nullptr) any = &format;
  }
  return any;
}

const Format* find_noise(const std::vector<Format>& formats, std::uint32_t clock_hz) {
  const auto found = std::find_if(formats.begin(), formats.end(), [&](const Format& f) {
    return f.codec == Codec::kComfortNoise && f.clock_hz == clock_hz;
  });
  return found == formats.end() ? nullptr : &*found;
}

std::vector<Format> own_formats(Codec codec) {
  switch (codec) {
    case Codec::kOpus:
      return {{codec, kOpusPayload, 48000, "useinbandfec=1"}};
    case Codec::kL16:
      return {{codec, kL16WidePayload, 16000, ""}, {codec, kL16Payload, 8000, ""}};
    default:
      return {{codec, static_cast<std::uint8_t>(info(codec).static_payload_type), 8000, ""}};
  }
}

bool wants_events(const MediaPolicy& policy) {
  return policy.dtmf == config::DtmfMode::kAuto || policy.dtmf == config::DtmfMode::kRfc4733;
}

void add_events(std::vector<Format>& formats) {
  constexpr std::array<std::pair<std::uint32_t, std::uint8_t>, 3> kNumbering{
      {{8000, kEventPayload}, {16000, kWideEventPayload}, {48000, kOpusEventPayload}}};
  for (const auto& [clock_hz, payload_type] : kNumbering) {
    const bool used = std::any_of(formats.begin(), formats.end(), [clock = clock_hz](auto& f) {
      return is_voice(f) && f.clock_hz == clock;
    });
    if (used)
      formats.push_back({Codec::kTelephoneEvent, payload_type, clock_hz, std::string(kEvents)});
  }
}

DtmfMode agreed_dtmf(const MediaPolicy& policy, bool has_events) {
  if (policy.dtmf == config::DtmfMode::kInfo) return DtmfMode::kInfo;
  if (policy.dtmf == config::DtmfMode::kInband) return DtmfMode::kInband;
  if (has_events) return DtmfMode::kRfc4733;
  return policy.inband_detection ? DtmfMode::kInband : DtmfMode::kInfo;
}

bool srtp_fits(config::SrtpMode mode, const AudioDescription& remote) {
  if (mode == config::SrtpMode::kOff) return remote.keys.empty();
  return mode == config::SrtpMode::kOptional || !remote.keys.empty();
}

// The parts of MediaParams that the remote side's description alone decides.
MediaParams params_from(const MediaPolicy& policy, const AudioDescription& remote,
                        const Format& voice) {
  MediaParams params;
  params.remote_rtp = remote.rtp;
  params.remote_rtcp = remote.rtcp;
  params.rtcp_mux = remote.rtcp_mux;
  params.send = voice;
  params.ptime_ms = remote.ptime_ms;
  const Format* events =
      wants_events(policy) ? find_events(remote.formats, voice.clock_hz) : nullptr;
  if (events != nullptr) params.send_dtmf = *events;
  params.dtmf = agreed_dtmf(policy, events != nullptr);
  const Format* noise = policy.comfort_noise ? find_noise(remote.formats, voice.clock_hz) : nullptr;
  if (noise != nullptr) params.send_noise = *noise;
  return params;
}

// The first of `preferred` that is among `offered`, else the first offered: the offerer's order
// counts (RFC 3264 6.1).
Format choose(const std::vector<Format>& offered, const std::vector<Format>& preferred) {
  for (const Format& wanted : preferred)
    if (const Format* found = find_same(offered, wanted)) return *found;
  return offered.front();
}

// fmtp of our answer: for Opus what the other leg says of itself, because relayed audio is heard
// by that leg; else our own.
std::string answer_fmtp(const Format& voice, const std::vector<Format>& preferred) {
  if (voice.codec != Codec::kOpus) return voice.fmtp;
  const Format* other = find_same(preferred, voice);
  return other != nullptr ? other->fmtp : own_formats(Codec::kOpus).front().fmtp;
}

// What extensions and trunks call alike.
template <class Account>
MediaPolicy policy_of(const Account& account, const config::Media& media) {
  MediaPolicy policy;
  for (const config::CodecName name : account.codecs) policy.codecs.push_back(to_codec(name));
  policy.dtmf = account.dtmf;
  policy.srtp = account.srtp;
  policy.inband_detection = media.dtmf_inband_detection;
  policy.comfort_noise = media.comfort_noise;
  policy.ptime_ms = static_cast<std::uint16_t>(media.ptime.count());
  policy.dscp = media.dscp;
  policy.t38 = account.t38 && account.srtp != config::SrtpMode::kRequired;  // UDPTL is plain
  return policy;
}

}  // namespace

MediaPolicy policy_for(const config::Extension& extension, const config::Media& media) {
  return policy_of(extension, media);
}

MediaPolicy policy_for(const config::Trunk& trunk, const config::Media& media) {
  MediaPolicy policy = policy_of(trunk, media);
  policy.dscp = trunk.dscp;
  return policy;
}

std::vector<Format> voice_formats(const AudioDescription& description, const MediaPolicy& policy) {
  std::vector<Format> voices;
  for (const Format& format : description.formats) {
    const bool allowed =
        std::find(policy.codecs.begin(), policy.codecs.end(), format.codec) != policy.codecs.end();
    if (is_voice(format) && allowed) voices.push_back(format);
  }
  return voices;
}

AudioDescription make_offer(const MediaPolicy& policy, const core::SocketAddress& local,
                            const std::vector<Format>& preferred, const SrtpKey& key) {
  std::vector<Format> all;
  for (const Codec codec : policy.codecs)
    for (Format& format : own_formats(codec)) all.push_back(std::move(format));

  AudioDescription offer;
  for (const Format& wanted : preferred) {
    const Format* own = find_same(all, wanted);
    if (own == nullptr || find_same(offer.formats, wanted) != nullptr) continue;
    offer.formats.push_back(*own);
    if (!wanted.fmtp.empty()) offer.formats.back().fmtp = wanted.fmtp;
  }
  for (const Format& format : all)
    if (find_same(offer.formats, format) == nullptr) offer.formats.push_back(format);
  if (wants_events(policy)) add_events(offer.formats);
  if (policy.comfort_noise) offer.formats.push_back({Codec::kComfortNoise, 13, 8000, ""});

  offer.rtp = local;
  offer.rtcp = {local.ip, static_cast<std::uint16_t>(local.port + 1)};
  offer.ptime_ms = policy.ptime_ms;
  if (policy.srtp == config::SrtpMode::kRequired) offer.keys.push_back(key);
  return offer;
}

std::optional<Agreement> make_answer(const MediaPolicy& policy, const core::SocketAddress& local,
                                     const AudioDescription& remote,
                                     const std::vector<Format>& preferred, const SrtpKey& key) {
  const std::vector<Format> offered = voice_formats(remote, policy);
  if (offered.empty() || !srtp_fits(policy.srtp, remote)) return std::nullopt;
  const Format voice = choose(offered, preferred);

  Agreement agreed;
  agreed.params = params_from(policy, remote, voice);
  AudioDescription& ours = agreed.ours;
  ours.rtp = local;
  ours.rtcp_mux = remote.rtcp_mux;
  ours.rtcp = {local.ip, static_cast<std::uint16_t>(local.port + (ours.rtcp_mux ? 0 : 1))};
  ours.direction = reversed(remote.direction);
  ours.ptime_ms = policy.ptime_ms;
  ours.formats.push_back(voice);
  ours.formats.back().fmtp = answer_fmtp(voice, preferred);
  if (agreed.params.send_dtmf) {
    ours.formats.push_back(*agreed.params.send_dtmf);
    ours.formats.back().fmtp = kEvents;
  }
  if (agreed.params.send_noise) ours.formats.push_back(*agreed.params.send_noise);

  agreed.params.direction = ours.direction;
  agreed.params.receive = ours.formats;
  if (!remote.keys.empty()) {
    agreed.params.srtp_receive = remote.keys.front();
    agreed.params.srtp_send = key;
    // RFC 4568 5.1.3: the answer takes up the tag and suite of the accepted line.
    agreed.params.srtp_send->tag = remote.keys.front().tag;
    agreed.params.srtp_send->suite = remote.keys.front().suite;
    ours.keys.push_back(*agreed.params.srtp_send);
  }
  return agreed;
}

std::optional<Agreement> accept_answer(const MediaPolicy& policy, const AudioDescription& offer,
                                       const AudioDescription& remote) {
  std::vector<Format> agreed_voices;
  for (const Format& format : voice_formats(remote, policy))
    if (find_same(offer.formats, format) != nullptr) agreed_voices.push_back(format);
  if (agreed_voices.empty() || offer.keys.empty() != remote.keys.empty()) return std::nullopt;

  Agreement agreed{offer, params_from(policy, remote, agreed_voices.front())};
  MediaParams& params = agreed.params;
  params.rtcp_mux = offer.rtcp_mux && remote.rtcp_mux;
  params.direction = make_direction(can_send(offer.direction) && can_receive(remote.direction),
                                    can_receive(offer.direction) && can_send(remote.direction));
  params.receive = offer.formats;
  // Phones that answer with numbers of their own also send with them.
  for (const Format& format : remote.formats) {
    const bool taken = std::any_of(params.receive.begin(), params.receive.end(),
                                   [&](auto& f) { return f.payload_type == format.payload_type; });
    if (!taken) params.receive.push_back(format);
  }
  if (!remote.keys.empty()) {
    params.srtp_send = offer.keys.front();
    params.srtp_receive = remote.keys.front();
  }
  return agreed;
}

}  // namespace pbx::call
