// sip/sdp_fax.h — one m=image line of a fax as call::AudioDescription and back, without memory.
//
// Pure.  ITU-T T.38 annex D; the stream is UDPTL.  What its attributes say is passed on unread, at
// most kFaxAttributesMax of them, each at most kFaxAttributeBytesMax long.

#pragma once

#include <cstddef>
#include <optional>

#include "core/call/media_description.h"
#include "sip/sdp.h"

namespace pbx::sip {

inline constexpr std::size_t kFaxAttributesMax = 16;
inline constexpr std::size_t kFaxAttributeBytesMax = 64;

// nullopt: the stream is refused (port 0), or is no T.38 over UDPTL.
[[nodiscard]] std::optional<call::AudioDescription> read_fax(const SessionDescription& session,
                                                             const SdpMedia& media);

// The connection address is left to the session.  REQUIRES: `description.fax`.
[[nodiscard]] SdpMedia write_fax(const call::AudioDescription& description);

}  // namespace pbx::sip
