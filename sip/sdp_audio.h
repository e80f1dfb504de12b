// sip/sdp_audio.h — one m=audio line as call::AudioDescription and back, without memory.
//
// Pure.  RFC 3264, RFC 3551 (static payload types), RFC 3605 (a=rtcp), RFC 4568 (a=crypto),
// RFC 5761 (a=rtcp-mux).  What a stream says about codecs we do not have is passed over.

#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/call/media_description.h"
#include "sip/sdp.h"

namespace pbx::sip {

inline constexpr std::uint16_t kPtimeMin = 5;  // ms; a ptime outside the two is ignored
inline constexpr std::uint16_t kPtimeMax = 200;

// The profiles we speak; RTP/AVPF and RTP/SAVPF (RFC 4585) are taken without their feedback.
[[nodiscard]] bool is_plain_profile(std::string_view protocol);
[[nodiscard]] bool is_srtp_profile(std::string_view protocol);

// telephone-event and comfort noise accompany a codec and are none.
[[nodiscard]] bool has_codec(const std::vector<call::Format>& formats);

// What the side that wrote `media` says, or nullopt if the stream is refused (port 0), no audio,
// of another profile, without a codec of ours, or SRTP without a usable key.
// A number without a=rtpmap is looked up in `known`, then among the static types: telephones
// forget to repeat in an answer what the offer said.
// `rtp.ip` is kNone if no address was given, or only a domain name; 0.0.0.0 means hold (RFC
// 3264 8.4) and takes away the direction towards that side.
[[nodiscard]] std::optional<call::AudioDescription> read_audio(
    const SessionDescription& session, const SdpMedia& media,
    const std::vector<call::Format>& known = {});

// The connection address is left to the session.  An event without fmtp is written with "0-16"
// (RFC 4733 2.4.1).
[[nodiscard]] SdpMedia write_audio(const call::AudioDescription& audio, std::string_view protocol);

}  // namespace pbx::sip
