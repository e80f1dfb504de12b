#include "sip/offer_answer.h"

#include <algorithm>
#include <utility>

#include "sip/sdp_audio.h"
#include "sip/sdp_fax.h"

namespace pbx::sip {
namespace {

using call::AudioDescription;
using call::Format;
using core::ErrorCode;
using core::Result;

constexpr std::uint8_t kDynamicFirst = 96;  // RFC 3551 6
constexpr std::uint8_t kDynamicLast = 127;

bool same_codec(const Format& a, const Format& b) {
  return a.codec == b.codec && a.clock_hz == b.clock_hz;
}

const Format* find_codec(const std::vector<Format>& formats, const Format& wanted) {
  const auto found = std::find_if(formats.begin(), formats.end(),
                                  [&](const Format& format) { return same_codec(format, wanted); });
  return found == formats.end() ? nullptr : &*found;
}

bool has_number(const std::vector<Format>& formats, std::uint8_t payload_type) {
  return std::any_of(formats.begin(), formats.end(),
                     [&](const Format& format) { return format.payload_type == payload_type; });
}

SdpStream stream_of(const SdpMedia& media) {
  return {media.type, media.protocol, media.formats.empty() ? "0" : media.formats.front()};
}

SdpMedia refused(const SdpStream& stream) {
  SdpMedia media;
  media.type = stream.type;
  media.protocol = stream.protocol;
  media.formats = {stream.format};
  return media;
}

bool repeats(const SdpAgreement& now, const SdpAgreement& before) {
  return before.remote_origin && now.remote_origin == before.remote_origin &&
         now.remote == before.remote;
}

// The formats of `local` that were offered, under the numbers of the offer.
std::vector<Format> answer_formats(const std::vector<Format>& local,
                                   const std::vector<Format>& offered) {
  std::vector<Format> out;
  for (const auto& format : local) {
    const auto* match = find_codec(offered, format);
    if (!match || has_number(out, match->payload_type)) continue;
    out.push_back(format);
    out.back().payload_type = match->payload_type;
  }
  return out;
}

// Our key for the first offered line of the same suite, under its tag (RFC 4568 5.1.2).
std::vector<call::SrtpKey> answer_key(const std::vector<call::SrtpKey>& local,
                                      const std::vector<call::SrtpKey>& offered) {
  for (const auto& ours : local)
    for (const auto& theirs : offered)
      if (ours.suite == theirs.suite) return {{theirs.tag, ours.suite, ours.key_salt}};
  return {};
}

// The line of the answer that accepts one of ours; the others, if any, are not believed.
std::vector<call::SrtpKey> accepted_key(const std::vector<call::SrtpKey>& answered,
                                        const std::vector<call::SrtpKey>& offered) {
  for (const auto& theirs : answered)
    for (const auto& ours : offered)
      if (ours.suite == theirs.suite && ours.tag == theirs.tag) return {theirs};
  return {};
}

void settle_rtcp(AudioDescription& audio, bool mux) {
  audio.rtcp_mux = mux;
  if (mux) audio.rtcp = audio.rtp;
}

// The m= line of an answer that belongs to our stream; telephones that drop refused lines are
// understood by type.
const SdpMedia* find_answered(const std::vector<SdpMedia>& media, std::size_t index,
                              const std::string& type) {
  if (index < media.size() && media[index].type == type) return &media[index];
  const auto found = std::find_if(media.begin(), media.end(),
                                  [&](const SdpMedia& line) { return line.type == type; });
  return found == media.end() ? nullptr : &*found;
}

// The first fax stream of an offer without audio that we can take.
void take_fax(const SessionDescription& description, SdpAgreement& next) {
  for (std::size_t i = 0; i < description.media.size() && !next.remote; ++i) {
    next.remote = read_fax(description, description.media[i]);
    if (next.remote) next.audio = i;
  }
}

}  // namespace

OfferAnswer::OfferAnswer(OfferAnswerOptions options, OfferAnswerState state)
    : options_(std::move(options)), state_(std::move(state)) {}

bool OfferAnswer::is_acceptable(const SdpMedia& media) const {
  return is_srtp_profile(media.protocol) ? options_.accept_srtp : options_.accept_plain;
}

Result<RemoteSdp> OfferAnswer::receive_offer(std::string_view body) {
  if (state_.phase != Phase::kStable)
    return core::fail(ErrorCode::kInvalidArgument, "an offer is open already");
  auto description = parse_sdp(body);
  if (!description) return core::forward_error(std::move(description));
  SdpAgreement next;
  for (const auto& media : description->media) {
    if (!next.remote && is_acceptable(media)) next.remote = read_audio(*description, media);
    if (next.remote && !next.audio) next.audio = next.streams.size();
    next.streams.push_back(stream_of(media));
  }
  take_fax(*description, next);
  next.remote_origin = std::move(description->origin);
  state_.proposed = std::move(next);
  state_.phase = Phase::kRemoteOffer;
  return RemoteSdp{state_.proposed.remote, repeats(state_.proposed, state_.agreed)};
}

Result<LocalSdp> OfferAnswer::make_answer(const AudioDescription& local) {
  auto& proposed = state_.proposed;
  if (state_.phase != Phase::kRemoteOffer || !proposed.remote)
    return core::fail(ErrorCode::kInvalidArgument, "no offer with audio is open");
  const auto& remote = *proposed.remote;
  if (remote.fax) return answer_fax(local);
  AudioDescription audio = local;
  audio.formats = answer_formats(local.formats, remote.formats);
  if (!has_codec(audio.formats))
    return core::fail(ErrorCode::kInvalidArgument, "no codec in common");
  audio.keys = answer_key(local.keys, remote.keys);
  if (audio.keys.empty() != remote.keys.empty())
    return core::fail(ErrorCode::kInvalidArgument, "no SRTP suite in common");
  settle_rtcp(audio, local.rtcp_mux && remote.rtcp_mux);
  audio.direction =
      call::make_direction(call::can_send(local.direction) && call::can_receive(remote.direction),
                           call::can_receive(local.direction) && call::can_send(remote.direction));
  bind(audio.formats);
  return settle(std::move(audio));
}

Result<LocalSdp> OfferAnswer::answer_fax(const AudioDescription& local) {
  if (!local.fax) return core::fail(ErrorCode::kInvalidArgument, "a fax is offered");
  return settle(local);
}

LocalSdp OfferAnswer::settle(AudioDescription audio) {
  LocalSdp out{describe(audio), std::move(audio)};
  state_.agreed = std::exchange(state_.proposed, {});
  state_.phase = Phase::kStable;
  return out;
}

// In the place of the audio stream: the media type of a stream may change (RFC 3264 8.3.2).
LocalSdp OfferAnswer::offer_fax(const AudioDescription& local) {
  stream_of_ours() = {"image", "udptl", "t38"};
  state_.phase = Phase::kLocalOffer;
  return LocalSdp{describe(local), local};
}

SdpStream& OfferAnswer::stream_of_ours() {
  auto& proposed = state_.proposed = state_.agreed;
  if (!proposed.audio) {
    proposed.audio = proposed.streams.size();
    proposed.streams.emplace_back();
  }
  return proposed.streams[*proposed.audio];
}

Result<LocalSdp> OfferAnswer::make_offer(const AudioDescription& local) {
  if (state_.phase != Phase::kStable)
    return core::fail(ErrorCode::kInvalidArgument, "an offer is open already");
  if (local.fax) return offer_fax(local);
  if (!has_codec(local.formats)) return core::fail(ErrorCode::kInvalidArgument, "no codec");
  AudioDescription audio = local;
  audio.formats = number_offer(local.formats);
  settle_rtcp(audio, local.rtcp_mux);
  auto& stream = stream_of_ours();
  const bool keep =
      audio.keys.empty() ? is_plain_profile(stream.protocol) : is_srtp_profile(stream.protocol);
  if (!keep) stream.protocol = audio.keys.empty() ? "RTP/AVP" : "RTP/SAVP";
  stream.type = "audio";
  stream.format = std::to_string(audio.formats.front().payload_type);
  bind(audio.formats);
  state_.offered_keys = audio.keys;
  state_.phase = Phase::kLocalOffer;
  return LocalSdp{describe(audio), std::move(audio)};
}

Result<RemoteSdp> OfferAnswer::receive_answer(std::string_view body) {
  auto next = read_answer(body);
  if (!next) return core::forward_error(std::move(next));
  RemoteSdp out{next->remote, repeats(*next, state_.agreed)};
  state_.agreed = std::move(*next);
  roll_back();
  return out;
}

Result<RemoteSdp> OfferAnswer::preview_answer(std::string_view body) const {
  auto next = read_answer(body);
  if (!next) return core::forward_error(std::move(next));
  const bool unchanged = repeats(*next, state_.agreed);
  return RemoteSdp{std::move(next->remote), unchanged};
}

void OfferAnswer::roll_back() {
  state_.phase = Phase::kStable;
  state_.proposed = {};
  state_.offered_keys.clear();
}

Result<SdpAgreement> OfferAnswer::read_answer(std::string_view body) const {
  if (state_.phase != Phase::kLocalOffer)
    return core::fail(ErrorCode::kInvalidArgument, "no offer of ours is open");
  auto description = parse_sdp(body);
  if (!description) return core::forward_error(std::move(description));
  SdpAgreement next = state_.proposed;
  next.remote_origin = description->origin;
  next.remote.reset();
  const std::string& type = next.streams[*next.audio].type;
  const auto* media = find_answered(description->media, *next.audio, type);
  if (!media) return core::fail(ErrorCode::kCorrupt, "the answer lacks our stream");
  if (media->port == 0) return next;
  if (type == "image") {
    next.remote = read_fax(*description, *media);
    if (!next.remote) return core::fail(ErrorCode::kCorrupt, "the answer is no T.38");
    return next;
  }
  const bool srtp = !state_.offered_keys.empty();
  if (srtp != is_srtp_profile(media->protocol))
    return core::fail(ErrorCode::kCorrupt, "the answer changes the profile");
  auto audio = read_audio(*description, *media, state_.payload_types);
  if (!audio) return core::fail(ErrorCode::kCorrupt, "the answer has no usable codec or key");
  std::erase_if(audio->formats,
                [&](const Format& f) { return !find_codec(state_.payload_types, f); });
  audio->keys = accepted_key(audio->keys, state_.offered_keys);
  if (!has_codec(audio->formats) || audio->keys.empty() == srtp)
    return core::fail(ErrorCode::kCorrupt, "the answer accepts nothing that was offered");
  next.remote = std::move(audio);
  return next;
}

// Gives each codec the number it had before; a number that is bound to another codec is replaced
// by a free dynamic one.  A format for which no number is left is dropped.
std::vector<Format> OfferAnswer::number_offer(std::vector<Format> formats) const {
  std::vector<Format> out;
  for (auto& format : formats) {
    const auto taken = [&](std::uint8_t number) {
      return has_number(out, number) || has_number(state_.payload_types, number);
    };
    if (const auto* bound = find_codec(state_.payload_types, format))
      format.payload_type = bound->payload_type;
    else if (taken(format.payload_type))
      for (format.payload_type = kDynamicFirst;
           format.payload_type <= kDynamicLast && taken(format.payload_type);)
        ++format.payload_type;
    if (format.payload_type > kDynamicLast || has_number(out, format.payload_type)) continue;
    out.push_back(std::move(format));
  }
  return out;
}

void OfferAnswer::bind(const std::vector<Format>& formats) {
  auto& bound = state_.payload_types;
  for (const auto& format : formats) {
    std::erase_if(bound, [&](const Format& old) {
      return same_codec(old, format) || old.payload_type == format.payload_type;
    });
    bound.push_back(format);
  }
}

std::string OfferAnswer::describe(const AudioDescription& audio) {
  SessionDescription description;
  description.name = options_.session_name;
  description.has_connection = true;
  description.connection = sdp_address(audio.rtp.ip);
  const auto& streams = state_.proposed.streams;
  for (std::size_t i = 0; i < streams.size(); ++i)
    description.media.push_back(i != state_.proposed.audio ? refused(streams[i])
                                : audio.fax                ? write_fax(audio)
                                            : write_audio(audio, streams[i].protocol));
  if (state_.version == 0) state_.origin_address = description.connection;
  const auto id = std::to_string(options_.session_id);
  description.origin = {"-", id, "0", state_.origin_address};
  auto text = write_sdp(description);
  if (text != state_.last_sent) {
    ++state_.version;
    state_.last_sent = text;
  }
  const auto version_at = std::string_view("v=0\r\no=- ").size() + id.size() + 1;
  return text.replace(version_at, 1, std::to_string(state_.version));
}

}  // namespace pbx::sip
